#include "rules/prove/scalar_goal.h"

#include <algorithm>

#include "ir/base/strings.h"
#include "rules/prove/scalar_solver.h"

namespace eqsat::rules {
namespace {

using Kind = ElementNode::Kind;

// Replaces reads, indices and folds by free values, equal ones by one.
class Abstraction {
 public:
  Abstraction(const Assumptions& assumptions, const std::deque<Leaf>& leaves, ScalarGoal* goal,
              GoalProver* prover)
      : assumptions_(assumptions), leaves_(leaves), goal_(*goal), prover_(*prover) {}

  Element Abstract(const Element& element) {
    switch (element->kind) {
      case Kind::kRead:
      case Kind::kIndex:
      case Kind::kFold:
        return ValueFor(element);
      case Kind::kNumber:
      case Kind::kExtreme:
        return element;
      case Kind::kApply:
        break;
    }
    std::vector<Element> children;
    for (const Element& child : element->children) children.push_back(Abstract(child));
    return ElementMaker::Apply(element->type, element->opcode, element->name, std::move(children));
  }

 private:
  Element ValueFor(const Element& element) {
    size_t id = 0;
    while (id < known_.size() && !Same(*known_[id], *element)) ++id;
    if (id == known_.size()) {
      known_.push_back(element);
      FreeValue value{.type = element->type, .is_input = element->kind == Kind::kRead};
      if (element->kind == Kind::kRead) value.facts = leaves_[element->operand].facts;
      // Rounding keeps the sign; an integer may wrap around: see BoundsOf.
      const bool is_float = !element->type.is_abstract() && ir::IsFloat(element->type.concrete());
      if (element->kind == Kind::kIndex && is_float &&
          assumptions_.QuicklyNonNegative(element->indices[0]))
        value.facts = {ElementFact::kNeverNegative};
      const Bounds bounds = BoundsOf(*element);
      AddBounds(bounds, &value);
      for (size_t other = 0; other < id; ++other) {
        AddOrder(other, id, bounds_[other].highest, bounds.lowest);
        AddOrder(id, other, bounds.highest, bounds_[other].lowest);
      }
      bounds_.push_back(bounds);
      goal_.values.push_back(std::move(value));
    }
    ElementNode read{.kind = Kind::kRead, .type = element->type, .operand = static_cast<int>(id)};
    read.text = base::StrCat("x", id, ":", element->type.id);
    return std::make_shared<const ElementNode>(std::move(read));
  }

  struct Bounds {
    std::optional<Poly> lowest;
    std::optional<Poly> highest;
  };

  Bounds BoundsOf(const ElementNode& element) const {
    if (element.kind == Kind::kRead)
      return {leaves_[element.operand].lowest, leaves_[element.operand].highest};
    if (element.kind != Kind::kIndex) return {};
    // An index is a number of its type if it does not wrap around.
    const Poly& index = element.indices[0];
    std::optional<IntegerRange> range = RangeOf(element.type);
    if (!range || assumptions_.KnownNonNegative(index - range->lowest) != true ||
        assumptions_.KnownNonNegative(Poly(range->highest) - index) != true)
      return {};
    return {index, index};
  }

  // The nearest of 0 and powers of two that are seen to bound the value.
  void AddBounds(const Bounds& bounds, FreeValue* value) const {
    constexpr int kMostBits = 62;
    auto holds = [&](const Poly& p) { return assumptions_.QuicklyNonNegative(p); };
    for (int bits = 0; bounds.lowest && !value->at_least && bits <= kMostBits; ++bits) {
      const int64_t low = bits == 0 ? 0 : -(int64_t{1} << (bits - 1));
      if (holds(*bounds.lowest - low)) value->at_least = low;
    }
    for (int bits = 0; bounds.highest && !value->at_most && bits <= kMostBits; ++bits) {
      const int64_t high = bits == 0 ? 0 : int64_t{1} << (bits - 1);
      if (holds(Poly(high) - *bounds.highest)) value->at_most = high;
    }
  }

  void AddOrder(size_t smaller, size_t larger, const std::optional<Poly>& high,
                const std::optional<Poly>& low) {
    const Element& a = known_[smaller];
    const Element& b = known_[larger];
    if (a->type != b->type) return;
    const bool reads = a->kind == Kind::kRead && b->kind == Kind::kRead;
    const bool stated = reads && std::ranges::find(leaves_[a->operand].at_most, b->operand) !=
                                     leaves_[a->operand].at_most.end();
    const bool strictly = high && low && assumptions_.KnownNonNegative(*low - *high - 1) == true;
    if (stated || strictly || (high && low && assumptions_.KnownNonNegative(*low - *high) == true))
      goal_.orders.push_back({.smaller = smaller, .larger = larger, .strictly = strictly});
  }

  bool SameIndices(const std::vector<Poly>& a, const std::vector<Poly>& b) const {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
      if (!assumptions_.ProvablyEqual(a[i], b[i])) return false;
    return true;
  }

  bool Same(const ElementNode& a, const ElementNode& b) {
    if (a.text == b.text) return true;
    if (a.kind != b.kind || a.type != b.type) return false;
    if (a.kind != Kind::kFold) return a.operand == b.operand && SameIndices(a.indices, b.indices);
    if (a.opcode != b.opcode || a.name != b.name || a.bound.size() != b.bound.size()) return false;
    for (size_t i = 0; i < a.bound.size(); ++i)
      if (a.bound[i].var != b.bound[i].var ||
          !assumptions_.ProvablyEqual(a.bound[i].size, b.bound[i].size))
        return false;
    // The bound variables of both are the same, and free in the bodies.
    // What is folded must agree in full: `special` speaks of results alone.
    const Numerics parts = goal_.numerics == Numerics::kSpecial ? Numerics::kExact : goal_.numerics;
    return prover_.Prove(a.children[0], b.children[0], assumptions_, leaves_, parts) &&
           prover_.Prove(a.children[1], b.children[1], assumptions_, leaves_, parts);
  }

  const Assumptions& assumptions_;
  const std::deque<Leaf>& leaves_;
  ScalarGoal& goal_;
  GoalProver& prover_;
  std::vector<Element> known_;
  std::vector<Bounds> bounds_;  // of these
};

}  // namespace

std::string ScalarGoal::Text() const {
  std::string text = base::StrCat(NameOf(numerics), " ", left->text, " = ", right->text);
  for (const FreeValue& value : values) {
    base::StrAppend(&text, value.is_input ? ";" : "; made");
    for (ElementFact fact : value.facts) base::StrAppend(&text, " ", static_cast<int>(fact));
    if (value.at_least) base::StrAppend(&text, " >=", *value.at_least);
    if (value.at_most) base::StrAppend(&text, " <=", *value.at_most);
  }
  for (const ValueOrder& order : orders)
    base::StrAppend(&text, "; x", order.smaller, order.strictly ? "<x" : "<=x", order.larger);
  return text;
}

bool GoalProver::Prove(const Element& left, const Element& right, const Assumptions& assumptions,
                       const std::deque<Leaf>& leaves, Numerics numerics) {
  if (left->text == right->text) return true;
  ScalarGoal goal{.numerics = numerics};
  Abstraction abstraction(assumptions, leaves, &goal, this);
  goal.left = abstraction.Abstract(left);
  goal.right = abstraction.Abstract(right);
  if (goal.left->text == goal.right->text) return true;
  auto [known, is_new] = known_.try_emplace(goal.Text(), false);
  if (!is_new) return known->second;
  const bool proved = SolveScalar(goal);
  known_[goal.Text()] = proved;
  goals_.emplace_back(std::move(goal), proved);
  return proved;
}

}  // namespace eqsat::rules
