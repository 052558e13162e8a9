// The clock of budgets and progress.
#ifndef EQSAT_TOOLS_CLOCK_H_
#define EQSAT_TOOLS_CLOCK_H_

#include <chrono>

namespace eqsat::tools {

// Of a clock that only moves forward, from no particular beginning.
inline double NowSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_CLOCK_H_
