// Whether a module keeps the promises of ir/graph that its types alone do not enforce.
#ifndef EQSAT_IR_VERIFY_VERIFY_H_
#define EQSAT_IR_VERIFY_VERIFY_H_

#include "absl/status/status.h"
#include "ir/graph/module.h"

namespace eqsat::ir {

// Checks, in this order and up to the first fault:
//  - the shape of every instruction is what its op infers from operands, attributes and called
//    computations, layouts and dynamic marks aside, and its layouts fit their shapes;
//  - rules that no single op owns: control predecessors exist and make no cycle, a done follows the
//    start that it belongs to, callers and callees run on one thread, devices exist, shardings and
//    original values fit shapes, a buffer has one user, only ops that can reach the host's memory
//    do;
//  - what crosses computations: chains of async ops, and the transfers of a channel;
//  - the module's interface: entry layout, aliases and donors fit the entry computation.
// The message names the computation, the instruction, its source place and both sides. Safe on any
// module that can be built.
absl::Status Verify(const Module& module);

// The first two groups for one computation of `module`, which need not be added to it yet.
absl::Status VerifyComputation(const Module& module, const Computation& computation);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_VERIFY_VERIFY_H_
