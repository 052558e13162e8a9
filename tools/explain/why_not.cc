#include "tools/explain/why_not.h"

#include <algorithm>
#include <utility>

#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/explain/names.h"
#include "tools/explain/premise_search.h"

namespace eqsat::tools {
namespace {

WhyNotAnswer Answer(WhyNot answer, std::string text) {
  WhyNotAnswer made;
  made.answer = answer;
  made.text = std::move(text);
  return made;
}

// What the rule's applications made of the class, as nodes that are still there.
std::vector<engine::NodeId> MadeIn(const SearchRecord& record, const std::string& rule,
                                   engine::ClassId cls) {
  const engine::EGraph& egraph = record.graph.egraph();
  std::vector<engine::NodeId> made;
  for (size_t i = 0; i < record.log.size(); ++i) {
    engine::Application applied = record.log[i];
    const std::string& name = egraph.reason_name(applied.rule);
    if (name != rule && name != base::StrCat(rule, ".reverse")) continue;
    for (const engine::Equation& equation : applied.equations) {
      if (egraph.Find(equation.left) != cls) continue;
      for (engine::NodeId node : egraph.class_nodes(cls))
        if (egraph.original_class(node) == equation.right && !std::ranges::count(made, node))
          made.push_back(node);
    }
  }
  return made;
}

// Whether the rule was applied to the class at all, whatever became of what it made.
bool AppliedTo(const SearchRecord& record, const std::string& rule, engine::ClassId cls) {
  const engine::EGraph& egraph = record.graph.egraph();
  for (size_t i = 0; i < record.log.size(); ++i) {
    engine::Application applied = record.log[i];
    const std::string& name = egraph.reason_name(applied.rule);
    if (name != rule && name != base::StrCat(rule, ".reverse")) continue;
    for (const engine::Equation& equation : applied.equations)
      if (egraph.Find(equation.left) == cls) return true;
  }
  return false;
}

absl::StatusOr<WhyNotAnswer> AfterApplying(const SearchRecord& record, const rules::Rule& rule,
                                           engine::ClassId cls, const Names& names) {
  std::vector<engine::NodeId> made = MadeIn(record, rule.name, cls);
  for (engine::NodeId node : made) {
    if (!std::ranges::count(record.nodes, node)) continue;
    WhyNotAnswer answer = Answer(
        WhyNot::kUsed,
        base::StrCat("it was applied, and the result has what it made: ", names.OfNode(node)));
    answer.seconds = record.seconds;
    return answer;
  }
  WhyNotAnswer best =
      Answer(WhyNot::kTooDear,
             "it was applied, but all that it made was known already, and is not in "
             "the result");
  best.seconds = record.seconds;
  for (engine::NodeId node : made) {
    absl::StatusOr<double> seconds = record.seconds_with(node);
    if (!seconds.ok() && !best.seconds_with) {
      best.text =
          base::StrCat("it was applied and gave ", names.OfNode(node),
                       ", which no program can use: ", std::string(seconds.status().message()));
    }
    if (!seconds.ok()) continue;
    if (best.seconds_with && *best.seconds_with <= *seconds) continue;
    best.seconds_with = *seconds;
    best.text =
        base::StrCat("it was applied and gave ", names.OfNode(node),
                     ", but is not in the result: with it the program is predicted to take ",
                     FormatSeconds(*seconds), ", and as it is ", FormatSeconds(record.seconds));
  }
  return best;
}

}  // namespace

std::string_view NameOf(WhyNot answer) {
  switch (answer) {
    case WhyNot::kOff:
      return "off";
    case WhyNot::kNoMatch:
      return "no match";
    case WhyNot::kNotReached:
      return "not reached";
    case WhyNot::kKnown:
      return "known";
    case WhyNot::kTooDear:
      return "too dear";
    case WhyNot::kUsed:
      return "used";
  }
  return "unknown";
}

std::optional<WhyNotAnswer> WhyOff(const rules::Rule& rule, const rules::RuleFilter& filter) {
  if (rules::Passes(rule, filter)) return std::nullopt;
  for (const std::string& feature : rule.requirements)
    if (!filter.features.contains(feature))
      return Answer(WhyNot::kOff,
                    base::StrCat("it requires ", feature, ", which the target does not have"));
  if (!filter.phases.contains(rule.phase))
    return Answer(WhyNot::kOff, base::StrCat("rules of the phase ", rule.phase,
                                             " take no part at this -O level"));
  if (filter.groups && !filter.groups->contains(rule.group))
    return Answer(WhyNot::kOff, base::StrCat("the group ", rule.group, " is off"));
  rules::Numerics strictest = rules::Numerics::kApprox;
  for (const rules::NumericsCase& c : rule.numerics) strictest = std::min(strictest, c.numerics);
  if (strictest > filter.numerics)
    return Answer(WhyNot::kOff, base::StrCat("its numerics class is ", rules::NameOf(strictest),
                                             ", and --numerics=", rules::NameOf(filter.numerics),
                                             " is asked for"));
  return Answer(WhyNot::kOff, "it was left out by name");
}

absl::StatusOr<WhyNotAnswer> WhyNotAt(const SearchRecord& record, const rules::Rule& rule,
                                      rules::Numerics numerics, ir::InstructionId at) {
  Names names(record.graph);
  engine::ClassId cls = record.graph.class_of(at);
  if (AppliedTo(record, rule.name, cls)) return AfterApplying(record, rule, cls, names);
  std::optional<Nearest> nearest;
  for (const rules::Direction& direction : rule.directions) {
    std::optional<Nearest> attempt =
        PremiseSearch(rule, direction, record.graph, names, numerics).Run(cls);
    if (!attempt && record.stopped_by == engine::StopReason::kSaturated)
      return Answer(WhyNot::kKnown, "all its premises hold, but what it says was known already");
    if (!attempt)
      return Answer(
          WhyNot::kNotReached,
          base::StrCat("all its premises hold, but it was not applied; the search ended by: ",
                       engine::StopReasonName(record.stopped_by)));
    if (!nearest || attempt->matched > nearest->matched) nearest = std::move(attempt);
  }
  WhyNotAnswer answer = Answer(WhyNot::kNoMatch, nearest->text);
  answer.premise = nearest->premise;
  answer.values = nearest->values;
  return answer;
}

}  // namespace eqsat::tools
