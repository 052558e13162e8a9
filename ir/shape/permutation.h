// Orders of dimensions.
#ifndef EQSAT_IR_SHAPE_PERMUTATION_H_
#define EQSAT_IR_SHAPE_PERMUTATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace eqsat::ir {

// Are the numbers 0, 1, … rank-1 in some order?
inline bool IsPermutation(absl::Span<const int64_t> numbers, size_t rank) {
  if (numbers.size() != rank) return false;
  std::vector<bool> seen(rank);
  for (int64_t number : numbers) {
    if (number < 0 || number >= static_cast<int64_t>(rank) || seen[number]) return false;
    seen[number] = true;
  }
  return true;
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_PERMUTATION_H_
