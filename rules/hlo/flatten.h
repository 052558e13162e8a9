// Brings a module to the form that saturation, planning and code generation work on.
#ifndef EQSAT_RULES_HLO_FLATTEN_H_
#define EQSAT_RULES_HLO_FLATTEN_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::rules {

// The same program with
//   - calls and fusions inlined, but for calls with the frontend attribute inlineable=false;
//   - bitcasts spelt out as transposes and reshapes, where layouts have no tiles;
//   - default layouts inside (the interface keeps its layouts in the header's entry layout; custom
//     calls and the like keep theirs);
//   - computations that differ in names and metadata alone made one;
//   - unreachable instructions dropped, but not parameters or side effects.
// ResourceExhausted if inlining makes more than `max_instructions`.
absl::StatusOr<ir::Module> Flatten(const ir::Module& module, size_t max_instructions = 4'000'000);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_FLATTEN_H_
