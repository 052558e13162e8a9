// How often a while loop runs, where that can be read off it.
#ifndef EQSAT_CODEGEN_FUSION_TRIP_COUNT_H_
#define EQSAT_CODEGEN_FUSION_TRIP_COUNT_H_

#include <cstdint>
#include <optional>

#include "ir/graph/module.h"

namespace eqsat::codegen {

// The number of iterations of a counting loop: the condition compares element i of the carried
// tuple, or the carried scalar itself, with a constant by <, <=, >, >= or !=; the body adds a
// constant to it; and it starts as a constant. Steps in the direction of the bound only. nullopt
// for every other loop.
std::optional<int64_t> TripCount(const ir::Module& module, const ir::Computation& computation,
                                 const ir::Instruction& loop);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_TRIP_COUNT_H_
