// `xla-eqsat rules discover --ops=… --size=N`: rules that the library lacks.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "rules/compile/vocabulary.h"
#include "rules/discover/discover.h"
#include "tools/driver.h"
#include "tools/progress.h"
#include "tools/rule_options.h"
#include "tools/verbs/rules_verbs.h"

namespace eqsat::tools {
namespace {

struct RulesDiscoverFlags {
  RuleOptions rules;
  std::vector<std::string> ops;
  std::string type = "f32";
  std::string output = "-";
  ProgressOptions progress;
  rules::DiscoverOptions discover;
};

absl::StatusOr<rules::TermSpace> SpaceOf(const RulesDiscoverFlags& options) {
  rules::TermSpace space = options.discover.space;
  for (const std::string& name : options.ops) {
    std::optional<ir::OpCode> opcode = rules::OpFromRuleName(name);
    if (!opcode) {
      std::vector<std::string_view> known(rules::OpRuleNames().begin(), rules::OpRuleNames().end());
      return absl::InvalidArgumentError(
          base::StrCat("--ops: there is no op '", name, "'", rules::DidYouMean(name, known)));
    }
    space.ops.push_back(*opcode);
  }
  std::optional<ir::ElementType> type = rules::ElementTypeFromRuleName(options.type);
  if (!type || (!ir::IsInteger(*type) && !ir::IsFloat(*type)))
    return absl::InvalidArgumentError(
        base::StrCat("--type=", options.type, ": no integer or floating-point type"));
  space.type = *type;
  return space;
}

int RunDiscover(RulesDiscoverFlags options) {
  absl::StatusOr<rules::TermSpace> space = SpaceOf(options);
  if (!space.ok()) return Fail(kUsage, space.status());
  options.discover.space = *std::move(space);
  absl::StatusOr<rules::RuleSet> library = LoadRules(options.rules);
  if (!library.ok()) return Fail(kBadRules, library.status());
  ProgressLine progress(options.progress);
  options.discover.interrupt = &InterruptFlag();
  options.discover.progress = [&](std::string_view text) { progress.Update(text); };
  absl::StatusOr<rules::Discovery> found = rules::Discover(*library, options.discover);
  progress.Clear();
  if (!found.ok()) return Fail(kUsage, found.status());
  absl::StatusOr<std::string> text = found->ToText();
  if (!text.ok()) return Fail(kInternal, text.status());
  if (absl::Status s = WriteFile(options.output, *text); !s.ok()) return Fail(kUsage, s);
  if (options.progress.quiet) return kOk;
  size_t proved = 0;
  for (const rules::FoundRule& rule : found->rules)
    proved += rule.status != rules::ProofStatus::kTested;
  std::cerr << absl::StrFormat(
      "%d terms, %d candidates: %d implied, %d not true or not rules; %d rules, %d proved%s\n",
      found->terms, found->candidates, found->implied, found->refuted, found->rules.size(), proved,
      found->finished ? "" : "; stopped before the end");
  return kOk;
}

}  // namespace

void AddRulesDiscoverVerb(CLI::App* rules, int* exit_code) {
  CLI::App* verb = rules->add_subcommand(
      "discover", "Enumerate small terms, and write the equalities that the library lacks");
  auto options = std::make_shared<RulesDiscoverFlags>();
  rules::TermSpace& space = options->discover.space;
  verb->add_option("--ops", options->ops, "Elementwise ops, as rules name them")
      ->delimiter(',')
      ->required();
  verb->add_option("--size", space.operations, "Operations of the larger side (default 3)")
      ->check(CLI::Range(1, 6));
  verb->add_option("--type", options->type, "Element type of all terms (default f32)");
  verb->add_option("--vars", space.variables, "Variables (default 2)")->check(CLI::Range(1, 4));
  verb->add_option("--numbers", space.numbers, "Constants in terms (default 0,1)")->delimiter(',');
  verb->add_option("--max-rules", options->discover.max_rules, "Stop after so many");
  verb->add_option("--rules", options->rules.files, "More rule files of the library")
      ->delimiter(',');
  verb->add_flag("--no-default-rules", options->rules.no_default_rules,
                 "What is known are the rules of --rules alone");
  verb->add_option("-o,--output", options->output, "Where the rules go; - for stdout");
  AddProgressOptions(verb, &options->progress);
  verb->footer(
      "Exact rules only. Terms that agree on some hundred inputs, extremes among them, are\n"
      "candidates; what the library or a rule found before implies is dropped, and the rest is\n"
      "tested and proved or dropped. Rules that no proof was found for have a comment.\n"
      "Example:\n  xla-eqsat rules discover --ops=and,or,xor,not --type=s32 --size=3 -o bits.eqr");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunDiscover(*options);
  });
}

}  // namespace eqsat::tools
