// The cheapest few solutions of an extraction problem.
#ifndef EQSAT_ENGINE_EXTRACT_SOLVE_TOP_H_
#define EQSAT_ENGINE_EXTRACT_SOLVE_TOP_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/extract/solve.h"

namespace eqsat::engine {

// Up to `count` solutions that differ in what they keep, the cheapest first; fewer if there are no
// more, or no more were found in the budget. `optimal` says of each that no other solution but
// those before it is cheaper; its lower bound is then its cost, else 0. Fails as Solve does, and
// for negative costs.
absl::StatusOr<std::vector<SolveResult>> SolveTop(const ChoiceGraph& graph, size_t count,
                                                  const SolveOptions& options);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_SOLVE_TOP_H_
