#include "rules/testing/weaken_guards.h"

#include <memory>
#include <utility>

#include "ir/base/strings.h"
#include "rules/testing/test_rule.h"

namespace eqsat::rules {
namespace {

void Conjuncts(const Code& guard, std::vector<Code>* all) {
  if (guard.kind == Code::Kind::kOperator && guard.op == "and") {
    for (const Code& argument : guard.arguments) Conjuncts(argument, all);
  } else {
    all->push_back(guard);
  }
}

// Where an expression begins: an operator's own place is between its operands.
Place BeginOf(const Code& code) {
  Place first = code.place;
  for (const Code& argument : code.arguments) {
    const Place place = BeginOf(argument);
    if (place.line < first.line || (place.line == first.line && place.column < first.column))
      first = place;
  }
  return first;
}

// The text from a place on, to the comma behind it or the end of the line.
std::string TextAt(const std::string& text, Place place) {
  size_t at = 0;
  for (int line = 1; line < place.line && at != std::string::npos; ++line)
    at = text.find('\n', at) == std::string::npos ? std::string::npos : text.find('\n', at) + 1;
  if (at == std::string::npos) return "";
  at += static_cast<size_t>(place.column - 1);
  int depth = 0;
  size_t end = at;
  for (; end < text.size() && text[end] != '\n' && depth >= 0; ++end) {
    if (text[end] == '(' || text[end] == '[') ++depth;
    if (text[end] == ')' || text[end] == ']') --depth;
    if (depth == 0 && text[end] == ',') break;
  }
  return at < text.size() ? text.substr(at, end - at) : "";
}

}  // namespace

std::vector<GuardReport> WeakenGuards(const RuleSet::Entry& entry, uint64_t seed, int runs) {
  const Rule& rule = *entry.rule;
  std::vector<Code> conditions;
  for (const Code& guard : rule.guards) Conjuncts(guard, &conditions);
  std::vector<GuardReport> reports;
  for (size_t i = 0; i < conditions.size(); ++i) {
    auto weaker = std::make_shared<Rule>(rule);
    weaker->guards = conditions;
    weaker->guards.erase(weaker->guards.begin() + static_cast<int64_t>(i));
    RuleSet::Entry made{.rule = std::move(weaker), .file = entry.file};
    const RuleReport tested = TestRule(made, seed, runs);
    const Place place = BeginOf(conditions[i]);
    reports.push_back(
        {.where = base::StrCat(rule.source->path(), ":", place.line, ":", place.column),
         .guard = TextAt(rule.source->text(), place),
         .failure = tested.ok() ? "" : tested.failures[0],
         .weaker = std::move(made)});
  }
  return reports;
}

}  // namespace eqsat::rules
