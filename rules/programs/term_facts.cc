#include "rules/programs/term_facts.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"

namespace eqsat::rules {
namespace {

std::string Text(const Constant& constant) {
  if (constant.is_truth) return constant.number != 0 ? "true" : "false";
  return absl::StrFormat("%g", constant.number);
}

Constant Truth(bool value) { return {.is_truth = true, .number = value ? 1.0 : 0.0}; }

std::optional<Constant> Compare(std::string_view op, double a, double b) {
  if (op == "<") return Truth(a < b);
  if (op == "<=") return Truth(a <= b);
  if (op == ">") return Truth(a > b);
  if (op == ">=") return Truth(a >= b);
  return std::nullopt;
}

std::optional<Constant> Arithmetic(std::string_view op, double a, double b) {
  double value = op == "+"   ? a + b
                 : op == "-" ? a - b
                 : op == "*" ? a * b
                 : op == "/" ? a / b
                 : op == "^" ? std::pow(a, b)
                             : std::nan("");
  if (!std::isfinite(value)) return std::nullopt;
  return Constant{.number = value + 0.0};  // -0 is 0
}

// The value of an operator's `folds`, given the values of its operands.
class Folding {
 public:
  Folding(const OperatorDecl& op, std::span<const std::optional<Constant>> operands)
      : op_(op), operands_(operands) {}

  std::optional<Constant> Value(const Expr& expr) const {
    if (expr.kind == Expr::Kind::kInteger || expr.kind == Expr::Kind::kNumber)
      return Constant{.number = expr.number};
    if (expr.kind == Expr::Kind::kName) return Named(expr.text);
    std::vector<Constant> values;
    for (const Expr& argument : expr.arguments) {
      std::optional<Constant> value = Value(argument);
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
    return Operator(expr.text, values);
  }

 private:
  std::optional<Constant> Named(const std::string& name) const {
    if (name == "true" || name == "false") return Truth(name == "true");
    auto found = std::ranges::find(op_.operands, name);
    if (found == op_.operands.end()) return std::nullopt;
    return operands_[static_cast<size_t>(found - op_.operands.begin())];
  }

  static std::optional<Constant> Operator(std::string_view op, std::span<const Constant> values) {
    if (values.size() == 1 && op == "not" && values[0].is_truth)
      return Truth(values[0].number == 0);
    if (values.size() == 1 && op == "-" && !values[0].is_truth)
      return Constant{.number = 0.0 - values[0].number};
    if (values.size() != 2) return std::nullopt;
    const Constant& a = values[0];
    const Constant& b = values[1];
    if (op == "==") return Truth(a == b);
    if (op == "!=") return Truth(a != b);
    if (a.is_truth != b.is_truth) return std::nullopt;
    if (op == "and" || op == "or") {
      if (!a.is_truth) return std::nullopt;
      return Truth(op == "and" ? a.number * b.number != 0 : a.number + b.number != 0);
    }
    if (a.is_truth) return std::nullopt;
    std::optional<Constant> compared = Compare(op, a.number, b.number);
    return compared ? compared : Arithmetic(op, a.number, b.number);
  }

  const OperatorDecl& op_;
  std::span<const std::optional<Constant>> operands_;
};

}  // namespace

bool TermFacts::IsFree(const engine::EGraph& egraph, engine::ClassId variable,
                       engine::ClassId cls) const {
  return std::ranges::any_of(facts_[cls].free, [&](engine::ClassId free) {
    return egraph.Find(free) == egraph.Find(variable);
  });
}

std::vector<engine::ClassId> TermFacts::FreeIn(const engine::EGraph& egraph,
                                               const engine::NodeView& node) const {
  const OperatorDecl* op = language_->Declaration(node.op);
  std::vector<engine::ClassId> free;
  if (op == nullptr || op->operands.empty()) return free;
  if (op->names_variable) return {egraph.Find(node.children[0])};
  for (size_t i = 0; i < node.children.size(); ++i) {
    engine::ClassId child = egraph.Find(node.children[i]);
    engine::ClassId bound;
    // A multiset has more elements than its declaration has operands, and binds nothing.
    if (!op->binder.empty() && op->operands[i] == op->binder) continue;
    if (!op->binder.empty() && std::ranges::count(op->bodies, op->operands[i])) {
      auto binder = std::ranges::find(op->operands, op->binder);
      bound = egraph.Find(node.children[static_cast<size_t>(binder - op->operands.begin())]);
    }
    for (engine::ClassId cls : facts_[child].free)
      if (egraph.Find(cls) != bound) free.push_back(egraph.Find(cls));
  }
  std::ranges::sort(free);
  auto repeated = std::ranges::unique(free);
  free.erase(repeated.begin(), repeated.end());
  return free;
}

std::optional<Constant> TermFacts::Fold(const OperatorDecl& op,
                                        std::span<const std::optional<Constant>> operands) {
  if (!op.is_multiset) return Folding(op, operands).Value(*op.folds);
  std::optional<Constant> value = operands[0];
  for (size_t i = 1; i < operands.size() && value; ++i) {
    std::optional<Constant> pair[] = {value, operands[i]};
    value = Folding(op, pair).Value(*op.folds);
  }
  return value;
}

TermFacts::Facts TermFacts::FactsOf(const engine::EGraph& egraph,
                                    const engine::NodeView& node) const {
  Facts facts{.known = true};
  facts.constant = language_->ConstantOf(node.op, node.attrs);
  const OperatorDecl* op = language_->Declaration(node.op);
  if (op != nullptr && op->folds) {
    std::vector<std::optional<Constant>> operands;
    for (engine::ClassId child : node.children) operands.push_back(constant(egraph.Find(child)));
    facts.constant = Fold(*op, operands);
  }
  facts.free = FreeIn(egraph, node);
  return facts;
}

absl::StatusOr<engine::MergeOutcome> TermFacts::Join(Facts* into, const Facts& from) {
  engine::MergeOutcome outcome;
  if (!from.known) return outcome;
  if (!into->known) {
    *into = from;
    outcome.into_changed = true;
    return outcome;
  }
  if (into->constant && from.constant && *into->constant != *from.constant)
    return base::InvalidArgument("a class has the values %s and %s", Text(*into->constant),
                                 Text(*from.constant));
  if (from.constant && !into->constant) {
    into->constant = from.constant;
    outcome.into_changed = true;
  } else {
    outcome.from_differed = into->constant != from.constant;
  }
  std::vector<engine::ClassId> both;
  std::ranges::set_intersection(into->free, from.free, std::back_inserter(both));
  outcome.into_changed |= both.size() != into->free.size();
  outcome.from_differed |= both.size() != from.free.size();
  into->free = std::move(both);
  return outcome;
}

absl::StatusOr<bool> TermFacts::Make(const engine::EGraph& egraph, const engine::NodeView& node,
                                     engine::ClassId cls) {
  Facts facts = FactsOf(egraph, node);
  EQSAT_ASSIGN_OR_RETURN(engine::MergeOutcome outcome, Join(&facts_.Edit(cls), facts));
  return outcome.into_changed;
}

absl::StatusOr<engine::MergeOutcome> TermFacts::Merge(engine::ClassId into, engine::ClassId from) {
  const Facts joined = std::exchange(facts_.Edit(from), {});
  return Join(&facts_.Edit(into), joined);
}

absl::Status TermFacts::Modify(engine::EGraph& egraph, engine::ClassId cls) {
  if (!constant(cls)) return absl::OkStatus();
  auto [op, attrs] = language_->Leaf(*constant(cls));
  egraph.AddInto(cls, op, attrs, {});
  if (other_terms_ == OtherTerms::kHide) egraph.KeepLeavesOnly(cls);
  return absl::OkStatus();
}

}  // namespace eqsat::rules
