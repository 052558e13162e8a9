// Small changes that make a computation simpler without regard to what it computes.
#ifndef EQSAT_TOOLS_REDUCE_EDIT_H_
#define EQSAT_TOOLS_REDUCE_EDIT_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"

namespace eqsat::tools {

// What happens to one instruction.
struct Edit {
  enum class Kind : uint8_t {
    kUse,        // its users take `value`, an earlier instruction of its shape
    kParameter,  // it becomes a parameter (of the entry only: others have callers)
    kZero,       // it becomes a constant of zeros
    kInline,     // the body of its callee number `callee` takes its place
    kDrop,       // it goes: a parameter without users (of the entry), or an effect without users
    kStrip,      // it loses metadata, sharding and whatever else it carries
  };
  Kind kind = Kind::kUse;
  ir::InstructionId at;
  ir::InstructionId value = {};
  size_t callee = 0;
};

// `computation` of `module` with the edits, at most one an instruction, and `root` for its root.
// What is unused then is left out, but for parameters and effects. Parameters are numbered anew. An
// error if the edits do not go together.
absl::StatusOr<ir::Computation> Edited(const ir::Module& module, const ir::Computation& computation,
                                       absl::Span<const Edit> edits, ir::InstructionId root);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_REDUCE_EDIT_H_
