#include "ir/ops/indexing.h"

#include "ir/base/check.h"
#include "ir/base/strings.h"

namespace eqsat::ir {

struct IndexExpr::Node {
  Kind kind;
  int64_t value;
  IndexExpr lhs;
  IndexExpr rhs;
  // Leaves keep null children.
  Node(Kind k, int64_t v, const IndexExpr* l, const IndexExpr* r)
      : kind(k), value(v), lhs(l ? *l : IndexExpr(nullptr)), rhs(r ? *r : IndexExpr(nullptr)) {}
};

IndexExpr::IndexExpr(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

IndexExpr IndexExpr::Make(Kind kind, int64_t value, const IndexExpr* lhs, const IndexExpr* rhs) {
  return IndexExpr(std::make_shared<const Node>(kind, value, lhs, rhs));
}

IndexExpr IndexExpr::Constant(int64_t value) {
  return Make(Kind::kConstant, value, nullptr, nullptr);
}
IndexExpr IndexExpr::Dim(int64_t position) { return Make(Kind::kDim, position, nullptr, nullptr); }

IndexExpr::Kind IndexExpr::kind() const { return node_->kind; }
int64_t IndexExpr::value() const { return node_->value; }
const IndexExpr& IndexExpr::lhs() const { return node_->lhs; }
const IndexExpr& IndexExpr::rhs() const { return node_->rhs; }

bool IndexExpr::IsConstant(int64_t v) const { return kind() == Kind::kConstant && value() == v; }

IndexExpr operator+(const IndexExpr& a, const IndexExpr& b) {
  using Kind = IndexExpr::Kind;
  if (a.IsConstant(0)) return b;
  if (b.IsConstant(0)) return a;
  if (a.kind() == Kind::kConstant && b.kind() == Kind::kConstant)
    return IndexExpr::Constant(a.value() + b.value());
  return IndexExpr::Make(Kind::kAdd, 0, &a, &b);
}

IndexExpr operator*(const IndexExpr& a, int64_t factor) {
  using Kind = IndexExpr::Kind;
  if (factor == 0) return IndexExpr::Constant(0);
  if (factor == 1) return a;
  if (a.kind() == Kind::kConstant) return IndexExpr::Constant(a.value() * factor);
  if (a.kind() == Kind::kMul) return a.lhs() * (a.value() * factor);
  return IndexExpr::Make(Kind::kMul, factor, &a, nullptr);
}

namespace {

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

IndexExpr IndexExpr::FloorDiv(int64_t divisor) const {
  EQSAT_CHECK(divisor > 0);
  if (divisor == 1) return *this;
  if (kind() == Kind::kConstant) return Constant(FloorDivide(value(), divisor));
  if (kind() == Kind::kMul && value() % divisor == 0) return lhs() * (value() / divisor);
  if (kind() == Kind::kFloorDiv) return lhs().FloorDiv(value() * divisor);
  return Make(Kind::kFloorDiv, divisor, this, nullptr);
}

IndexExpr IndexExpr::Mod(int64_t divisor) const {
  EQSAT_CHECK(divisor > 0);
  if (divisor == 1) return Constant(0);
  if (kind() == Kind::kConstant) return Constant(value() - FloorDivide(value(), divisor) * divisor);
  if (kind() == Kind::kMul && value() % divisor == 0) return Constant(0);
  return Make(Kind::kMod, divisor, this, nullptr);
}

int64_t IndexExpr::Evaluate(absl::Span<const int64_t> point) const {
  switch (kind()) {
    case Kind::kConstant:
      return value();
    case Kind::kDim:
      return point[value()];
    case Kind::kAdd:
      return lhs().Evaluate(point) + rhs().Evaluate(point);
    case Kind::kMul:
      return lhs().Evaluate(point) * value();
    case Kind::kFloorDiv:
      return FloorDivide(lhs().Evaluate(point), value());
    case Kind::kMod: {
      int64_t v = lhs().Evaluate(point);
      return v - FloorDivide(v, value()) * value();
    }
  }
  EQSAT_CHECK(false);
  return 0;
}

std::optional<std::vector<int64_t>> IndexExpr::AsAffine(int64_t num_dims) const {
  std::vector<int64_t> coefficients(num_dims + 1);
  switch (kind()) {
    case Kind::kConstant:
      coefficients[num_dims] = value();
      return coefficients;
    case Kind::kDim:
      coefficients[value()] = 1;
      return coefficients;
    case Kind::kAdd: {
      auto a = lhs().AsAffine(num_dims);
      auto b = rhs().AsAffine(num_dims);
      if (!a || !b) return std::nullopt;
      for (int64_t i = 0; i <= num_dims; ++i) (*a)[i] += (*b)[i];
      return a;
    }
    case Kind::kMul: {
      auto a = lhs().AsAffine(num_dims);
      if (!a) return std::nullopt;
      for (int64_t& c : *a) c *= value();
      return a;
    }
    case Kind::kFloorDiv:
    case Kind::kMod:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string IndexExpr::ToString() const {
  switch (kind()) {
    case Kind::kConstant:
      return base::StrCat(value());
    case Kind::kDim:
      return base::StrCat("d", value());
    case Kind::kAdd:
      return base::StrCat("(", lhs().ToString(), " + ", rhs().ToString(), ")");
    case Kind::kMul:
      return base::StrCat(lhs().ToString(), "*", value());
    case Kind::kFloorDiv:
      return base::StrCat("(", lhs().ToString(), " floordiv ", value(), ")");
    case Kind::kMod:
      return base::StrCat("(", lhs().ToString(), " mod ", value(), ")");
  }
  return "";
}

std::vector<IndexExpr> IdentityIndices(int64_t rank) {
  std::vector<IndexExpr> indices;
  for (int64_t i = 0; i < rank; ++i) indices.push_back(IndexExpr::Dim(i));
  return indices;
}

IndexExpr Linearize(absl::Span<const IndexExpr> indices, absl::Span<const int64_t> dimensions) {
  IndexExpr linear = IndexExpr::Constant(0);
  int64_t stride = 1;
  for (size_t i = dimensions.size(); i-- > 0;) {
    linear = indices[i] * stride + linear;
    stride *= dimensions[i];
  }
  return linear;
}

std::vector<IndexExpr> Delinearize(const IndexExpr& linear, absl::Span<const int64_t> dimensions) {
  std::vector<IndexExpr> indices(dimensions.size());
  int64_t stride = 1;
  for (size_t i = dimensions.size(); i-- > 0;) {
    // The outermost index needs no mod: the position is within the array.
    int64_t size = dimensions[i] > 0 ? dimensions[i] : 1;
    IndexExpr index = linear.FloorDiv(stride);
    indices[i] = i == 0 ? index : index.Mod(size);
    stride *= size;
  }
  return indices;
}

}  // namespace eqsat::ir
