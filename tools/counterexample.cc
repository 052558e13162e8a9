#include "tools/counterexample.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ir/base/strings.h"
#include "ir/graph/printer.h"

namespace eqsat::tools {
namespace {

constexpr double kSecondsACandidate = 5;

// One line.
std::string Comment(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return base::StrCat("// ", line, "\n");
}

}  // namespace

std::string Counterexample::ToText() const {
  std::string text = Comment("optimize changes what this program computes");
  text += Comment(base::StrCat("inputs of seed ", difference.seed, ": ", difference.text));
  text += Comment(base::StrCat("rules in the result: ", base::Join(rules, ", ")));
  return text + ir::PrintModule(module);
}

Counterexample FindCounterexample(const ir::Module& input, const Difference& found,
                                  const rules::RuleSet& rules, const cost_models::Target& target,
                                  const OptimizeOptions& optimize,
                                  const EquivalenceOptions& equivalence,
                                  const ReduceOptions& reduce) {
  OptimizeOptions brief = optimize;
  brief.budget.seconds = std::min(brief.budget.seconds, kSecondsACandidate);
  brief.progress = nullptr;
  Counterexample smallest{.module = input, .difference = found, .rules = {}};
  // Reduction keeps the last candidate that is accepted, and so does this.
  auto is_wrong = [&](const ir::Module& candidate) {
    auto result = Optimize(candidate, rules, target, brief);
    if (!result.ok()) return false;
    EquivalenceOptions at_class = equivalence;
    at_class.numerics = result->numerics;
    auto difference = FindDifference(candidate, result->module, at_class);
    if (!difference.ok() || !*difference) return false;
    smallest.difference = **std::move(difference);
    smallest.rules.clear();
    for (const auto& [name, work] : result->rules)
      if (work.in_result > 0) smallest.rules.push_back(name);
    return true;
  };
  if (is_wrong(input)) smallest.module = Reduce(input, is_wrong, reduce).module;
  return smallest;
}

}  // namespace eqsat::tools
