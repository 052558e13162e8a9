// Lists of dimensions and sizes, for the makers of random instances.
#ifndef EQSAT_RULES_TESTING_DIMENSION_LISTS_H_
#define EQSAT_RULES_TESTING_DIMENSION_LISTS_H_

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "ir/shape/layout.h"
#include "rules/functions/value.h"

namespace eqsat::rules {

// An attempt came to nothing; another may do better.
inline absl::Status NoLuck() { return absl::InvalidArgumentError("this attempt does not fit"); }

inline ir::DimensionVector ToDims(const Ints& list) { return {list.begin(), list.end()}; }

// Whether `dims` are distinct dimensions of an array of `rank`.
inline bool AreDims(const Ints& dims, int64_t rank) {
  for (size_t i = 0; i < dims.size(); ++i) {
    bool repeated = std::find(dims.begin(), dims.begin() + static_cast<int64_t>(i), dims[i]) !=
                    dims.begin() + static_cast<int64_t>(i);
    if (dims[i] < 0 || dims[i] >= rank || repeated) return false;
  }
  return true;
}

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_DIMENSION_LISTS_H_
