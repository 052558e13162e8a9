#include "ir/interpret/access.h"

#include <algorithm>

#include "ir/base/check.h"

namespace eqsat::ir {
namespace {

constexpr int64_t kMaxTableEntries = int64_t{1} << 20;

void MarkDims(const IndexExpr& expr, std::vector<bool>& uses) {
  switch (expr.kind()) {
    case IndexExpr::Kind::kConstant:
      return;
    case IndexExpr::Kind::kDim:
      uses[expr.value()] = true;
      return;
    case IndexExpr::Kind::kAdd:
      MarkDims(expr.lhs(), uses);
      MarkDims(expr.rhs(), uses);
      return;
    case IndexExpr::Kind::kMul:
    case IndexExpr::Kind::kFloorDiv:
    case IndexExpr::Kind::kMod:
      MarkDims(expr.lhs(), uses);
      return;
  }
}

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
int64_t CeilDivide(int64_t a, int64_t b) { return -FloorDivide(-a, b); }

}  // namespace

PointFunction::PointFunction(const IndexExpr& expr, absl::Span<const int64_t> dimensions)
    : strides_(dimensions.size(), 0) {
  AddTerms(expr, 1, dimensions);
}

void PointFunction::AddTerms(const IndexExpr& expr, int64_t factor,
                             absl::Span<const int64_t> dimensions) {
  switch (expr.kind()) {
    case IndexExpr::Kind::kConstant:
      base_ += factor * expr.value();
      return;
    case IndexExpr::Kind::kDim:
      strides_[expr.value()] += factor;
      return;
    case IndexExpr::Kind::kAdd:
      AddTerms(expr.lhs(), factor, dimensions);
      AddTerms(expr.rhs(), factor, dimensions);
      return;
    case IndexExpr::Kind::kMul:
      AddTerms(expr.lhs(), factor * expr.value(), dimensions);
      return;
    case IndexExpr::Kind::kFloorDiv:
    case IndexExpr::Kind::kMod:
      AddNonAffine(expr, factor, dimensions);
      return;
  }
}

void PointFunction::AddNonAffine(const IndexExpr& expr, int64_t factor,
                                 absl::Span<const int64_t> dimensions) {
  std::vector<bool> uses(dimensions.size());
  MarkDims(expr, uses);
  std::vector<int64_t> used;
  for (size_t d = 0; d < uses.size(); ++d)
    if (uses[d]) used.push_back(static_cast<int64_t>(d));
  int64_t entries = 1;
  for (int64_t d : used) entries = std::min(entries * dimensions[d], kMaxTableEntries + 1);
  if (used.size() > 2 || used.empty() || entries > kMaxTableEntries) {
    rests_.push_back({expr, factor, std::move(uses)});
    return;
  }
  Table table;
  table.a = used.front();
  table.b = used.back();
  if (used.size() == 2) table.b_size = dimensions[table.b];
  DimensionVector point(dimensions.size(), 0);
  for (int64_t i = 0; i < entries; ++i) {
    point[table.b] = i % table.b_size;
    point[table.a] = i / table.b_size;
    table.values.push_back(factor * expr.Evaluate(point));
  }
  // A lone dimension is indexed by a alone.
  if (used.size() == 1) table.b = -1;
  tables_.push_back(std::move(table));
}

int64_t PointFunction::At(const int64_t* point) const {
  int64_t value = base_;
  for (size_t d = 0; d < strides_.size(); ++d) value += strides_[d] * point[d];
  for (const Table& table : tables_) {
    int64_t column = table.b < 0 ? 0 : point[table.b];
    value += table.values[point[table.a] * table.b_size + column];
  }
  for (const Rest& rest : rests_)
    value += rest.factor * rest.expr.Evaluate(absl::MakeConstSpan(point, strides_.size()));
  return value;
}

bool PointFunction::IsAffineAlong(int64_t dim) const {
  auto uses = [dim](const Table& table) { return table.a == dim || table.b == dim; };
  return std::ranges::none_of(tables_, uses) &&
         std::ranges::none_of(rests_, [dim](const Rest& rest) { return rest.uses[dim]; });
}

Access::Access(const OperandAccess& access, absl::Span<const int64_t> space,
               absl::Span<const int64_t> operand_dimensions)
    : operand_(access.operand), offset_(Linearize(access.indices, operand_dimensions), space) {
  EQSAT_CHECK(access.indices.size() == operand_dimensions.size());
  for (const IndexGuard& guard : access.guards)
    guards_.push_back({PointFunction(guard.expr, space), guard.low, guard.high});
}

bool Access::Holds(const int64_t* point) const {
  for (const Guard& guard : guards_) {
    int64_t value = guard.value.At(point);
    if (value < guard.low || value >= guard.high) return false;
  }
  return true;
}

bool Access::IsAffineAlong(int64_t dim) const {
  return offset_.IsAffineAlong(dim) && std::ranges::all_of(guards_, [dim](const Guard& guard) {
           return guard.value.IsAffineAlong(dim);
         });
}

bool Access::GuardsDependOn(int64_t dim) const {
  return std::ranges::any_of(guards_,
                             [dim](const Guard& guard) { return guard.value.DependsOn(dim); });
}

bool Access::DependsOn(int64_t dim) const { return offset_.DependsOn(dim) || GuardsDependOn(dim); }

Interval Access::HoldsAlong(int64_t dim, int64_t size, const int64_t* point) const {
  Interval range{0, size};
  for (const Guard& guard : guards_) {
    const int64_t start = guard.value.At(point);
    const int64_t stride = guard.value.Stride(dim);
    if (stride == 0) {
      if (start < guard.low || start >= guard.high) return {0, 0};
    } else if (stride > 0) {
      range.begin = std::max(range.begin, CeilDivide(guard.low - start, stride));
      range.end = std::min(range.end, CeilDivide(guard.high - start, stride));
    } else {
      range.begin = std::max(range.begin, FloorDivide(start - guard.high, -stride) + 1);
      range.end = std::min(range.end, FloorDivide(start - guard.low, -stride) + 1);
    }
  }
  if (range.begin >= range.end) return {0, 0};
  return range;
}

std::vector<Access> MakeAccesses(const IndexedForm& form, absl::Span<const int64_t> space,
                                 absl::Span<const Literal> operands) {
  std::vector<Access> accesses;
  for (const OperandAccess& access : form.accesses)
    accesses.emplace_back(access, space, operands[access.operand].shape().dimensions());
  return accesses;
}

}  // namespace eqsat::ir
