// The rules of a set as one HTML page that needs nothing else.
#ifndef EQSAT_TOOLS_RULE_PAGE_RULE_PAGE_H_
#define EQSAT_TOOLS_RULE_PAGE_RULE_PAGE_H_

#include <string>

#include "rules/prove/proof_record.h"
#include "rules/rule_set.h"

namespace eqsat::tools {

// By group, each rule with its status, both sides drawn, its conditions, and its text. The same set
// and record give the same page.
std::string RulePage(const rules::RuleSet& set, const rules::ProofRecord& record);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_RULE_PAGE_RULE_PAGE_H_
