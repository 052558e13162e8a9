// What reduce and reduce-window share: n inputs of equal dimensions, n initial values, and a
// computation that folds n accumulators with n elements.
#ifndef EQSAT_IR_OPS_REDUCER_H_
#define EQSAT_IR_OPS_REDUCER_H_

#include "absl/status/statusor.h"
#include "ir/ops/op_info.h"
#include "ir/ops/shape_checks.h"

namespace eqsat::ir {

// Checks operands and computation; gives the inputs' common dimensions.
absl::StatusOr<Shape> CheckReducer(const OpContext& context);

// Arrays of the given dimensions with the element types that the computation gives; a tuple for
// several inputs. The reducer has been checked.
absl::StatusOr<Shape> ReducerResult(const OpContext& context, const DimensionList& dimensions);

// The computation of `context` folds `count` accumulators of the types of `accumulators` with as
// many elements.
absl::Status ExpectFold(const OpContext& context, absl::Span<const Shape> accumulators);

// The result's dimensions and one access an operand, those of initial values complete.
IndexedForm ReducerForm(const OpContext& context);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_REDUCER_H_
