#include "rules/prove/rank_bound.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

#include "rules/compile/bound_symbols.h"
#include "rules/compile/evaluate.h"
#include "rules/prove/symbolic_code.h"

namespace eqsat::rules {
namespace {

// Two dims show every difference: one on which indices differ, or a pair in another order.
constexpr int kWitnesses = 2;
// A condition that holds because of some dim, or of the order of two.
constexpr int kGuardWitnesses = 2;
constexpr int kMostRank = 4;

template <typename Visitor>
void VisitCode(const Code& code, Visitor&& visit) {
  visit(code);
  for (const Code& argument : code.arguments) VisitCode(argument, visit);
}

bool IsSymbolOf(const Code& code, const Rule& rule, ValueKind kind) {
  return code.kind == Code::Kind::kSymbol && rule.symbols[code.symbol].kind == kind;
}

bool CallsOneOf(const Code& code, std::initializer_list<std::string_view> names) {
  bool found = false;
  VisitCode(code, [&](const Code& part) {
    found |= part.kind == Code::Kind::kCall &&
             std::ranges::find(names, part.function->name) != names.end();
  });
  return found;
}

// Whether a condition holds because of some dim, so that it need not hold without it.
bool IsExistential(const Code& guard, const Rule& rule) {
  bool about_dims = false;
  bool denies = false;
  bool orders = false;
  VisitCode(guard, [&](const Code& code) {
    about_dims |= code.type == ValueKind::kInts || IsSymbolOf(code, rule, ValueKind::kInts);
    if (code.kind != Code::Kind::kOperator) return;
    denies |= code.op == "not" || code.op == "!=";
    orders |= code.op[0] == '<' || code.op[0] == '>';
  });
  return about_dims && (denies || CallsOneOf(guard, {"contains"}) ||
                        (orders && CallsOneOf(guard, {"length", "rank"})));
}

// Whether anything that the rule computes mixes all dims.
bool ComputesWhole(const Rule& rule, bool all_guards) {
  bool whole = std::ranges::any_of(rule.lets, [](const Let& let) { return IsWhole(let.value); });
  if (all_guards) whole |= std::ranges::any_of(rule.guards, IsWhole);
  auto of_term = [&](const Term& term) {
    for (const Term::Attribute& attribute : term.attributes) whole |= IsWhole(attribute.value);
    if (term.shape) whole |= IsWhole(*term.shape);
  };
  const Direction& direction = rule.directions[0];
  for (const Term& root : direction.roots) VisitTerms(root, of_term);
  for (const Result& result : direction.results) VisitTerms(result.term, of_term);
  return whole;
}

// Dims that the rule singles out, by a name or by a number: each needs a place of its own.
int MarkedDims(const Rule& rule) {
  std::set<SymbolId> names;
  std::set<int64_t> numbers;
  auto mark = [&](const Code& code) {
    if (IsSymbolOf(code, rule, ValueKind::kInt)) names.insert(code.symbol);
    if (const auto* number = std::get_if<int64_t>(&code.literal)) numbers.insert(*number);
  };
  auto mark_positions = [&](const Code& code) {
    VisitCode(code, [&](const Code& part) {
      const bool counts = part.kind == Code::Kind::kCall && part.arguments.size() > 1;
      if (counts && CallsOneOf(part, {"at", "with", "insert", "size", "take", "skip"}))
        if (const auto* number = std::get_if<int64_t>(&part.arguments[1].literal))
          numbers.insert(*number);
    });
  };
  auto of_term = [&](const Term& term) {
    for (const Term::Attribute& attribute : term.attributes) {
      mark_positions(attribute.value);
      const bool lists_sizes = attribute.name != "dim" && attribute.name != "dims" &&
                               attribute.name.find("_batch") == std::string::npos &&
                               attribute.name.find("_contract") == std::string::npos;
      if (lists_sizes) continue;
      mark(attribute.value);
      for (const Code& element : attribute.value.arguments)
        if (attribute.value.kind == Code::Kind::kList) mark(element);
    }
  };
  for (const Let& let : rule.lets) mark_positions(let.value);
  for (const Code& guard : rule.guards) mark_positions(guard);
  const Direction& direction = rule.directions[0];
  for (const Term& root : direction.roots) VisitTerms(root, of_term);
  for (const Result& result : direction.results) VisitTerms(result.term, of_term);
  return static_cast<int>(names.size() + numbers.size());
}

bool SameCode(const Code& a, const Code& b) {
  if (a.kind != b.kind || a.symbol != b.symbol || a.function != b.function || a.op != b.op ||
      a.arguments.size() != b.arguments.size() || a.element_types != b.element_types)
    return false;
  if (a.kind == Code::Kind::kLiteral && !SameValue(a.literal, b.literal)) return false;
  return std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), SameCode);
}

bool SameTerm(const Term& a, const Term& b) {
  if (a.kind != b.kind || a.symbol != b.symbol || a.list != b.list || a.number != b.number ||
      a.opcode != b.opcode || a.operator_symbol != b.operator_symbol || a.capture != b.capture ||
      a.region.opcode != b.region.opcode || a.region.symbol != b.region.symbol ||
      a.attributes.size() != b.attributes.size() || a.children.size() != b.children.size())
    return false;
  for (const Term::Attribute& attribute : a.attributes) {
    auto same = [&](const Term::Attribute& other) {
      return other.name == attribute.name && SameCode(other.value, attribute.value);
    };
    if (std::ranges::none_of(b.attributes, same)) return false;
  }
  return std::equal(a.children.begin(), a.children.end(), b.children.begin(), SameTerm);
}

}  // namespace

bool IsLocal(const Code& guard, const Rule& rule) {
  return !IsWhole(guard) && !IsExistential(guard, rule);
}

RankBound RankBoundOf(const Rule& rule, bool all_guards) {
  int needed = kWitnesses + MarkedDims(rule);
  for (const Code& guard : rule.guards)
    if (all_guards && IsExistential(guard, rule)) needed += kGuardWitnesses;
  return {.rank = std::min(needed, kMostRank),
          .all_ranks = needed <= kMostRank && !ComputesWhole(rule, all_guards)};
}

bool IsVacuous(const Rule& rule) {
  const Direction& direction = rule.directions[0];
  return std::ranges::any_of(direction.results, [&](const Result& result) {
    return result.root >= 0 && SameTerm(direction.roots[result.root], result.term);
  });
}

}  // namespace eqsat::rules
