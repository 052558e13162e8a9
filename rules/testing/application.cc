#include "rules/testing/application.h"

#include <utility>

#include "engine/pattern/matcher.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/term_builder.h"
#include "rules/testing/sample_values.h"

namespace eqsat::rules {

namespace {

// One line an input: its shape and elements, row by row.
std::string ShowInputs(const std::vector<ir::Literal>& inputs) {
  std::string text;
  for (size_t i = 0; i < inputs.size(); ++i) {
    base::StrAppend(&text, "\n  parameter ", i, ": ", inputs[i].shape().ToString(), " {");
    for (int64_t at = 0; at < inputs[i].shape().ElementCount(); ++at)
      base::StrAppend(&text, at == 0 ? "" : ", ", ShowElement(inputs[i], at));
    text += "}";
  }
  return text;
}

}  // namespace

Application::Application(std::shared_ptr<const Rule> rule, size_t direction, TestGraph* graph)
    : rule_(std::move(rule)),
      graph_(graph),
      compiled_(CompilePattern(*rule_, rule_->directions[direction], graph->graph())) {}

absl::StatusOr<std::unique_ptr<Application>> Application::Search(std::shared_ptr<const Rule> rule,
                                                                 size_t direction, TestGraph* graph,
                                                                 size_t max_matches) {
  std::unique_ptr<Application> made(new Application(rule, direction, graph));
  EQSAT_ASSIGN_OR_RETURN(engine::CleanView view, graph->egraph().Rebuild());
  EQSAT_ASSIGN_OR_RETURN(
      std::vector<engine::Rewrite> rewrites,
      CompileRule(std::move(rule), graph->graph(), Numerics::kApprox, &made->faults_));
  made->rewrite_ = std::move(rewrites[direction]);
  const engine::Pattern& pattern = made->compiled_.pattern;
  made->matches_.emplace(pattern.variable_count(), pattern.slot_count());
  engine::SearchOptions options;
  options.max_matches = max_matches;
  options.guard = made->rewrite_.guard;
  engine::Search(view, *made->rewrite_.plan, options, &*made->matches_);
  return made;
}

absl::StatusOr<std::vector<engine::Equation>> Application::Apply(size_t i) {
  std::vector<engine::Equation> equations;
  size_t before = graph_->egraph().node_count();
  EQSAT_RETURN_IF_ERROR(rewrite_.applier(graph_->egraph(), (*matches_)[i], &equations));
  nodes_added_ = graph_->egraph().node_count() - before;
  if (!faults_.faults().empty())
    return absl::InvalidArgumentError(faults_.faults().begin()->second.first);
  return equations;
}

absl::StatusOr<std::optional<std::string>> Application::Compare(
    size_t i, const std::vector<engine::Equation>& equations, base::Random* random) {
  std::optional<Bindings> bindings =
      Bind(*rule_, compiled_, graph_->graph(), graph_->egraph(), (*matches_)[i]);
  if (!bindings) return std::optional<std::string>();
  GraphFacts facts(graph_->graph(), graph_->egraph());
  const NumericsCase* numerics = CaseFor(*rule_, *bindings, facts);
  if (!numerics) return std::optional<std::string>();
  std::vector<ir::Literal> inputs;
  for (const ir::Shape& shape : graph_->parameters())
    inputs.push_back(SampleLiteral(*random, shape, numerics->numerics));
  TermEvaluator evaluator(graph_, std::move(inputs));
  Tolerance tolerance{.numerics = numerics->numerics, .bound = numerics->bound};
  std::optional<ir::Literal> scale;
  if (numerics->scale) {
    TermBuilder builder(graph_->graph(), graph_->egraph(), *bindings);
    EQSAT_ASSIGN_OR_RETURN(engine::ClassId cls, builder.Build(*numerics->scale, nullptr));
    EQSAT_ASSIGN_OR_RETURN(scale, evaluator.Evaluate(cls));
    tolerance.scale = &*scale;
  }
  for (const engine::Equation& equation : equations) {
    absl::StatusOr<ir::Literal> left = evaluator.Evaluate(equation.left);
    if (!left.ok()) return absl::UnavailableError(left.status().message());
    EQSAT_ASSIGN_OR_RETURN(ir::Literal right, evaluator.Evaluate(equation.right));
    tolerance.largest = evaluator.largest();
    tolerance.any_infinite = evaluator.leaf_was_infinite();
    // Only an exact rule says anything about NaN.
    if (evaluator.leaf_was_nan() && numerics->numerics != Numerics::kExact) continue;
    std::optional<std::string> mismatch = FirstMismatch(*left, right, tolerance);
    if (mismatch) {
      return std::optional(base::StrCat("the sides differ beyond ", NameOf(numerics->numerics),
                                        ": ", *mismatch, "\n  left:  ", graph_->Show(equation.left),
                                        "\n  right: ", graph_->Show(equation.right),
                                        ShowInputs(evaluator.inputs())));
    }
  }
  return std::optional<std::string>();
}

}  // namespace eqsat::rules
