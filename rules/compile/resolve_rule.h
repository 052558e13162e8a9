// Rules: from syntax to symbols, both sides, and their conditions.
#ifndef EQSAT_RULES_COMPILE_RESOLVE_RULE_H_
#define EQSAT_RULES_COMPILE_RESOLVE_RULE_H_

#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/compile/scope.h"

namespace eqsat::rules {

// An error points at what is wrong. The rule has one direction, or two if it holds both ways.
absl::StatusOr<Rule> ResolveRule(const FileScope& file, const RuleDecl& declaration);

// Terms of a test, over the inputs it declares: the same as a rule's, with every operand known.
struct TestTerms {
  std::vector<Term> left;
  std::vector<Term> right;
  // Symbols of the terms; the inputs come first and have literal types.
  Rule scope;
};
absl::StatusOr<TestTerms> ResolveTest(const FileScope& file, const TestDecl& test);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_RESOLVE_RULE_H_
