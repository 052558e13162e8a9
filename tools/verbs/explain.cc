// `xla-eqsat explain IN [--at=INSTRUCTION] [--why-not=RULE@INSTRUCTION]`
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/explain/chain.h"
#include "tools/explain/why_not.h"
#include "tools/load.h"
#include "tools/optimize.h"
#include "tools/search_options.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  std::string input;
  DimensionSizes dimensions;
  SearchOptions search;
  std::string at;
  std::string why_not;
  std::string format = "text";
};

// What is asked, and the answers of the search from the module's own form and of the one from the
// module with its loops spelt out.
struct Question {
  std::string at;  // an instruction, without `%`; empty for all
  const rules::RuleSet::Entry* rule = nullptr;
};
struct Answers {
  std::vector<Chain> chains;
  std::optional<WhyNotAnswer> why_not;
  bool found = false;  // the instruction asked for
};

std::string WithoutPercent(std::string name) {
  if (name.starts_with("%")) name.erase(0, 1);
  return name;
}

// An error names the rule that is nearest to one that does not exist.
absl::StatusOr<Question> QuestionFor(const Options& options, const rules::RuleSet& rules) {
  if (options.why_not.empty()) return Question{.at = WithoutPercent(options.at)};
  size_t split = options.why_not.find('@');
  std::string name = options.why_not.substr(0, split);
  std::string at = split == std::string::npos ? options.at : options.why_not.substr(split + 1);
  if (at.empty())
    return absl::InvalidArgumentError(
        "--why-not: say where, as in --why-not=RULE@%instruction or with --at");
  Question question{.at = WithoutPercent(at), .rule = rules.Find(name)};
  if (question.rule) return question;
  std::vector<std::string_view> names;
  for (const rules::RuleSet::Entry& entry : rules.rules()) names.push_back(entry.rule->name);
  return absl::InvalidArgumentError(
      base::StrCat("--why-not: there is no rule '", name, "'", rules::DidYouMean(name, names)));
}

std::optional<ir::InstructionId> InstructionNamed(const ir::Computation& computation,
                                                  std::string_view name) {
  for (size_t i = 0; i < computation.size(); ++i)
    if (computation.instructions()[i].name == name) return ir::InstructionId(i);
  return std::nullopt;
}

absl::Status Look(const SearchRecord& record, const Question& question, const rules::RuleSet& rules,
                  rules::Numerics numerics, Answers* answers) {
  auto at = InstructionNamed(record.graph.computation(), question.at);
  const bool in_result = record.result && InstructionNamed(*record.result, question.at).has_value();
  answers->found |= question.at.empty() || at || (in_result && !question.rule);
  if (question.rule) {
    if (!at || answers->why_not) return absl::OkStatus();
    EQSAT_ASSIGN_OR_RETURN(answers->why_not, WhyNotAt(record, *question.rule->rule, numerics, *at));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<Chain> chains,
                         ExplainResult(record, rules, numerics, question.at));
  for (Chain& chain : chains) answers->chains.push_back(std::move(chain));
  return absl::OkStatus();
}

nlohmann::ordered_json JsonOf(const Chain& chain) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const ChainStep& step : chain.steps)
    steps.push_back({{"rule", step.rule},
                     {"source", step.source},
                     {"direction", step.forward ? "forward" : "backward"},
                     {"before", step.before},
                     {"after", step.after},
                     {"checked", step.checked}});
  return {{"name", chain.name},
          {"instruction", chain.instruction},
          {"same_as", chain.same_as},
          {"part_of", chain.part_of},
          {"steps", std::move(steps)}};
}

void PrintJson(const Question& question, const Answers& answers, const OptimizeResult& result) {
  nlohmann::ordered_json object = {{"schema", 1},
                                   {"changed", result.changed},
                                   {"stopped_by", engine::StopReasonName(result.stopped_by)},
                                   {"search_seconds", result.seconds}};
  if (question.rule) {
    const WhyNotAnswer& answer = *answers.why_not;
    object["rule"] = question.rule->rule->name;
    object["source"] =
        base::StrCat(question.rule->rule->source->path(), ":", question.rule->rule->place.line);
    object["at"] = question.at;
    object["answer"] = NameOf(answer.answer);
    object["text"] = answer.text;
    object["premise"] = answer.premise;
    object["values"] = answer.values;
    if (answer.seconds) object["seconds"] = *answer.seconds;
    if (answer.seconds_with) object["seconds_with"] = *answer.seconds_with;
  } else {
    object["instructions"] = nlohmann::ordered_json::array();
    for (const Chain& chain : answers.chains) object["instructions"].push_back(JsonOf(chain));
  }
  std::cout << object.dump(2) << "\n";
}

std::string Listed(const std::vector<std::string>& names) {
  std::vector<std::string> marked;
  for (const std::string& name : names) marked.push_back(base::StrCat("%", name));
  return base::Join(marked, ", ");
}

void PrintChain(const Chain& chain) {
  std::cout << chain.instruction << "\n";
  if (!chain.part_of.empty()) {
    std::cout << "  is new, and explained with what uses it: " << Listed(chain.part_of) << "\n";
    return;
  }
  if (chain.same_as.empty()) return;
  std::cout << "  computes " << Listed(chain.same_as) << " of the input"
            << (chain.steps.empty() ? ", unchanged\n" : ", by\n");
  for (size_t i = 0; i < chain.steps.size(); ++i) {
    const ChainStep& step = chain.steps[i];
    std::cout << absl::StrFormat("  %2d. %s%s%s%s\n", i + 1, step.rule,
                                 step.forward ? "" : ", from right to left",
                                 step.source.empty() ? "" : "  " + step.source,
                                 step.checked ? "" : "  (not checked on its own)");
    std::cout << "        " << step.before << "\n     => " << step.after << "\n";
  }
}

void PrintText(const Question& question, const Answers& answers, const OptimizeResult& result) {
  if (!question.rule) {
    if (!result.changed) std::cout << "nothing was changed: no cheaper form was found\n";
    for (const Chain& chain : answers.chains) PrintChain(chain);
    return;
  }
  const WhyNotAnswer& answer = *answers.why_not;
  std::cout << absl::StrFormat("%s at %%%s: %s\n", question.rule->rule->name, question.at,
                               std::string(NameOf(answer.answer)));
  std::cout << "  " << answer.text << "\n";
  if (!answer.premise.empty()) std::cout << "  premise: " << answer.premise << "\n";
  for (const std::string& value : answer.values) std::cout << "    " << value << "\n";
  std::cout << "  rule: " << question.rule->rule->source->path() << ":"
            << question.rule->rule->place.line << "\n";
}

int RunExplain(const Options& options) {
  Search search;
  if (int code = PrepareSearch(options.search, &search); code != kOk) return code;
  OptimizeOptions& optimize = search.optimize;
  absl::StatusOr<Question> question = QuestionFor(options, search.rules);
  if (!question.ok()) return Fail(kUsage, question.status());
  absl::StatusOr<ir::Module> input = LoadModule(options.input, options.dimensions);
  if (!input.ok()) return Fail(kBadInput, input.status());

  Answers own;
  Answers unrolled;
  optimize.observer = [&](const SearchRecord& record) {
    return Look(record, *question, search.rules, optimize.rules.numerics,
                record.unrolled ? &unrolled : &own);
  };
  absl::StatusOr<OptimizeResult> result = Optimize(*input, search.rules, search.target, optimize);
  if (!result.ok()) return Fail(kBadInput, result.status());
  Answers& answers = result->unrolled || (!own.found && unrolled.found) ? unrolled : own;
  if (!result->changed) answers.chains.clear();
  if (!answers.found)
    return Fail(kUsage, base::StrCat("there is no instruction %", question->at,
                                     question->rule ? " in the flat input"
                                                    : " in the result or the flat input"));
  if (question->rule)
    if (auto off = WhyOff(*question->rule->rule, optimize.rules)) answers.why_not = std::move(off);
  options.format == "json" ? PrintJson(*question, answers, *result)
                           : PrintText(*question, answers, *result);
  return kOk;
}

}  // namespace

void AddExplainVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "explain", "The rules between the input and each instruction of the optimized graph");
  auto options = std::make_shared<Options>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("--at", options->at, "One instruction, of the result or of the input");
  verb->add_option("--why-not", options->why_not,
                   "RULE@INSTRUCTION: what kept the rule from changing that instruction");
  verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  AddSearchOptions(verb, &options->search);
  verb->footer(
      "Examples:\n"
      "  xla-eqsat explain graph.hlo --target=amdgpu\n"
      "  xla-eqsat explain graph.hlo --at=%dot.5 --format=json\n"
      "  xla-eqsat explain graph.hlo --why-not=transpose_of_transpose@%transpose.3");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunExplain(*options);
  });
}

}  // namespace eqsat::tools
