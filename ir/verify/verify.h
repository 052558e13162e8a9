// Whether a module keeps the promises of ir/graph that its types alone do not enforce.
#ifndef EQSAT_IR_VERIFY_VERIFY_H_
#define EQSAT_IR_VERIFY_VERIFY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "ir/graph/module.h"

namespace eqsat::ir {

// Whether an op may give its result another layout than its operands have.
enum class LayoutRule : uint8_t {
  kIgnored,  // layouts are not decided yet: no rule reads them
  kShared,   // only memory that several values share fixes them
  kKept,     // they are decided: ops that move nothing keep them, and the header's are the entry's
};

// What decides about a module but is not written in it: how far it is compiled, and for which
// devices.
struct VerifyOptions {
  LayoutRule layouts = LayoutRule::kShared;
  bool mixed_precision = false;     // floating-point types of different precision agree
  bool bounded_sizes = false;       // no dimension is unbounded
  bool reshape_is_bitcast = false;  // a reshape moves nothing in memory
  bool one_op_async = false;        // async ops run computations of one op
  bool scheduled_names = false;     // names are those that the metadata's scheduling_name states
  // How many there are, where the header leaves it at 1; with 1 here, too, they are not counted.
  int64_t replica_count = 1;
  int64_t num_partitions = 1;
};

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
absl::Status Verify(const Module& module, const VerifyOptions& options = {});

// The first two groups for one computation of `module`, which need not be added to it yet.
absl::Status VerifyComputation(const Module& module, const Computation& computation,
                               const VerifyOptions& options = {});

}  // namespace eqsat::ir

#endif  // EQSAT_IR_VERIFY_VERIFY_H_
