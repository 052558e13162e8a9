// `xla-eqsat explain IN [--at=INSTRUCTION] [--why-not=RULE@INSTRUCTION]`
#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
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
#include "tools/summary.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct ExplainFlags {
  std::string input;
  DimensionSizes dimensions;
  SearchOptions search;
  std::string at;
  std::string why_not;
  std::string format = "text";
};

// What is asked.
struct Question {
  std::string at;  // an instruction, without `%`; empty for all
  const rules::RuleSet::Entry* rule = nullptr;
  // Whether what `at` was made of is to be found in earlier rounds.
  bool follows_rounds = false;
};

// By round, each from the plainer form of what the one before found: the chains of all that rules
// changed, and of the instruction asked for.
struct Round {
  std::vector<Chain> all;
  std::vector<Chain> asked_for;
};

// Of the search from the module's own form or of the one from the module with its loops spelt out.
struct Answers {
  std::vector<Round> rounds;
  std::optional<WhyNotAnswer> why_not;
  bool found = false;  // the instruction asked for
};

std::string WithoutPercent(std::string name) {
  if (name.starts_with("%")) name.erase(0, 1);
  return name;
}

// An error names the rule that is nearest to one that does not exist.
absl::StatusOr<Question> QuestionFor(const ExplainFlags& options, const rules::RuleSet& rules) {
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
  if (answers->rounds.size() <= record.round) answers->rounds.resize(record.round + 1);
  Round& round = answers->rounds[record.round];
  if (question.at.empty() || question.follows_rounds) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<Chain> all, ExplainResult(record, rules, numerics, ""));
    std::ranges::move(all, std::back_inserter(round.all));
  }
  if (question.at.empty()) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(std::vector<Chain> asked_for,
                         ExplainResult(record, rules, numerics, question.at));
  std::ranges::move(asked_for, std::back_inserter(round.asked_for));
  return absl::OkStatus();
}

// The chains to show, by round. What is asked for is followed from the last round back to the
// input: what an instruction is the same as, or part of, is explained in the round before.
std::vector<std::vector<Chain>> Shown(const Question& question, std::vector<Round> rounds) {
  std::vector<std::vector<Chain>> shown(rounds.size());
  std::set<std::string> followed;
  for (size_t i = rounds.size(); i-- > 0;) {
    if (question.at.empty()) {
      shown[i] = std::move(rounds[i].all);
      continue;
    }
    std::set<std::string> present;
    auto show = [&](Chain& chain) {
      if (!present.insert(chain.name).second) return;
      shown[i].push_back(std::move(chain));
    };
    for (Chain& chain : rounds[i].asked_for) show(chain);
    for (Chain& chain : rounds[i].all)
      if (followed.contains(chain.name)) show(chain);
    for (const Chain& chain : shown[i]) {
      followed.insert(chain.same_as.begin(), chain.same_as.end());
      followed.insert(chain.part_of.begin(), chain.part_of.end());
    }
  }
  return shown;
}

nlohmann::ordered_json JsonOf(const Chain& chain, size_t round) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const ChainStep& step : chain.steps)
    steps.push_back({{"rule", step.rule},
                     {"source", step.source},
                     {"direction", step.forward ? "forward" : "backward"},
                     {"before", step.before},
                     {"after", step.after},
                     {"checked", step.checked}});
  return {{"name", chain.name},       {"instruction", chain.instruction},
          {"same_as", chain.same_as}, {"part_of", chain.part_of},
          {"round", round},           {"steps", std::move(steps)}};
}

void PrintJson(const Question& question, Answers answers, const OptimizeResult& result) {
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
    object["forms"] = result.forms;
    object["instructions"] = nlohmann::ordered_json::array();
    const auto shown = Shown(question, std::move(answers.rounds));
    for (size_t round = 0; round < shown.size(); ++round)
      for (const Chain& chain : shown[round])
        object["instructions"].push_back(JsonOf(chain, round));
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

void PrintChains(const Question& question, std::vector<Round> rounds) {
  const auto shown = Shown(question, std::move(rounds));
  for (size_t round = 0; round < shown.size(); ++round) {
    if (round > 0 && !shown[round].empty())
      std::cout << "\nSearched again from a plainer form of that result, as the input:\n\n";
    for (const Chain& chain : shown[round]) PrintChain(chain);
  }
}

void PrintText(const Question& question, Answers answers, const OptimizeResult& result) {
  if (!question.rule) {
    if (!result.changed) std::cout << "nothing was changed: no cheaper form was found\n";
    if (!result.forms.empty())
      std::cout << "without a rule: " << Listing(result.forms, result.forms.size()) << "\n\n";
    PrintChains(question, std::move(answers.rounds));
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

int RunExplain(const ExplainFlags& options) {
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
  if (result.ok() && result->rounds > 0 && !question->at.empty() && !question->rule) {
    question->follows_rounds = true;
    own = unrolled = Answers();
    result = Optimize(*input, search.rules, search.target, optimize);
  }
  if (!result.ok()) return Fail(kBadInput, result.status());
  Answers& answers = result->unrolled || (!own.found && unrolled.found) ? unrolled : own;
  // A round whose result was no cheaper changed nothing.
  if (answers.rounds.size() > result->rounds + 1) answers.rounds.resize(result->rounds + 1);
  if (!result->changed) answers.rounds.clear();
  if (!answers.found)
    return Fail(kUsage, base::StrCat("there is no instruction %", question->at,
                                     question->rule ? " in the flat input"
                                                    : " in the result or the flat input"));
  if (question->rule)
    if (auto off = WhyOff(*question->rule->rule, optimize.rules)) answers.why_not = std::move(off);
  options.format == "json" ? PrintJson(*question, std::move(answers), *result)
                           : PrintText(*question, std::move(answers), *result);
  return kOk;
}

}  // namespace

void AddExplainVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "explain", "The rules between the input and each instruction of the optimized graph");
  auto options = std::make_shared<ExplainFlags>();
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
