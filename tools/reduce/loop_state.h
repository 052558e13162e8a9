// Loops that carry less.
#ifndef EQSAT_TOOLS_REDUCE_LOOP_STATE_H_
#define EQSAT_TOOLS_REDUCE_LOOP_STATE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::tools {

// `module` with a loop that does not carry element `element` of its state any more. Where body,
// condition or what follows read it, they get zeros, or a new parameter in the entry. An error if
// the loop's state is used in another way than element by element.
absl::StatusOr<ir::Module> WithoutStateElement(const ir::Module& module, ir::ComputationId caller,
                                               ir::InstructionId loop, int64_t element);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_REDUCE_LOOP_STATE_H_
