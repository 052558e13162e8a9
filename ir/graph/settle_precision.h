// Writes out the conversions that mixed precision leaves unsaid.
#ifndef EQSAT_IR_GRAPH_SETTLE_PRECISION_H_
#define EQSAT_IR_GRAPH_SETTLE_PRECISION_H_

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::ir {

// The same program with each floating-point operand of an elementwise operation converted to the
// type of the result; where that is no float, to the widest of the operands. Programs without
// mixed precision come back as they are.
absl::StatusOr<Module> SettlePrecision(const Module& module);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_SETTLE_PRECISION_H_
