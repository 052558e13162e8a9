// Denotations of reductions and contractions.

#include <algorithm>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/prove/denote.h"

namespace eqsat::rules {
namespace {

constexpr std::string_view kNoSuchDims = "dims that are not there";

bool Contains(const Ints& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool Distinct(Ints list, size_t rank) {
  std::sort(list.begin(), list.end());
  if (std::adjacent_find(list.begin(), list.end()) != list.end()) return false;
  return list.empty() || (list[0] >= 0 && list.back() < static_cast<int64_t>(rank));
}

// Evaluates a body with bound indices for `sizes`, under the facts that they are in range.
template <typename Body>
absl::StatusOr<Element> BodyOver(const Polys& sizes, Assumptions* assumptions,
                                 std::vector<ElementNode::Bound>* bound, Body body) {
  assumptions->BeginScope();
  Polys indices;
  for (const Poly& size : sizes) {
    Poly index = assumptions->NewBoundVar(size);
    bound->push_back({index.terms().begin()->first[0], size});
    indices.push_back(index);
  }
  absl::StatusOr<Element> element = body(indices);
  assumptions->EndScope();
  // A body without an instance is that of a fold over nothing, whose value is another.
  if (IsNoInstance(element.status())) return NoDenotation("a fold over nothing");
  return element;
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
    (Contains(reduced, static_cast<int64_t>(d)) ? sizes : dims).push_back(x.dims[d]);
  auto at = [op, x, initial, reduced, sizes](const Polys& indices) -> absl::StatusOr<Element> {
    EQSAT_ASSIGN_OR_RETURN(Element first, initial.at({}));
    std::vector<ElementNode::Bound> bound;
    EQSAT_ASSIGN_OR_RETURN(
        Element body, BodyOver(sizes, op.assumptions, &bound, [&](const Polys& inner) {
          Polys all;
          size_t next = 0;
          size_t kept = 0;
          for (size_t d = 0; d < x.dims.size(); ++d)
            all.push_back(Contains(reduced, static_cast<int64_t>(d)) ? inner[next++]
                                                                     : indices[kept++]);
          return x.at(all);
        }));
    return op.make->Fold(x.type, op.reducer.opcode, op.reducer.opcode ? "" : op.reducer.name,
                         std::move(bound), first, body);
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
    if (!Contains(both, static_cast<int64_t>(d))) dims.free.push_back(static_cast<int64_t>(d));
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

// A factor in the type that products are summed in.
absl::StatusOr<Element> Factor(const TensorOp& op, Element element, ProofType sum) {
  if (element->type == sum) return element;
  const bool known = !element->type.is_abstract() && !sum.is_abstract();
  const bool wider = known && ir::BitWidth(element->type.concrete()) > ir::BitWidth(sum.concrete());
  if (wider) return NoDenotation("a product whose operand is wider than its result");
  return op.make->Apply(sum, ir::OpCode::kConvert, "", {std::move(element)});
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
  const ProofType type = op.type.value_or(a.type);
  auto at = [=](const Polys& indices) -> absl::StatusOr<Element> {
    std::vector<ElementNode::Bound> bound;
    EQSAT_ASSIGN_OR_RETURN(
        Element product,
        BodyOver(sizes, op.assumptions, &bound, [&](const Polys& inner) -> absl::StatusOr<Element> {
          const size_t batch = left.batch.size();
          EQSAT_ASSIGN_OR_RETURN(Element x,
                                 a.at(IndicesOf(left, a.dims.size(), indices, batch, inner)));
          EQSAT_ASSIGN_OR_RETURN(Element y, b.at(IndicesOf(right, b.dims.size(), indices,
                                                           batch + left.free.size(), inner)));
          EQSAT_ASSIGN_OR_RETURN(x, Factor(op, x, type));
          EQSAT_ASSIGN_OR_RETURN(y, Factor(op, y, type));
          return op.make->Apply(type, ir::OpCode::kMultiply, "", {x, y});
        }));
    return op.make->Fold(type, ir::OpCode::kAdd, "", std::move(bound),
                         ElementMaker::Number(type, 0), product);
  };
  return Tensor{dims, type, at};
}

}  // namespace eqsat::rules
