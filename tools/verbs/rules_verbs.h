// The verbs below `xla-eqsat rules` that have a file of their own.
#ifndef EQSAT_TOOLS_VERBS_RULES_VERBS_H_
#define EQSAT_TOOLS_VERBS_RULES_VERBS_H_

#include <CLI/CLI.hpp>

namespace eqsat::tools {

void AddRulesDiscoverVerb(CLI::App* rules, int* exit_code);
void AddRulesDocVerb(CLI::App* rules, int* exit_code);
void AddRulesFmtVerb(CLI::App* rules, int* exit_code);
void AddRulesNewVerb(CLI::App* rules, int* exit_code);
void AddRulesProfileVerb(CLI::App* rules, int* exit_code);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_VERBS_RULES_VERBS_H_
