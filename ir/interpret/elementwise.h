// Evaluation of elementwise ops by their kernels.
#ifndef EQSAT_IR_INTERPRET_ELEMENTWISE_H_
#define EQSAT_IR_INTERPRET_ELEMENTWISE_H_

#include "absl/status/statusor.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Scalar operands go with every element. Unimplemented where no kernel fits the types.
absl::StatusOr<Literal> EvaluateElementwise(const OpCall& call);

// Elements converted as the convert op does.
Literal ConvertElements(const Literal& literal, ElementType type);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_ELEMENTWISE_H_
