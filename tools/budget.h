// How much work a search may do.
#ifndef EQSAT_TOOLS_BUDGET_H_
#define EQSAT_TOOLS_BUDGET_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"

namespace eqsat::tools {

struct Budget {
  size_t nodes = 200'000;  // e-nodes, over all computations
  size_t bytes = size_t{2} << 30;
  size_t iterations = 1'000;
  double seconds = 10;  // of saturation and extraction together
};

// The budget of -O0 … -O3.
Budget BudgetOfLevel(int level);

// `budget` with what `text` sets: a comma list of nodes:200k, mem:2G, iterations:30, time:5s (ms, s
// and m; k, M and G). InvalidArgument names the part that cannot be read.
absl::StatusOr<Budget> ParseBudget(std::string_view text, Budget budget);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_BUDGET_H_
