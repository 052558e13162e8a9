// Whether a rule needs its conditions: the rule is tested again without each of them.
#ifndef EQSAT_RULES_TESTING_WEAKEN_GUARDS_H_
#define EQSAT_RULES_TESTING_WEAKEN_GUARDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "rules/rule_set.h"

namespace eqsat::rules {

struct GuardReport {
  std::string where;  // path:line:column
  std::string guard;  // as written, up to the end of its line
  // What goes wrong without it; empty if the tests find nothing, so that it only narrows the rule.
  std::string failure;
  RuleSet::Entry weaker;  // the rule without it
  bool needed() const { return !failure.empty(); }
};

// One report for each condition of `where`, those joined by `and` one by one. The same seed gives
// the same reports.
std::vector<GuardReport> WeakenGuards(const RuleSet::Entry& entry, uint64_t seed, int runs);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_WEAKEN_GUARDS_H_
