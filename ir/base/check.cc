#include "ir/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace eqsat::base {

void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: internal error: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace eqsat::base
