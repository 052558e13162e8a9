// How many dims an instance of a rule needs for all that can go wrong to show.
#ifndef EQSAT_RULES_PROVE_RANK_BOUND_H_
#define EQSAT_RULES_PROVE_RANK_BOUND_H_

#include "rules/compile/rule.h"

namespace eqsat::rules {

struct RankBound {
  int rank = 2;
  bool all_ranks = true;  // a proof up to this rank is one for any
};
// Of the rule with all of its conditions, or with the local ones alone.
RankBound RankBoundOf(const Rule& rule, bool all_guards);

// Whether a condition that holds of an instance holds when a dim is left out. A rule that is proved
// without the others holds for any of their values.
bool IsLocal(const Code& guard, const Rule& rule);

// Whether the rule says of some term that it equals itself.
bool IsVacuous(const Rule& rule);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_RANK_BOUND_H_
