// Comparison of computed values with expected ones.
#ifndef EQSAT_IR_INTERPRET_COMPARE_H_
#define EQSAT_IR_INTERPRET_COMPARE_H_

#include <optional>
#include <string>

#include "ir/shape/element_type.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// |actual - expected| <= abs + rel · |expected|
struct Tolerance {
  double abs = 0;
  double rel = 0;

  // What two good implementations of a few dozen operations may differ by; nothing for exact types.
  static Tolerance Default(ElementType type);
};

// The first element that differs, with its index path and both values: "{1}[0,3]: 2.5 expected, 3
// found"; nullopt if there is none. NaN equals NaN, an infinity only itself; layouts do not matter.
// Without a tolerance each leaf has its type's default.
std::optional<std::string> CompareLiterals(const Literal& expected, const Literal& actual,
                                           const std::optional<Tolerance>& tolerance = {});

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_COMPARE_H_
