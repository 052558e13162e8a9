// StableHLO's operations whose sizes are operands, which HLO has as custom calls of their names.
#ifndef EQSAT_IR_INTERPRET_SIZED_BY_OPERANDS_H_
#define EQSAT_IR_INTERPRET_SIZED_BY_OPERANDS_H_

#include <string_view>

#include "ir/interpret/evaluator.h"

namespace eqsat::ir {

// The evaluation of `stablehlo.dynamic_iota` and the like: that of the operation of fixed sizes
// with the sizes that the operands hold. Attributes are in the configuration, as MLIR writes them.
// Null for other targets.
EvaluateFn SizedByOperands(std::string_view target);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SIZED_BY_OPERANDS_H_
