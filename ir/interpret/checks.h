// What the checks of test programs accept (custom calls such as check.expect_close).
#ifndef EQSAT_IR_INTERPRET_CHECKS_H_
#define EQSAT_IR_INTERPRET_CHECKS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "ir/shape/literal.h"

namespace eqsat::ir {

// How many representable values of the element type lie between the elements of two arrays of one
// shape, at most; parts of complex numbers apart. NaN is near NaN alone, and an infinity near
// itself alone. Integers by their difference.
uint64_t LargestUlpDifference(const Literal& a, const Literal& b);

// Why the values are not as near as check.expect_almost_eq demands; nullopt if they are. Above
// `tolerance`, a few units in the last place are allowed too.
std::optional<std::string> AlmostEqualFault(const Literal& expected, const Literal& actual,
                                            double tolerance);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_CHECKS_H_
