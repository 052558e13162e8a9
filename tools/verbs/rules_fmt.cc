// `xla-eqsat rules fmt FILE…`: the canonical layout of rule files.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "rules/syntax/format.h"
#include "tools/driver.h"
#include "tools/verbs/rules_verbs.h"

namespace eqsat::tools {
namespace {

struct RulesFmtFlags {
  std::vector<std::string> files;
  bool check = false;
};

int Format(const RulesFmtFlags& options) {
  int code = kOk;
  for (const std::string& file : options.files) {
    absl::StatusOr<std::string> text = ReadFile(file);
    if (!text.ok()) return Fail(kBadRules, text.status());
    absl::StatusOr<std::string> formatted = rules::FormatRuleFile(rules::SourceText(file, *text));
    if (!formatted.ok()) return Fail(kBadRules, formatted.status());
    const bool changes = *formatted != *text;
    if (options.check) {
      if (!changes) continue;
      std::cout << file << "\n";
      code = kCheckFailed;
    } else if (changes || file == "-") {
      if (absl::Status s = WriteFile(file, *formatted); !s.ok()) return Fail(kUsage, s);
    }
  }
  return code;
}

}  // namespace

void AddRulesFmtVerb(CLI::App* rules, int* exit_code) {
  CLI::App* verb = rules->add_subcommand("fmt", "Lay rule files out in the canonical way");
  auto options = std::make_shared<RulesFmtFlags>();
  verb->add_option("FILE", options->files, "Rewritten in place; - is stdin to stdout")->required();
  verb->add_flag("--check", options->check,
                 "Change nothing; name the files that would change and exit 1 if there are any");
  verb->footer(
      "One statement and one field a line, spaces, indentation; comments and the breaks inside\n"
      "terms stay. Example:\n  xla-eqsat rules fmt --check rules/*.eqr");
  verb->callback([options, exit_code] { *exit_code = Format(*options); });
}

}  // namespace eqsat::tools
