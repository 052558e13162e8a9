// The rules of a program as rewrites of the engine.
#ifndef EQSAT_RULES_PROGRAMS_PROGRAM_RULES_H_
#define EQSAT_RULES_PROGRAMS_PROGRAM_RULES_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/rewrite/rewrite.h"
#include "rules/programs/program.h"
#include "rules/programs/term_facts.h"
#include "rules/programs/term_language.h"

namespace eqsat::rules {

// One rewrite, or two for `<=>`, and those that add terms for `equal`. Guards are made of `and`,
// `or`, `not` and
//   is_constant(x)   the class has a known value
//   is_zero(x)       that value is 0
//   is_symbol(x)     one of its nodes is a leaf that is no constant
//   same(x, y)       the two are one class
//   free(v, x)       v is free in x
//   equal(t, u)      the two terms, which are added to the graph, are in one class
// `language` and `facts` outlive the rewrites.
absl::StatusOr<std::vector<engine::Rewrite>> CompileProgramRule(const ProgramRule& rule,
                                                                TermLanguage* language,
                                                                const TermFacts* facts);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_PROGRAM_RULES_H_
