// Ops on the sizes of dynamic dimensions. Values have their real sizes; see actual_shape.h.
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/pieces.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Literal> EvaluateGetDimensionSize(const OpCall& call) {
  const int64_t dim = call.attr<DimensionsAttributes>().dimensions[0];
  return Literal::FromInt64s(call.shape, {call.operand_shape(0).dimension(dim)});
}

// Elements beyond the size are dropped; if the value had fewer before, zeros come in.
absl::StatusOr<Literal> EvaluateSetDimensionSize(const OpCall& call) {
  const int64_t dim = call.attr<DimensionsAttributes>().dimensions[0];
  const int64_t size = call.operands[1].AsInt64(0);
  const int64_t bound = call.shape.dimension(dim);
  const int64_t has = call.operand_shape(0).dimension(dim);
  if (size < 0 || (bound != Shape::kUnbounded && size > bound))
    return base::InvalidArgument("the size %d is not in 0 … %d", size, bound);
  if (size <= has) return Piece(call.operands[0], dim, 0, size);
  DimensionVector sizes(call.operand_shape(0).dimensions().begin(),
                        call.operand_shape(0).dimensions().end());
  sizes[dim] = size - has;
  EQSAT_ASSIGN_OR_RETURN(Shape rest, Shape::Make(call.shape.element_type(), sizes));
  return Join({call.operands[0], Literal::Zero(rest)}, dim);
}

absl::StatusOr<Literal> EvaluateDynamicReshape(const OpCall& call) {
  DimensionVector sizes;
  for (const Literal& size : call.operands.subspan(1)) {
    if (size.shape().ElementCount() != 1)
      return base::InvalidArgument("a size is %s", size.shape().ToString());
    sizes.push_back(size.AsInt64(0));
  }
  EQSAT_ASSIGN_OR_RETURN(Shape shape, Shape::Make(call.shape.element_type(), sizes));
  if (shape.ElementCount() != call.operand_shape(0).ElementCount()) {
    return base::InvalidArgument("%s has not as many elements as %s",
                                 call.operand_shape(0).ToString(), shape.ToString());
  }
  return call.operands[0].Reshaped(shape);
}

}  // namespace

void AddDynamicShape(EvaluatorTable& table) {
  table[OpCode::kGetDimensionSize].evaluate = EvaluateGetDimensionSize;
  table[OpCode::kSetDimensionSize].evaluate = EvaluateSetDimensionSize;
  table[OpCode::kDynamicReshape].evaluate = EvaluateDynamicReshape;
}

}  // namespace eqsat::ir
