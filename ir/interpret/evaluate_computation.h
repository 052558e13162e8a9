// The walk over a computation's instructions, with the depth of the calls around it.
#ifndef EQSAT_IR_INTERPRET_EVALUATE_COMPUTATION_H_
#define EQSAT_IR_INTERPRET_EVALUATE_COMPUTATION_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/interpret/interpreter.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Calls nested deeper are an error, so that no program exhausts the stack.
inline constexpr int kMaxCallDepth = 500;

absl::StatusOr<Literal> EvaluateNested(const Module& module, ComputationId id,
                                       absl::Span<const Literal> arguments,
                                       const InterpreterOptions& options, int depth);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_EVALUATE_COMPUTATION_H_
