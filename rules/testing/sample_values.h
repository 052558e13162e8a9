// Input values for tests of rules, and the comparison of results under a numerics class.
#ifndef EQSAT_RULES_TESTING_SAMPLE_VALUES_H_
#define EQSAT_RULES_TESTING_SAMPLE_VALUES_H_

#include <optional>
#include <string>

#include "ir/base/random.h"
#include "ir/shape/literal.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// base::Random elements. For exact rules also NaN, infinities, both zeros, the smallest and the
// largest; for special ones all but NaN and infinities; for the others, magnitudes between 1/2
// and 2.
ir::Literal SampleLiteral(base::Random& random, const ir::Shape& shape, Numerics numerics);
// A value that rules like to know: 0, -0, 1, -1, 2, the lowest, the highest, a power of two, …
ir::Literal SampleScalar(base::Random& random, ir::ElementType type);

// What may differ between the two sides.
struct Tolerance {
  Numerics numerics = Numerics::kExact;
  double bound = 0;    // kApprox: relative to `largest`, or to `scale` where it is given
  double largest = 0;  // the largest magnitude that the computation met
  const ir::Literal* scale = nullptr;
  bool any_infinite = false;  // an input was infinite: what is not finite may differ
};

// The first element that differs by more than allowed, in words; nothing if none does.
std::optional<std::string> FirstMismatch(const ir::Literal& left, const ir::Literal& right,
                                         const Tolerance& tolerance);

// Element `i` in words.
std::string ShowElement(const ir::Literal& literal, int64_t i);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_SAMPLE_VALUES_H_
