// `xla-eqsat rules list|test`: the rules in force, and their tests.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "rules/testing/test_rule.h"
#include "tools/driver.h"
#include "tools/rule_options.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  RuleOptions rules;
  bool json = false;
  uint64_t seed = 1;
  int runs = 40;
};

// "exact", or for several cases "exact|reassoc".
std::string NumericsText(const rules::Rule& rule) {
  std::string text;
  for (const rules::NumericsCase& c : rule.numerics) {
    if (!text.empty()) text += "|";
    text += rules::NameOf(c.numerics);
  }
  return text;
}

int List(const Options& options) {
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const rules::RuleSet::Entry& entry : set->rules()) {
    const rules::Rule& rule = *entry.rule;
    std::string file = rule.source->path();
    if (options.json) {
      list.push_back({{"name", rule.name},
                      {"file", file},
                      {"group", rule.group},
                      {"phase", rule.phase},
                      {"numerics", NumericsText(rule)},
                      {"proof", "tested"},
                      {"doc", rule.doc}});
    } else {
      std::cout << absl::StrFormat("%-40s %-14s %-9s %s\n", rule.name, NumericsText(rule),
                                   rule.phase, rule.doc);
    }
  }
  if (options.json) std::cout << list.dump() << "\n";
  return kOk;
}

nlohmann::ordered_json ReportJson(const rules::RuleReport& report) {
  return {{"name", report.rule},         {"attempts", report.attempts},
          {"fired", report.fired},       {"compared", report.compared},
          {"declared", report.declared}, {"failures", report.failures}};
}

int Test(const Options& options) {
  // With files named, they alone are tested, in the company of the program's own.
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  const std::vector<std::string>& files = options.rules.files;
  nlohmann::ordered_json reports = nlohmann::ordered_json::array();
  size_t tested = 0;
  size_t failed = 0;
  for (const rules::RuleSet::Entry& entry : set->rules()) {
    if (!files.empty() && std::ranges::find(files, entry.rule->source->path()) == files.end())
      continue;
    rules::RuleReport report = rules::TestRule(entry, options.seed, options.runs);
    ++tested;
    failed += !report.ok();
    if (options.json) reports.push_back(ReportJson(report));
    for (const std::string& failure : report.failures)
      std::cerr << entry.rule->Where() << ": " << failure << "\n";
  }
  if (options.json) {
    std::cout << reports.dump() << "\n";
  } else {
    std::cout << tested - failed << " of " << tested << " rules pass\n";
  }
  return failed == 0 ? kOk : kCheckFailed;
}

}  // namespace

void AddRulesVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("rules", "The rewrite rules: list them, test them");
  verb->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* list = verb->add_subcommand("list", "One line a rule");
  list->add_option("FILE", options->rules.files, "More rule files, beside the program's own");
  list->add_flag("--json", options->json, "A list of objects");
  list->callback([options, exit_code] { *exit_code = List(*options); });

  CLI::App* test = verb->add_subcommand(
      "test", "Apply each rule to random programs and compare both sides; run its own tests");
  test->add_option("FILE", options->rules.files, "Test the rules of these files alone");
  test->add_option("--seed", options->seed, "Of the random programs");
  test->add_option("--runs", options->runs, "Random programs a rule")->check(CLI::PositiveNumber);
  test->add_flag("--json", options->json, "A list of objects");
  test->footer("Example:\n  xla-eqsat rules test mine.eqr");
  test->callback([options, exit_code] { *exit_code = Test(*options); });
}

}  // namespace eqsat::tools
