// Looks for a program on which the two sides of a rule differ.
#ifndef EQSAT_RULES_PROVE_REFUTE_H_
#define EQSAT_RULES_PROVE_REFUTE_H_

#include <optional>
#include <string>

#include "rules/rule_set.h"

namespace eqsat::rules {

// A program on which the rule is wrong, with its inputs and the two results as the interpreter
// computes them, or with why its right side cannot be built; nothing if the search over `runs`
// random programs, the same each time, finds none.
std::optional<std::string> Refute(const RuleSet::Entry& entry, int runs);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_REFUTE_H_
