// The command line's choice of rules: files and numerics class.
#ifndef EQSAT_TOOLS_RULE_OPTIONS_H_
#define EQSAT_TOOLS_RULE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/rule_set.h"

namespace eqsat::tools {

struct RuleOptions {
  std::vector<std::string> files;  // beside the program's own
  std::string numerics = "exact";
  bool no_default_rules = false;
};

void AddRuleOptions(CLI::App* verb, RuleOptions* options);

// The program's rules and the user's. Errors have file:line:column.
absl::StatusOr<rules::RuleSet> LoadRules(const RuleOptions& options);

// The class that --numerics names.
absl::StatusOr<rules::Numerics> NumericsOf(const std::string& name);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_RULE_OPTIONS_H_
