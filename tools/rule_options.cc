#include "tools/rule_options.h"

#include "ir/base/status.h"

namespace eqsat::tools {

void AddRuleOptions(CLI::App* verb, RuleOptions* options) {
  verb->add_option("--rules", options->files, "More rule files (.eqr), beside the program's own")
      ->delimiter(',');
  verb->add_flag("--no-default-rules", options->no_default_rules, "Only the rules of --rules");
  verb->add_option("--numerics", options->numerics,
                   "exact (default), special, reassoc or approx: how far results may differ");
}

absl::StatusOr<rules::RuleSet> LoadRules(const RuleOptions& options) {
  rules::RuleSet set;
  if (!options.no_default_rules) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<std::string> files, rules::RuleSet::DefaultFiles());
    for (const std::string& file : files) EQSAT_RETURN_IF_ERROR(set.AddFile(file));
  }
  for (const std::string& file : options.files) EQSAT_RETURN_IF_ERROR(set.AddFile(file));
  return set;
}

absl::StatusOr<rules::Numerics> NumericsOf(const std::string& name) {
  if (auto numerics = rules::NumericsFromName(name)) return *numerics;
  return base::InvalidArgument("--numerics=%s: write exact, special, reassoc or approx", name);
}

}  // namespace eqsat::tools
