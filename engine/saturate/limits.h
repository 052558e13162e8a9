// Bounds on a saturation run, and what ended one.
#ifndef EQSAT_ENGINE_SATURATE_LIMITS_H_
#define EQSAT_ENGINE_SATURATE_LIMITS_H_

#include <cstddef>
#include <limits>
#include <string_view>

namespace eqsat::engine {

// Every limit also stops inside an iteration: node and byte limits after the match that reached
// them, the rest within some hundred steps of the search. Nodes are counted as they stand, before
// the rebuild that may merge some of them.
struct Limits {
  size_t nodes = 1'000'000;
  size_t bytes = size_t{4} << 30;
  size_t iterations = 1'000;
  double seconds = std::numeric_limits<double>::infinity();
  // Matches of one rule in one iteration; further ones are dropped, and a run in which that hides
  // the last things left to do ends with kMatchLimit.
  size_t matches_per_rule = 10'000'000;
};

enum class StopReason {
  kSaturated,
  kNodeLimit,
  kMemoryLimit,
  kIterationLimit,
  kTimeLimit,
  kMatchLimit,
  kInterrupted,
  kGoal,      // RunOptions::should_end
  kConflict,  // an analysis objected to a merge, or a rule failed: RunResult::status says which
};

std::string_view StopReasonName(StopReason reason);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_SATURATE_LIMITS_H_
