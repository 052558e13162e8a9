#include "engine/pattern/plan.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string>

#include "ir/base/status.h"

namespace eqsat::engine {

// Compiles one pattern; used once.
class PlanBuilder {
 public:
  PlanBuilder(Pattern pattern, const Signature& signature)
      : plan_(new Plan(std::move(pattern))), signature_(signature) {}

  absl::StatusOr<std::shared_ptr<const Plan>> Build() {
    EQSAT_RETURN_IF_ERROR(CheckParts());
    EQSAT_RETURN_IF_ERROR(MeasureDepths());
    FindLeaves();
    OrderSlots();
    for (size_t i = 0; i < pattern().slot_count(); ++i) BuildSteps(SlotId(i));
    return plan_;
  }

 private:
  const Pattern& pattern() const { return plan_->pattern_; }

  absl::Status CheckParts() const {
    if (pattern().roots().empty()) return base::InvalidArgument("a pattern needs a root");
    if (pattern().part_count() > Plan::kMaxParts)
      return base::InvalidArgument("the pattern has %d parts; at most %d are supported",
                                   pattern().part_count(), Plan::kMaxParts);
    for (PartId root : pattern().roots())
      if (!pattern().slot(root).valid())
        return base::InvalidArgument("the root of a pattern must be an operator, not variable '%s'",
                                     pattern().variable_name(pattern().variable(root)));
    for (size_t i = 0; i < pattern().slot_count(); ++i)
      EQSAT_RETURN_IF_ERROR(CheckOperator(pattern().op(SlotId(i))));
    return absl::OkStatus();
  }

  absl::Status CheckOperator(const OperatorPattern& op) const {
    if (op.ops.empty()) return base::InvalidArgument("an operator pattern allows no operator");
    for (OpId id : op.ops) {
      if (id.value() >= signature_.op_count())
        return base::InvalidArgument("operator %d is not in the signature", id.value());
      int arity = signature_.arity(id);
      if (arity == Signature::kVariadic) continue;
      size_t wanted = static_cast<size_t>(arity);
      if (op.captures_rest ? op.children.size() <= wanted : op.children.size() == wanted) continue;
      return base::InvalidArgument("operator '%s' has %d operands, but the pattern names %d",
                                   std::string(signature_.name(id)), arity, op.children.size());
    }
    return absl::OkStatus();
  }

  // Depths below the roots. Children have smaller ids than their parents, so one pass downwards
  // over the ids sees every parent first.
  absl::Status MeasureDepths() {
    std::vector<std::optional<size_t>> depths(pattern().part_count());
    occurrences_.assign(pattern().part_count(), 0);
    for (PartId root : pattern().roots()) {
      depths[root.value()] = 0;
      ++occurrences_[root.value()];
    }
    for (size_t i = pattern().part_count(); i-- > 0;) {
      if (!depths[i]) return base::InvalidArgument("part %d of the pattern is below no root", i);
      size_t depth = *depths[i];
      plan_->depth_ = std::max(plan_->depth_, depth);
      plan_->compares_classes_ |= occurrences_[i] > 1;
      SlotId slot = pattern().slot(PartId(i));
      if (!slot.valid()) continue;
      plan_->operator_depth_ = std::max(plan_->operator_depth_, depth);
      const OperatorPattern& op = pattern().op(slot);
      if (op.captures_rest) plan_->depth_ = std::max(plan_->depth_, depth + 1);
      for (PartId child : op.children) {
        depths[child.value()] = std::max(depths[child.value()].value_or(0), depth + 1);
        ++occurrences_[child.value()];
      }
    }
    return absl::OkStatus();
  }

  void FindLeaves() {
    for (size_t i = 0; i < pattern().part_count(); ++i) {
      SlotId slot = pattern().slot(PartId(i));
      if (!slot.valid() || std::ranges::count(pattern().roots(), PartId(i))) continue;
      const OperatorPattern& op = pattern().op(slot);
      if (op.ops.size() == 1 && op.attrs && op.children.empty() && !op.captures_rest)
        plan_->leaves_.push_back(slot);
    }
  }

  // The operators' parts: the roots in their order, then the others from the top down.
  void OrderSlots() {
    for (PartId root : pattern().roots())
      if (!std::ranges::count(order_, root)) order_.push_back(root);
    for (size_t i = pattern().part_count(); i-- > 0;)
      if (pattern().slot(PartId(i)).valid() && !std::ranges::count(order_, PartId(i)))
        order_.push_back(PartId(i));
  }

  void BuildSteps(SlotId lead) {
    steps_.clear();
    if (!std::ranges::count(plan_->leaves_, lead)) {
      bound_.assign(plan_->register_count(), false);
      placed_.assign(pattern().slot_count(), false);
      for (SlotId leaf : plan_->leaves_) {
        placed_[leaf.value()] = true;
        bound_[plan_->row_size() + leaf.value()] = true;
      }
      PartId part = *std::ranges::find_if(
          order_, [&](PartId candidate) { return pattern().slot(candidate) == lead; });
      for (; part.valid(); part = NextPart()) PlaceTree(JoinStep(part), part);
    }
    for (size_t i = 0; i + 1 < steps_.size(); ++i) LookBelow(steps_[i + 1], &steps_[i]);
    PlaceConditions();
    plan_->steps_.push_back(std::move(steps_));
  }

  void PlaceConditions() {
    std::vector<bool> bound(pattern().variable_count());
    std::vector<bool> placed(pattern().conditions().size());
    for (Step& step : steps_) {
      for (const Step::Child& child : step.children)
        if (child.reg < bound.size()) bound[child.reg] = true;
      for (size_t i = 0; i < placed.size(); ++i) {
        if (placed[i] || !std::ranges::all_of(pattern().conditions()[i].variables,
                                              [&](VarId id) { return bound[id.value()]; }))
          continue;
        placed[i] = true;
        step.conditions.push_back(i);
      }
    }
  }

  static void LookBelow(const Step& next, Step* step) {
    for (size_t i = 0; next.kind == Step::Kind::kNodes && i < step->children.size(); ++i)
      if (step->children[i].reg == next.input) step->below = i;
  }

  // The operator to join next: where the cheapest way to find its nodes is; invalid at the end.
  PartId NextPart() const {
    PartId best;
    for (PartId part : order_) {
      if (placed_[pattern().slot(part).value()]) continue;
      if (!best.valid() || Rank(JoinStep(part)) < Rank(JoinStep(best))) best = part;
    }
    return best;
  }

  // How to find a part's nodes from what is bound: from its class, from the class of an operator
  // below it, from a variable below it, or among all.
  Step JoinStep(PartId part) const {
    SlotId slot = pattern().slot(part);
    size_t reg = plan_->class_register(part);
    if (bound_[reg])
      return {.kind = Step::Kind::kNodes, .slot = slot, .input = static_cast<uint32_t>(reg)};
    Step step = {.kind = Step::Kind::kAll, .slot = slot};
    for (PartId child : pattern().op(slot).children)
      if (bound_[plan_->class_register(child)])
        step.inputs.push_back(static_cast<uint32_t>(plan_->class_register(child)));
    if (!step.inputs.empty()) step.kind = Step::Kind::kUses;
    return step;
  }

  int Rank(const Step& step) const {
    if (step.kind == Step::Kind::kNodes) return 0;
    if (step.kind == Step::Kind::kAll) return 3;
    // A leaf's class, a constant say, may have very many uses.
    auto selective = [&](uint32_t reg) {
      return reg >= plan_->row_size() &&
             !std::ranges::count(plan_->leaves_, SlotId(reg - plan_->row_size()));
    };
    return std::ranges::any_of(step.inputs, selective) ? 1 : 2;
  }

  // Places a part and, depth first, the operators below it that have no step yet.
  void PlaceTree(Step step, PartId part) {
    bound_[plan_->class_register(part)] = true;
    std::vector<PartId> pending;
    Place(std::move(step), &pending);
    while (!pending.empty()) {
      PartId next = pending.back();
      pending.pop_back();
      SlotId slot = pattern().slot(next);
      if (placed_[slot.value()]) continue;
      Place({.kind = Step::Kind::kNodes,
             .slot = slot,
             .input = static_cast<uint32_t>(plan_->class_register(next))},
            &pending);
    }
  }

  void Place(Step step, std::vector<PartId>* pending) {
    const OperatorPattern& op = pattern().op(step.slot);
    placed_[step.slot.value()] = true;
    for (size_t i = 0; i < pattern().roots().size(); ++i)
      if (plan_->root(i) == step.slot) step.root = static_cast<uint32_t>(i);
    for (PartId child : op.children) {
      size_t reg = plan_->class_register(child);
      step.children.push_back({static_cast<uint32_t>(reg), !bound_[reg]});
      bound_[reg] = true;
    }
    for (PartId child : op.children | std::views::reverse)
      if (pattern().slot(child).valid()) pending->push_back(child);
    step.compared = ComparedColumns(step.slot);
    step.allowed.assign(signature_.op_count(), Step::kNo);
    for (OpId id : op.ops) step.allowed[id.value()] = AllowedOrder(op, id);
    step.attrs = op.attrs.value_or(AttrId());
    step.plain = !op.captures_rest && !op.once_per_class && !op.predicate &&
                 std::ranges::all_of(op.ops, [&](OpId id) {
                   return step.allowed[id.value()] == Step::kInOrder &&
                          signature_.arity(id) != Signature::kVariadic;
                 });
    steps_.push_back(std::move(step));
  }

  // A column whose class occurs once in the pattern, as a variable's or a root's, is compared with
  // nothing.
  NodeColumns ComparedColumns(SlotId slot) const {
    NodeColumns columns = 0;
    for (size_t i = 0; i < pattern().part_count(); ++i)
      if (pattern().slot(PartId(i)) == slot && occurrences_[i] > (IsRoot(PartId(i)) ? 1 : 0))
        columns |= kClassColumn;
    const std::vector<PartId>& children = pattern().op(slot).children;
    for (size_t i = 0; i < children.size(); ++i)
      if (pattern().slot(children[i]).valid() || occurrences_[children[i].value()] > 1)
        columns |= ChildColumn(i);
    if (pattern().op(slot).once_per_class) columns |= kClassColumn;
    // A predicate may compare what it likes.
    return pattern().op(slot).predicate ? kAllColumns : columns;
  }

  bool IsRoot(PartId part) const { return std::ranges::count(pattern().roots(), part) > 0; }

  Step::Allowed AllowedOrder(const OperatorPattern& op, OpId id) const {
    Commutativity order = signature_.commutativity(id);
    if (order == Commutativity::kMultiset) return Step::kAnyElements;
    bool both = op.order == OperandOrder::kAsSignature && op.children.size() == 2 &&
                order != Commutativity::kOrdered;
    return both ? Step::kBothOrders : Step::kInOrder;
  }

  std::shared_ptr<Plan> plan_;
  const Signature& signature_;
  std::vector<PartId> order_;
  std::vector<Step> steps_;
  std::vector<size_t> occurrences_;  // by part: below operators and as roots
  std::vector<bool> bound_;          // by register
  std::vector<bool> placed_;         // by slot
};

absl::StatusOr<std::shared_ptr<const Plan>> Plan::Compile(Pattern pattern,
                                                          const Signature& signature) {
  return PlanBuilder(std::move(pattern), signature).Build();
}

}  // namespace eqsat::engine
