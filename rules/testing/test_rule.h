// Tests a rule: on random programs that its left side matches, and by the tests it carries.
#ifndef EQSAT_RULES_TESTING_TEST_RULE_H_
#define EQSAT_RULES_TESTING_TEST_RULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/rule_set.h"

namespace eqsat::rules {

struct RuleReport {
  std::string rule;
  int attempts = 0;  // random programs made
  int fired = 0;     // of them, where the rule applied
  int compared = 0;  // applications whose two sides were evaluated
  int declared = 0;  // tests and rejects in the rule
  std::vector<std::string> failures;
  // A program on which the rule is wrong: its two sides differ, or the right one cannot be built.
  std::optional<std::string> counterexample;
  bool ok() const { return failures.empty(); }
};

// Applies the rule, in each of its directions, to `runs` random programs of ranks 0 to 4 with sizes
// from 0 up, and evaluates both sides on random inputs. A failure is a right side that cannot be
// built or has another shape, a difference beyond the numerics class, a rule that never applies or
// never says anything, an application that adds more nodes than any rule should, or a test of the
// rule's own that goes wrong. The same seed gives the same report.
RuleReport TestRule(const RuleSet::Entry& entry, uint64_t seed, int runs);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_TEST_RULE_H_
