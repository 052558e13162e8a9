// dynamic-slice and dynamic-update-slice.
#include <algorithm>

#include "ir/base/status.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/strided_copy.h"

namespace eqsat::ir {
namespace {

// The start of a box of `sizes`, moved into the operand. The indices are operands from `first` on:
// one scalar a dimension, or one vector.
absl::StatusOr<DimensionVector> ClampedStart(const OpCall& call, size_t first,
                                             absl::Span<const int64_t> sizes) {
  const Shape& shape = call.operand_shape(0);
  DimensionVector start;
  if (call.operands.size() == first + 1 && call.operand_shape(first).rank() == 1) {
    for (int64_t d = 0; d < call.operand_shape(first).ElementCount(); ++d)
      start.push_back(call.operands[first].AsInt64(d));
  } else {
    for (size_t i = first; i < call.operands.size(); ++i)
      start.push_back(call.operands[i].AsInt64(0));
  }
  if (static_cast<int64_t>(start.size()) != shape.rank()) {
    return base::InvalidArgument("%s has %d dimensions, but there are %d start indices",
                                 shape.ToString(), shape.rank(), start.size());
  }
  for (int64_t d = 0; d < shape.rank(); ++d)
    start[d] = std::clamp<int64_t>(start[d], 0, shape.dimension(d) - sizes[d]);
  return start;
}

int64_t OffsetOf(absl::Span<const int64_t> start, absl::Span<const int64_t> strides) {
  int64_t offset = 0;
  for (size_t d = 0; d < start.size(); ++d) offset += start[d] * strides[d];
  return offset;
}

absl::StatusOr<Literal> EvaluateDynamicSlice(const OpCall& call) {
  const Literal& operand = call.operands[0];
  EQSAT_ASSIGN_OR_RETURN(DimensionVector start, ClampedStart(call, 1, call.shape.dimensions()));
  const DimensionVector strides = RowMajorStrides(operand.shape().dimensions());
  const int64_t width = ByteWidth(call.shape.element_type());
  std::vector<uint8_t> bytes(call.shape.ByteSize());
  const StridedCopy copy{
      DimensionVector(call.shape.dimensions().begin(), call.shape.dimensions().end()), strides,
      RowMajorStrides(call.shape.dimensions())};
  if (!bytes.empty())
    copy.Run(operand.bytes().data() + OffsetOf(start, strides) * width, bytes.data(), width);
  return Literal::FromBytes(call.shape, std::move(bytes));
}

absl::StatusOr<Literal> EvaluateDynamicUpdateSlice(const OpCall& call) {
  const Literal& operand = call.operands[0];
  const Literal& update = call.operands[1];
  const absl::Span<const int64_t> sizes = update.shape().dimensions();
  EQSAT_ASSIGN_OR_RETURN(DimensionVector start, ClampedStart(call, 2, sizes));
  const DimensionVector strides = RowMajorStrides(call.shape.dimensions());
  const int64_t width = ByteWidth(call.shape.element_type());
  std::vector<uint8_t> bytes(operand.bytes().begin(), operand.bytes().end());
  const StridedCopy copy{DimensionVector(sizes.begin(), sizes.end()), RowMajorStrides(sizes),
                         strides};
  if (!update.bytes().empty())
    copy.Run(update.bytes().data(), bytes.data() + OffsetOf(start, strides) * width, width);
  return Literal::FromBytes(call.shape, std::move(bytes));
}

}  // namespace

void AddDynamicSlice(EvaluatorTable& table) {
  table[OpCode::kDynamicSlice].evaluate = EvaluateDynamicSlice;
  table[OpCode::kDynamicUpdateSlice].evaluate = EvaluateDynamicUpdateSlice;
}

}  // namespace eqsat::ir
