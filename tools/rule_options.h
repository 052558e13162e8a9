// The command line's choice of rules: files, numerics class, effort.
#ifndef EQSAT_TOOLS_RULE_OPTIONS_H_
#define EQSAT_TOOLS_RULE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cost_models/targets/target.h"
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

// What is wrong with a --numerics that names no class.
absl::Status UnknownNumerics(const std::string& name);

// The rules that take part at effort `level` (0 … 3) on `target`. InvalidArgument if the numerics
// class is unknown.
absl::StatusOr<rules::RuleFilter> FilterFor(const RuleOptions& options, int level,
                                            const cost_models::Target& target);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_RULE_OPTIONS_H_
