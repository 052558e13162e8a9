// The terms of both sides of a rule.
#ifndef EQSAT_RULES_PROVE_RULE_TERMS_H_
#define EQSAT_RULES_PROVE_RULE_TERMS_H_

#include "rules/compile/bound_symbols.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// A rule of two directions has the same terms in both.
template <typename Visitor>
void VisitAllTerms(const Rule& rule, Visitor&& visit) {
  const Direction& direction = rule.directions[0];
  for (const Term& root : direction.roots) VisitTerms(root, visit);
  for (const Result& result : direction.results) VisitTerms(result.term, visit);
}

inline bool HasDot(const Rule& rule) {
  bool has = false;
  VisitAllTerms(rule, [&has](const Term& term) { has |= term.opcode == ir::OpCode::kDot; });
  return has;
}

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_RULE_TERMS_H_
