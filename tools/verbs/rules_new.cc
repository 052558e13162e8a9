// `xla-eqsat rules new BEFORE AFTER`: a rule to start from.
#include <iostream>
#include <memory>
#include <string>

#include "rules/hlo/flatten.h"
#include "rules/syntax/rule_skeleton.h"
#include "rules/testing/test_rule.h"
#include "tools/driver.h"
#include "tools/equivalence.h"
#include "tools/load.h"
#include "tools/verbs/rules_verbs.h"

namespace eqsat::tools {
namespace {

struct RulesNewFlags {
  std::string before;
  std::string after;
  std::string name = "my-rule";
  std::string output = "-";
};

absl::StatusOr<ir::Module> LoadFlat(const std::string& path) {
  absl::StatusOr<ir::Module> module = LoadModule(path);
  return module.ok() ? rules::Flatten(*module) : module;
}

// What a first test of the rule says, on stderr: the skeleton is written in any case.
void Judge(const std::string& text, const std::string& path) {
  rules::RuleSet set;
  if (absl::Status s = set.AddText(path, text); !s.ok()) {
    std::cerr << "the rule does not load yet: " << s.message() << "\n";
    return;
  }
  const rules::RuleReport report = rules::TestRule(set.rules().front(), /*seed=*/1, /*runs=*/200);
  if (report.ok()) {
    std::cerr << "the rule holds on " << report.compared << " random programs\n";
    return;
  }
  std::cerr << "the rule is not right yet: " << report.failures.front() << "\n";
}

int New(const RulesNewFlags& options) {
  absl::StatusOr<ir::Module> before = LoadFlat(options.before);
  if (!before.ok()) return Fail(kBadInput, before.status());
  absl::StatusOr<ir::Module> after = LoadFlat(options.after);
  if (!after.ok()) return Fail(kBadInput, after.status());
  if (!SameInterface(*before, *after))
    return Fail(kBadInput, "the two programs take or return different shapes");
  absl::StatusOr<std::string> text = rules::RuleFromPrograms(*before, *after, options.name);
  if (!text.ok()) return Fail(kBadInput, text.status());
  if (absl::Status s = WriteFile(options.output, *text); !s.ok()) return Fail(kUsage, s);
  Judge(*text, options.output);
  return kOk;
}

}  // namespace

void AddRulesNewVerb(CLI::App* rules, int* exit_code) {
  CLI::App* verb =
      rules->add_subcommand("new", "Start a rule from a program before and after the rewrite");
  auto options = std::make_shared<RulesNewFlags>();
  verb->add_option("BEFORE", options->before, "A graph whose entry is the left side")->required();
  verb->add_option("AFTER", options->after, "The right side, with the same parameters")->required();
  verb->add_option("--name", options->name, "Of the rule");
  verb->add_option("-o,--output", options->output, "Where the rule goes; - for stdout");
  verb->footer(
      "Variables stand for what is equal on both sides: parameters, terms, constants, lists of\n"
      "dimensions, sizes. The programs become the rule's test. Messages say how the rule fares on\n"
      "random programs; make it as general as it is true.\n"
      "Example:\n  xla-eqsat rules new before.hlo after.hlo --name=slice-of-pad -o mine.eqr");
  verb->callback([options, exit_code] { *exit_code = New(*options); });
}

}  // namespace eqsat::tools
