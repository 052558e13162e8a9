// Signs and bounds that the elements of an array are known to have.
#ifndef EQSAT_RULES_HLO_VALUE_RANGE_H_
#define EQSAT_RULES_HLO_VALUE_RANGE_H_

#include <cstdint>
#include <limits>

namespace eqsat::rules {

// Of floats: false says nothing. Of integers and truth values: low <= element <= high.
struct ValueRange {
  bool never_negative = false;       // no element is -0 or below; NaN is neither
  bool never_negative_zero = false;  // follows from never_negative
  bool never_nan = false;
  bool never_infinite = false;
  int64_t low = std::numeric_limits<int64_t>::min();
  int64_t high = std::numeric_limits<int64_t>::max();

  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_VALUE_RANGE_H_
