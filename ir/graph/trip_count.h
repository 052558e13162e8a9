// How often a while loop runs, where that can be read off it.
#ifndef EQSAT_IR_GRAPH_TRIP_COUNT_H_
#define EQSAT_IR_GRAPH_TRIP_COUNT_H_

#include <cstdint>
#include <optional>

#include "ir/graph/module.h"

namespace eqsat::ir {

// The number of iterations of a counting loop: the condition compares element i of the carried
// tuple, or the carried scalar itself, with a constant by <, <=, >, >= or !=; the body adds a
// constant to it; and it starts as a constant. Steps in the direction of the bound only. nullopt
// for every other loop.
std::optional<int64_t> TripCount(const Module& module, const Computation& computation,
                                 const Instruction& loop);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_TRIP_COUNT_H_
