// Which symbols a pattern gives a value, and in which order its parts can be read.
#ifndef EQSAT_RULES_COMPILE_BOUND_SYMBOLS_H_
#define EQSAT_RULES_COMPILE_BOUND_SYMBOLS_H_

#include <vector>

#include "absl/status/status.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// Whether an attribute's value in a pattern is a place to read symbols from: a symbol, or a list of
// symbols and integers. Other values are computed and compared.
bool IsReadable(const Code& code);

// Checks that everything a direction computes is bound by the time it is needed: attributes of the
// pattern, lets in order, guards, results in order.
absl::Status CheckBound(const Rule& rule, const Direction& direction);

// Calls visit(term) for `term` and everything below it.
template <typename Visitor>
void VisitTerms(const Term& term, Visitor&& visit) {
  visit(term);
  for (const Term& child : term.children) VisitTerms(child, visit);
}

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_BOUND_SYMBOLS_H_
