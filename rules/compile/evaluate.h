// Computes expressions.
#ifndef EQSAT_RULES_COMPILE_EVALUATE_H_
#define EQSAT_RULES_COMPILE_EVALUATE_H_

#include <vector>

#include "rules/compile/rule.h"
#include "rules/functions/value.h"

namespace eqsat::rules {

// The values of a rule's symbols, by SymbolId; monostate for one without a value.
using Bindings = std::vector<Value>;

// The value, or monostate where the expression has none: a function is undefined there, an integer
// overflows, kinds do not fit.
Value Evaluate(const Code& code, const Bindings& bindings, const Facts& facts);

// Whether the condition has a value and holds.
bool Holds(const Code& condition, const Bindings& bindings, const Facts& facts);

// Equality of attribute values and element types; false for kinds that have none.
bool SameValue(const Value& a, const Value& b);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_EVALUATE_H_
