// `xla-eqsat rules doc -o rules.html`: the rules, drawn.
#include <memory>
#include <string>

#include "tools/driver.h"
#include "tools/rule_options.h"
#include "tools/rule_page/rule_page.h"
#include "tools/verbs/rules_verbs.h"

namespace eqsat::tools {
namespace {

struct RulesDocFlags {
  RuleOptions rules;
  std::string output = "-";
};

int Document(const RulesDocFlags& options) {
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  absl::StatusOr<rules::ProofRecord> record = rules::ProofRecord::Default();
  if (!record.ok()) return Fail(kInternal, record.status());
  absl::Status written = WriteFile(options.output, RulePage(*set, *record));
  return written.ok() ? kOk : Fail(kUsage, written);
}

}  // namespace

void AddRulesDocVerb(CLI::App* rules, int* exit_code) {
  CLI::App* verb = rules->add_subcommand(
      "doc", "One HTML page of the rules, each drawn before and after, with what is proved of it");
  auto options = std::make_shared<RulesDocFlags>();
  verb->add_option("FILE", options->rules.files, "More rule files, beside the program's own");
  verb->add_flag("--no-default-rules", options->rules.no_default_rules, "Only these files");
  verb->add_option("-o,--output", options->output, "Where the page goes; - for stdout");
  verb->footer("Example:\n  xla-eqsat rules doc mine.eqr --no-default-rules -o mine.html");
  verb->callback([options, exit_code] { *exit_code = Document(*options); });
}

}  // namespace eqsat::tools
