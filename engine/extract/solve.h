// Any-time extraction: the best choice that can be found, and how far from the best it can be.
//
// Costs count what is shared once. Given time, the problem is first made smaller (reduction.h);
// what is left is searched for better choices and for a proof that there are none. The result is
// recomputed from scratch.
#ifndef EQSAT_ENGINE_EXTRACT_SOLVE_H_
#define EQSAT_ENGINE_EXTRACT_SOLVE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/extract/choice_graph.h"

namespace eqsat::engine {

enum class SolveMethod {
  kTree,    // the best tree cost
  kGreedy,  // choices that lean towards sharing, and a short search around the best of them
  kExact,   // until proved or out of budget
};

struct SolveOptions {
  SolveMethod method = SolveMethod::kExact;
  // Of kExact. A round is a bounded amount of search, so that a budget of rounds alone gives the
  // same result on every machine.
  double seconds = std::numeric_limits<double>::infinity();
  size_t rounds = std::numeric_limits<size_t>::max();
  const std::atomic<bool>* stop = nullptr;
};

struct SolveResult {
  std::vector<bool> kept;  // by candidate; one of each class that is needed, see optional_costs.h
  double cost = 0;
  // The best tree cost of the roots together.
  double tree_cost = 0;
  // No solution costs less, up to rounding.
  double lower_bound = 0;
  bool optimal = false;  // proved
};

// Fails if a root cannot be built, or there are both negative costs and cycles. Costs must be
// finite.
absl::StatusOr<SolveResult> Solve(const ChoiceGraph& graph, const SolveOptions& options);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_SOLVE_H_
