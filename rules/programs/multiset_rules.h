// What a program's associative and commutative operators bring with them.
#ifndef EQSAT_RULES_PROGRAMS_MULTISET_RULES_H_
#define EQSAT_RULES_PROGRAMS_MULTISET_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "engine/rewrite/rewrite.h"
#include "rules/programs/term_facts.h"
#include "rules/programs/term_language.h"

namespace eqsat::rules {

// Rules for each such operator OP: OP.flatten, which takes sums within sums apart, and, if the
// operator folds, OP.fold, which makes one of the constants in a sum. `language` and `facts`
// outlive the rewrites.
absl::Status AppendMultisetRules(TermLanguage* language, const TermFacts* facts,
                                 std::vector<engine::Rewrite>* rewrites);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_MULTISET_RULES_H_
