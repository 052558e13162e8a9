#include "rules/prove/rank_bound.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/evaluate.h"
#include "rules/prove/denote.h"
#include "rules/prove/rule_terms.h"
#include "rules/prove/symbolic_code.h"

namespace eqsat::rules {
namespace {

// One dim on which two reads differ, or a pair of dims in another order.
constexpr int kWitnesses = 2;
// Where lists of dims are composed: orders of two dims all commute, those of three do not.
constexpr int kWitnessesOfOrder = 3;
// No product of so many orders is alike for all orders of three dims.
constexpr int kMostTransposes = 5;
// A condition that holds because of some dim, or of the order of two.
constexpr int kGuardWitnesses = 2;
constexpr int kMostRank = 4;
// What is proved of rules that would need more, or that no rank is enough for.
constexpr int kBoundedRank = 3;

template <typename Visitor>
void VisitCode(const Code& code, Visitor&& visit) {
  visit(code);
  for (const Code& argument : code.arguments) VisitCode(argument, visit);
}

bool IsSymbolOf(const Code& code, const Rule& rule, ValueKind kind) {
  return code.kind == Code::Kind::kSymbol && rule.symbols[code.symbol].kind == kind;
}

bool IsCallOf(const Code& code, std::initializer_list<std::string_view> names) {
  return code.kind == Code::Kind::kCall &&
         std::ranges::find(names, code.function->name) != names.end();
}
bool CallsOneOf(const Code& code, std::initializer_list<std::string_view> names) {
  bool found = false;
  VisitCode(code, [&](const Code& part) { found |= IsCallOf(part, names); });
  return found;
}

// Attributes whose values are dims.
bool IsDims(std::string_view attribute) {
  return attribute == "dim" || attribute == "dims" || attribute == "perm" ||
         attribute.find("_batch") != std::string_view::npos ||
         attribute.find("_contract") != std::string_view::npos;
}

// Whether the left side binds the name to a dim or a list of dims.
bool NamesDims(const Code& name, const Rule& rule) {
  bool names = false;
  for (const Term& root : rule.directions[0].roots)
    VisitTerms(root, [&](const Term& term) {
      for (const Term::Attribute& attribute : term.attributes)
        names |= IsDims(attribute.name) && attribute.value.kind == Code::Kind::kSymbol &&
                 attribute.value.symbol == name.symbol;
    });
  return names && name.kind == Code::Kind::kSymbol;
}

// Whether a condition says that a dim with a name is in a list of dims, or that it is not: other
// dims do not matter.
bool IsAboutNamedDim(const Code& guard, const Rule& rule) {
  if (guard.kind == Code::Kind::kOperator && guard.op == "not")
    return IsAboutNamedDim(guard.arguments[0], rule);
  return IsCallOf(guard, {"contains"}) &&
         std::ranges::all_of(guard.arguments,
                             [&](const Code& argument) { return NamesDims(argument, rule); });
}

// Whether a condition holds because of some dim, so that it need not hold without it.
bool IsExistential(const Code& guard, const Rule& rule) {
  if (IsAboutNamedDim(guard, rule)) return false;
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

// All code that both sides compute with.
template <typename Visitor>
void VisitAllCode(const Rule& rule, bool all_guards, Visitor&& visit) {
  for (const Let& let : rule.lets) VisitCode(let.value, visit);
  for (const Code& guard : rule.guards)
    if (all_guards || IsLocal(guard, rule)) VisitCode(guard, visit);
  VisitAllTerms(rule, [&](const Term& term) {
    for (const Term::Attribute& attribute : term.attributes) VisitCode(attribute.value, visit);
    if (term.shape) VisitCode(*term.shape, visit);
  });
}

// Whether anything that the rule computes mixes all dims.
bool ComputesWhole(const Rule& rule, bool all_guards) {
  bool whole = false;
  VisitAllCode(rule, all_guards, [&](const Code& code) { whole |= IsWhole(code); });
  return whole;
}

// How often a term on the way from the result to an operand is transposed, at most.
int TransposesOf(const Term& term) {
  int most = 0;
  for (const Term& child : term.children) most = std::max(most, TransposesOf(child));
  return most + (term.opcode == ir::OpCode::kTranspose ? 1 : 0);
}

// The same of both sides of the rule.
int Transposes(const Rule& rule) {
  int left = 0;
  int right = 0;
  for (const Term& root : rule.directions[0].roots) left = std::max(left, TransposesOf(root));
  for (const Result& result : rule.directions[0].results)
    right = std::max(right, TransposesOf(result.term));
  return left + right;
}

// Whether a list of dims is looked up in another, or turned around.
bool ComposesDims(const Rule& rule, bool all_guards) {
  bool composes = false;
  VisitAllCode(rule, all_guards, [&](const Code& code) {
    if (code.kind != Code::Kind::kCall || code.type != ValueKind::kInts) return;
    const auto lists = std::ranges::count_if(
        code.arguments, [](const Code& argument) { return argument.type == ValueKind::kInts; });
    composes |= lists >= 2 || code.function->name == "inverse";
  });
  return composes;
}

// Equal expressions have equal text.
std::string TextOf(const Code& code) {
  std::string text = base::StrCat(static_cast<int>(code.kind), ":", code.symbol, code.op,
                                  code.function ? code.function->name : "");
  if (const auto* number = std::get_if<int64_t>(&code.literal)) base::StrAppend(&text, *number);
  if (const auto* word = std::get_if<std::string>(&code.literal)) base::StrAppend(&text, *word);
  text += "(";
  for (const Code& argument : code.arguments) base::StrAppend(&text, TextOf(argument), ",");
  return text + ")";
}

// ---- Witnesses: see docs/decisions.md ----

bool IsElementwise(const Term& term) {
  return term.kind == Term::Kind::kOperation &&
         (!term.opcode || ir::GetOpInfo(*term.opcode).Has(ir::OpTrait::kElementwise));
}

// Where a term reads each tensor: by what stands between the two, ops between elements apart.
using Reads = std::map<SymbolId, std::set<std::string>>;
void CollectReads(const Term& term, const std::string& path, Reads* reads) {
  if (term.kind == Term::Kind::kVariable || term.kind == Term::Kind::kSpread ||
      term.kind == Term::Kind::kPick) {
    const bool picks = term.kind == Term::Kind::kPick;
    (*reads)[picks ? term.list : term.symbol].insert(path);
    return;
  }
  std::string below = path;
  if (term.kind == Term::Kind::kOperation && !IsElementwise(term)) {
    base::StrAppend(&below, "/", ir::Name(*term.opcode));
    for (const Term::Attribute& attribute : term.attributes)
      base::StrAppend(&below, " ", attribute.name, "=", TextOf(attribute.value));
    if (term.capture != kNoSymbol) base::StrAppend(&below, " ", term.capture);
    if (term.shape) below += TextOf(*term.shape);
  }
  for (size_t i = 0; i < term.children.size(); ++i) {
    if (IsScalarOperand(term.opcode, i)) continue;  // has one element
    CollectReads(term.children[i], IsElementwise(term) ? below : base::StrCat(below, "#", i),
                 reads);
  }
}

// How many conditions that some dim fulfils can decide one element at once: it is outside of what
// is padded or updated.
int ConditionsOf(const Term& term) {
  std::vector<int> below;
  int sum = 0;
  for (const Term& child : term.children) {
    below.push_back(ConditionsOf(child));
    sum += below.back();
  }
  if (term.opcode == ir::OpCode::kPad) return std::max(below[0], 1 + below[1]);
  if (term.opcode == ir::OpCode::kDynamicUpdateSlice)
    return std::max(below[1], 1 + below[0]) + sum - below[0] - below[1];
  if (term.opcode == ir::OpCode::kConcatenate && !below.empty())
    return *std::ranges::max_element(below);
  return sum;
}

// Dims that a difference between the sides may need to show, beside those that the rule marks.
int Witnesses(const Rule& rule) {
  const Direction& direction = rule.directions[0];
  Reads left;
  Reads right;
  int conditions = 0;
  for (const Term& root : direction.roots) {
    CollectReads(root, "", &left);
    conditions += ConditionsOf(root);
  }
  for (const Result& result : direction.results) {
    CollectReads(result.term, "", &right);
    conditions += ConditionsOf(result.term);
  }
  // That n reads are of different elements shows in n - 1 dims; if there is one of each tensor on
  // each side, one differs in one.
  int apart = 0;
  bool differs = false;
  for (auto& [tensor, paths] : left) {
    const bool several = paths.size() > 1 || right[tensor].size() > 1;
    paths.merge(right[tensor]);
    const int others = static_cast<int>(paths.size()) - 1;
    if (several) apart += others;
    differs |= !several && others > 0;
  }
  apart += differs ? 1 : 0;
  const bool reads_one = left.size() == 1 && apart <= 1;
  return std::max(kWitnesses, reads_one ? conditions : conditions + apart);
}

// Whether a number is how many dims there are in some lists.
bool CountsDims(const Code& code, const Rule& rule) {
  if (IsCallOf(code, {"length", "rank"})) return true;
  if (code.kind == Code::Kind::kSymbol)
    return std::ranges::any_of(rule.lets, [&](const Let& let) {
      return let.symbol == code.symbol && CountsDims(let.value, rule);
    });
  const bool sums = code.kind == Code::Kind::kOperator && (code.op == "+" || code.op == "-");
  return sums && std::ranges::all_of(code.arguments,
                                     [&](const Code& part) { return CountsDims(part, rule); });
}

// Dims that the rule singles out, by a name or by a number: each needs a place of its own. The dims
// of a dot's result come in runs (of batches, of the left operand, of the right one), so that
// counts cut them between wires and single out none.
int MarkedDims(const Rule& rule) {
  const bool has_dot = HasDot(rule);
  std::set<std::string> marked;
  auto mark = [&](const Code& code) {
    const bool is_name = IsSymbolOf(code, rule, ValueKind::kInt);
    const bool is_number = std::holds_alternative<int64_t>(code.literal);
    // What is looked up for a name is the same dim in another array.
    bool looks_up = false;
    VisitCode(code, [&](const Code& part) {
      looks_up |= code.kind == Code::Kind::kCall && IsSymbolOf(part, rule, ValueKind::kInt);
    });
    if (is_name || is_number || (code.type == ValueKind::kInt && !looks_up))
      marked.insert(TextOf(code));
  };
  auto mark_positions = [&](const Code& code) {
    VisitCode(code, [&](const Code& part) {
      const bool counts = part.kind == Code::Kind::kCall && part.arguments.size() > 1;
      if (!counts || !IsCallOf(part, {"at", "with", "insert", "size", "take", "skip"})) return;
      const bool cuts = IsCallOf(part, {"take", "skip"});
      if (!cuts || !has_dot || !CountsDims(part.arguments[1], rule)) mark(part.arguments[1]);
    });
  };
  auto of_term = [&](const Term& term) {
    for (const Term::Attribute& attribute : term.attributes) {
      mark_positions(attribute.value);
      if (!IsDims(attribute.name) || attribute.name == "perm") continue;
      mark(attribute.value);
      for (const Code& element : attribute.value.arguments)
        if (attribute.value.kind == Code::Kind::kList) mark(element);
    }
  };
  for (const Let& let : rule.lets) mark_positions(let.value);
  for (const Code& guard : rule.guards) mark_positions(guard);
  VisitAllTerms(rule, of_term);
  return static_cast<int>(marked.size());
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
  const bool composes = ComposesDims(rule, all_guards) || Transposes(rule) > 1;
  int needed = std::max(Witnesses(rule), composes ? kWitnessesOfOrder : 0) + MarkedDims(rule);
  for (const Code& guard : rule.guards)
    if (all_guards && IsExistential(guard, rule)) needed += kGuardWitnesses;
  const bool all_ranks = needed <= kMostRank && Transposes(rule) <= kMostTransposes &&
                         !ComputesWhole(rule, all_guards);
  return {.rank = all_ranks ? needed : std::min(needed, kBoundedRank), .all_ranks = all_ranks};
}

bool IsVacuous(const Rule& rule) {
  const Direction& direction = rule.directions[0];
  return std::ranges::any_of(direction.results, [&](const Result& result) {
    return result.root >= 0 && SameTerm(direction.roots[result.root], result.term);
  });
}

}  // namespace eqsat::rules
