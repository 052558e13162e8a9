// Denotations of reductions and contractions.

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/algorithm/container.h"
#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/prove/denote.h"

namespace eqsat::rules {
namespace {

bool Distinct(Ints list, size_t rank) {
  std::sort(list.begin(), list.end());
  if (std::adjacent_find(list.begin(), list.end()) != list.end()) return false;
  return list.empty() || (list[0] >= 0 && list.back() < static_cast<int64_t>(rank));
}

// A box of indices that a fold runs over, and what it takes in there.
struct Piece {
  Polys low;
  Polys sizes;
  std::vector<ElementNode::Bound> bound;
  Element body;
};

using Body = std::function<absl::StatusOr<Element>(const Polys& indices)>;

// A place at which a box is cut in two: [0, at) and the rest of its dim.
struct Cut {
  size_t dim;
  Poly at;
};

// Where the condition that a body asked for begins or ceases to hold; nothing if that depends on
// other indices of folds.
std::optional<Cut> CutAt(const Poly& condition, const std::vector<ElementNode::Bound>& bound,
                         const Assumptions& assumptions) {
  for (size_t d = 0; d < bound.size(); ++d) {
    const Poly var = Poly::Var(bound[d].var);
    for (const Poly& rest : {condition - var, condition + var}) {
      if (rest.Mentions(bound[d].var)) continue;
      if (assumptions.MentionsBound(rest)) continue;
      const bool others = std::ranges::any_of(
          bound, [&](const ElementNode::Bound& b) { return rest.Mentions(b.var); });
      if (others) continue;
      // rest + var >= 0 from -rest on; rest - var >= 0 up to rest.
      return Cut{d, rest == condition - var ? -rest : rest + 1};
    }
  }
  return std::nullopt;
}

// Evaluates a body over a box with bound indices, under the facts that they are in range. Where it
// asks something that holds for a part of them, the box is cut; its parts are in row-major order
// where only its first dim is.
class PiecesOf {
 public:
  PiecesOf(Assumptions* assumptions, Body body)
      : assumptions_(*assumptions), body_(std::move(body)) {}

  absl::Status Add(const Polys& low, const Polys& sizes) {
    for (const Poly& size : sizes)
      if (assumptions_.KnownNonNegative(-size) == true) return absl::OkStatus();
    assumptions_.BeginScope();
    Piece piece{.low = low, .sizes = sizes};
    Polys indices;
    for (size_t d = 0; d < sizes.size(); ++d) {
      const Poly index = assumptions_.NewBoundVar(sizes[d]);
      piece.bound.push_back({index.terms().begin()->first[0], sizes[d]});
      indices.push_back(low[d] + index);
    }
    absl::StatusOr<Element> element = body_(indices);
    assumptions_.EndScope();
    if (IsOpenCondition(element.status())) return AddParts(piece, element.status());
    // A body without an instance is that of a fold over nothing, whose value is another.
    if (IsNoInstance(element.status())) return NoDenotation("a fold over nothing");
    EQSAT_ASSIGN_OR_RETURN(piece.body, std::move(element));
    pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  const std::vector<Piece>& pieces() const { return pieces_; }
  bool cut_within() const { return cut_within_; }

 private:
  absl::Status AddParts(const Piece& piece, const absl::Status& asked) {
    constexpr int kMostCuts = 12;
    const Poly condition = assumptions_.open_condition();
    std::optional<Cut> cut = CutAt(condition, piece.bound, assumptions_);
    if (!cut || ++cuts_ > kMostCuts) return asked;
    cut_within_ |= cut->dim > 0;
    const Poly size = piece.sizes[cut->dim];
    EQSAT_ASSIGN_OR_RETURN(bool begins, assumptions_.NonNegative(cut->at));
    if (!begins) cut->at = 0;
    EQSAT_ASSIGN_OR_RETURN(bool ends, assumptions_.NonNegative(size - cut->at));
    if (!ends) cut->at = size;
    Piece first = piece;
    first.sizes[cut->dim] = cut->at;
    Piece second = piece;
    second.low[cut->dim] = piece.low[cut->dim] + cut->at;
    second.sizes[cut->dim] = size - cut->at;
    EQSAT_RETURN_IF_ERROR(Add(first.low, first.sizes));
    return Add(second.low, second.sizes);
  }

  Assumptions& assumptions_;
  Body body_;
  std::vector<Piece> pieces_;
  int cuts_ = 0;
  bool cut_within_ = false;
};

struct FoldKind {
  ProofType type;
  std::optional<ir::OpCode> opcode;
  std::string name;
};

// The fold over all of `sizes`, part by part: in row-major order where the order shows.
absl::StatusOr<Element> FoldOver(const TensorOp& op, const FoldKind& kind, const Polys& sizes,
                                 Element initial, Body body) {
  PiecesOf parts(op.assumptions, std::move(body));
  EQSAT_RETURN_IF_ERROR(parts.Add(Polys(sizes.size(), Poly(0)), sizes));
  const bool ordered = !op.make->IsUnordered(kind.opcode, kind.type);
  // What a dot of floats keeps beside its sum is not known between two parts.
  const bool splits = kind.opcode && kind.name.empty() && !(ordered && parts.cut_within());
  if (parts.pieces().size() > 1 && !splits)
    return NoDenotation("a condition on the index of a reduction");
  for (const Piece& piece : parts.pieces()) {
    EQSAT_ASSIGN_OR_RETURN(initial, op.make->Fold(kind.type, kind.opcode, kind.name, piece.bound,
                                                  initial, piece.body));
  }
  return initial;
}

}  // namespace

absl::StatusOr<Tensor> DenoteReduce(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Ints reduced, op.PlainList("dims"));
  if (op.operands.size() != 2) return NoDenotation("a reduction of several operands");
  const Tensor x = op.operands[0];
  const Tensor initial = op.operands[1];
  if (!Distinct(reduced, x.dims.size()) || !initial.dims.empty()) return op.Misfit(kNoSuchDims);
  if (op.reducer.opcode && !x.type.is_abstract()) {
    const std::vector<ir::Shape> scalars(2, ir::Shape(x.type.concrete(), {}));
    if (!ir::InferShape({.opcode = *op.reducer.opcode,
                         .operands = scalars,
                         .attributes = ir::GetOpInfo(*op.reducer.opcode).attributes})
             .ok())
      return op.Misfit("a reduction that does not take this type");
  }
  // Row-major order of the reduced dims, however they are listed.
  std::sort(reduced.begin(), reduced.end());
  Polys dims;
  Polys sizes;
  for (size_t d = 0; d < x.dims.size(); ++d)
    (absl::c_linear_search(reduced, static_cast<int64_t>(d)) ? sizes : dims).push_back(x.dims[d]);
  auto at = [op, x, initial, reduced, sizes](const Polys& indices) -> absl::StatusOr<Element> {
    EQSAT_ASSIGN_OR_RETURN(Element first, initial.at({}));
    const FoldKind kind{x.type, op.reducer.opcode, op.reducer.opcode ? "" : op.reducer.name};
    return FoldOver(op, kind, sizes, first, [&](const Polys& inner) {
      Polys all;
      size_t next = 0;
      size_t kept = 0;
      for (size_t d = 0; d < x.dims.size(); ++d)
        all.push_back(absl::c_linear_search(reduced, static_cast<int64_t>(d)) ? inner[next++]
                                                                              : indices[kept++]);
      return x.at(all);
    });
  };
  return Tensor{dims, x.type, at};
}

namespace {

struct DotDims {
  Ints batch;
  Ints contract;
  Ints free;
};

absl::StatusOr<DotDims> ReadDims(const TensorOp& op, const std::string& side, size_t rank) {
  DotDims dims;
  EQSAT_ASSIGN_OR_RETURN(dims.batch, op.PlainList(side + "_batch"));
  EQSAT_ASSIGN_OR_RETURN(dims.contract, op.PlainList(side + "_contract"));
  Ints both = dims.batch;
  both.insert(both.end(), dims.contract.begin(), dims.contract.end());
  if (!Distinct(both, rank)) return op.Misfit(kNoSuchDims);
  for (size_t d = 0; d < rank; ++d)
    if (!absl::c_linear_search(both, static_cast<int64_t>(d)))
      dims.free.push_back(static_cast<int64_t>(d));
  return dims;
}

// The indices in one operand: of batch dims, of its free dims from `first_free` on, and inner ones.
Polys IndicesOf(const DotDims& dims, size_t rank, const Polys& outer, size_t first_free,
                const Polys& inner) {
  Polys indices(rank);
  for (size_t i = 0; i < dims.batch.size(); ++i) indices[dims.batch[i]] = outer[i];
  for (size_t i = 0; i < dims.free.size(); ++i) indices[dims.free[i]] = outer[first_free + i];
  for (size_t i = 0; i < dims.contract.size(); ++i) indices[dims.contract[i]] = inner[i];
  return indices;
}

// How ir/interpret sums the products of a dot: in the type of the result or of a wider float
// operand, narrow floats in f32, and rounds once at the end. In exact arithmetic only conversions
// that narrow count.
struct Accumulation {
  ProofType type;
  // Of what is summed in another way than a reduction does: of floats, that keeps more digits.
  std::string name;
};

bool IsFloat(ProofType type) { return !type.is_abstract() && ir::IsFloat(type.concrete()); }

Accumulation AccumulationOf(const TensorOp& op, ProofType result, bool is_one_product) {
  Accumulation sum{.type = result, .name = ""};
  for (const Tensor& operand : op.operands) {
    const bool floats = IsFloat(result) && IsFloat(operand.type);
    if (floats && ir::BitWidth(operand.type.concrete()) > ir::BitWidth(sum.type.concrete()))
      sum.type = operand.type;
  }
  if (op.make->numerics() >= Numerics::kReassoc) return sum;
  constexpr int kComputedIn = 32;
  if (IsIeee(sum.type) && ir::BitWidth(sum.type.concrete()) < kComputedIn)
    sum.type = ir::ElementType::kF32;
  const bool rounds = !is_one_product && IsFloat(sum.type);
  if (rounds || sum.type.is_abstract()) sum.name = "dot";
  return sum;
}

Element Converted(const TensorOp& op, Element element, ProofType type) {
  if (element->type == type) return element;
  // What is not known to be of other types may be of the same.
  const bool known = !element->type.is_abstract() && !type.is_abstract();
  return op.make->Apply(type, ir::OpCode::kConvert, known ? "" : "dot", {std::move(element)});
}

// The wider of the operands' types, where the program states none.
absl::StatusOr<ProofType> DotResultType(const TensorOp& op) {
  const ProofType a = op.operands[0].type;
  const ProofType b = op.operands[1].type;
  if (op.type || a == b) return op.type.value_or(a);
  if (a.is_abstract() || b.is_abstract()) return NoDenotation("the type of a dot is not known");
  return ir::BitWidth(b.concrete()) > ir::BitWidth(a.concrete()) ? b : a;
}

}  // namespace

absl::StatusOr<Tensor> DenoteDot(const TensorOp& op) {
  const Tensor a = op.operands[0];
  const Tensor b = op.operands[1];
  EQSAT_ASSIGN_OR_RETURN(DotDims left, ReadDims(op, "lhs", a.dims.size()));
  EQSAT_ASSIGN_OR_RETURN(DotDims right, ReadDims(op, "rhs", b.dims.size()));
  if (left.batch.size() != right.batch.size() || left.contract.size() != right.contract.size())
    return op.Misfit(kNoSuchDims);
  Polys dims;
  Polys sizes;
  for (size_t i = 0; i < left.batch.size(); ++i) {
    EQSAT_RETURN_IF_ERROR(op.DemandEqual(a.dims[left.batch[i]], b.dims[right.batch[i]]));
    dims.push_back(a.dims[left.batch[i]]);
  }
  for (size_t i = 0; i < left.contract.size(); ++i) {
    EQSAT_RETURN_IF_ERROR(op.DemandEqual(a.dims[left.contract[i]], b.dims[right.contract[i]]));
    sizes.push_back(a.dims[left.contract[i]]);
  }
  for (int64_t d : left.free) dims.push_back(a.dims[d]);
  for (int64_t d : right.free) dims.push_back(b.dims[d]);
  EQSAT_ASSIGN_OR_RETURN(const ProofType type, DotResultType(op));
  auto at = [=](const Polys& indices) -> absl::StatusOr<Element> {
    const bool is_one = std::ranges::all_of(
        sizes, [&](const Poly& size) { return op.assumptions->Simplify(size) == Poly(1); });
    const Accumulation sum = AccumulationOf(op, type, is_one);
    auto product = [&](const Polys& inner) -> absl::StatusOr<Element> {
      const size_t batch = left.batch.size();
      EQSAT_ASSIGN_OR_RETURN(Element x,
                             a.at(IndicesOf(left, a.dims.size(), indices, batch, inner)));
      EQSAT_ASSIGN_OR_RETURN(Element y, b.at(IndicesOf(right, b.dims.size(), indices,
                                                       batch + left.free.size(), inner)));
      const bool is_open = sum.type.is_abstract();
      return op.make->Apply(sum.type, ir::OpCode::kMultiply, is_open ? "dot" : "",
                            {Converted(op, x, sum.type), Converted(op, y, sum.type)});
    };
    EQSAT_ASSIGN_OR_RETURN(Element all, FoldOver(op, {sum.type, ir::OpCode::kAdd, sum.name}, sizes,
                                                 ElementMaker::Number(sum.type, 0), product));
    return Converted(op, std::move(all), type);
  };
  return Tensor{dims, type, at};
}

}  // namespace eqsat::rules
