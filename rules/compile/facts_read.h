// What a rule asks of the graph beside the nodes that it matches.
#ifndef EQSAT_RULES_COMPILE_FACTS_READ_H_
#define EQSAT_RULES_COMPILE_FACTS_READ_H_

#include "rules/compile/rule.h"

namespace eqsat::rules {

// Whether a direction reads what may become known of a class after its nodes were seen: values,
// ranges, further terms. Shapes stay as they are. A rule that does not is decided by the nodes of a
// match, so that it need not be looked at again (engine::Sensitivity::kPatternOnly).
bool ReadsChangingFacts(const Rule& rule, const Direction& direction);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_FACTS_READ_H_
