#include "engine/pattern/matcher.h"

#include <algorithm>
#include <span>
#include <vector>

namespace eqsat::engine {
namespace {

class Searcher {
 public:
  Searcher(const EGraph& egraph, const Plan& plan, const SearchOptions& options, MatchList* matches)
      : egraph_(egraph),
        plan_(plan),
        options_(options),
        matches_(matches),
        registers_(plan.register_count()) {}

  SearchEnd Run() {
    if (!LoadLeaves()) return SearchEnd::kComplete;
    delta_ = options_.changes != nullptr && !options_.changes->everything();
    size_t leads = delta_ ? plan_.root_count() : 1;
    for (lead_ = 0; lead_ < leads; ++lead_) {
      steps_ = &plan_.steps(lead_);
      if (!Advance(0)) return end_;
    }
    return SearchEnd::kComplete;
  }

 private:
  // False if a leaf of the pattern is not in the graph, so that nothing can match.
  bool LoadLeaves() {
    for (SlotId slot : plan_.leaves()) {
      const OperatorPattern& op = plan_.pattern().op(slot);
      NodeId id = egraph_.LookUpNode(op.ops[0], *op.attrs, {});
      if (!id.valid()) return false;
      NodeView view = egraph_.node(id);
      if (op.predicate && !op.predicate(egraph_, view)) return false;
      registers_[plan_.node_register(slot)] = id.value() << 1;
      registers_[plan_.row_size() + slot.value()] = view.cls.value();
    }
    return true;
  }

  // Runs the steps from `index` on for all their choices. False ends the search.
  bool Advance(size_t index) {
    if (index == steps_->size()) return Emit();
    const Step& step = (*steps_)[index];
    switch (step.kind) {
      case Step::Kind::kRoot:
        return TryRoots(step, index);
      case Step::Kind::kUses:
        return TryUses(step, index);
      case Step::Kind::kNodes:
        return TryNodes(step, index);
    }
    return true;
  }

  bool TryRoots(const Step& step, size_t index) {
    bool leads = delta_ && step.root == lead_;
    for (OpId op : plan_.pattern().op(step.slot).ops) {
      std::span<const NodeId> nodes = leads ? options_.changes->nodes(op) : egraph_.op_nodes(op);
      for (NodeId id : nodes)
        if (egraph_.alive(id) && Eligible(step, id) && !TryNode(step, index, id)) return false;
    }
    return true;
  }

  bool TryUses(const Step& step, size_t index) {
    ClassId cls(registers_[step.input]);
    for (NodeId id : egraph_.class_uses(cls)) {
      if (!egraph_.alive(id) || step.allowed[egraph_.op(id).value()] == Step::kNo) continue;
      if (Eligible(step, id) && !TryNode(step, index, id)) return false;
    }
    return true;
  }

  bool TryNodes(const Step& step, size_t index) {
    std::span<const NodeId> nodes = egraph_.class_nodes(ClassId(registers_[step.input]));
    const std::vector<OpId>& ops = plan_.pattern().op(step.slot).ops;
    if (ops.size() == 1 && nodes.size() > kBinarySearchFrom) {
      auto op = [&](NodeId id) { return egraph_.op(id); };
      for (NodeId id : std::ranges::equal_range(nodes, ops[0], {}, op))
        if (!TryNode(step, index, id)) return false;
      return true;
    }
    for (NodeId id : nodes)
      if (step.allowed[egraph_.op(id).value()] != Step::kNo && !TryNode(step, index, id))
        return false;
    return true;
  }

  // Each match that is new is found once: from the first of its roots that is near a change.
  bool Eligible(const Step& step, NodeId id) const {
    if (!delta_ || step.root > lead_) return true;
    bool near = options_.changes->Within(id, options_.depth, options_.class_data);
    return near == (step.root == lead_);
  }

  bool TryNode(const Step& step, size_t index, NodeId id) {
    if (++tries_ % kTriesPerPoll == 0 && options_.should_stop && options_.should_stop()) {
      end_ = SearchEnd::kStopped;
      return false;
    }
    const OperatorPattern& op = plan_.pattern().op(step.slot);
    NodeView node = egraph_.node(id);
    if (op.attrs && node.attrs != *op.attrs) return true;
    if (op.captures_rest ? node.children.size() < op.children.size()
                         : node.children.size() != op.children.size())
      return true;
    if (op.predicate && !op.predicate(egraph_, node)) return true;
    if (step.kind != Step::Kind::kNodes)
      registers_[plan_.row_size() + step.slot.value()] = node.cls.value();
    uint32_t& chosen = registers_[plan_.node_register(step.slot)];
    chosen = id.value() << 1;
    if (BindChildren(step, node.children) && !Advance(index + 1)) return false;
    if (step.allowed[node.op.value()] != Step::kBothOrders || node.children[0] == node.children[1])
      return true;
    ClassId exchanged[] = {node.children[1], node.children[0]};
    chosen = id.value() << 1 | 1;
    return !BindChildren(step, exchanged) || Advance(index + 1);
  }

  bool BindChildren(const Step& step, std::span<const ClassId> children) {
    for (size_t i = 0; i < step.children.size(); ++i) {
      uint32_t& reg = registers_[step.children[i].reg];
      if (step.children[i].bind) {
        reg = children[i].value();
      } else if (reg != children[i].value()) {
        return false;
      }
    }
    return true;
  }

  bool Emit() {
    std::span<const uint32_t> row(registers_.data(), plan_.row_size());
    if (options_.guard &&
        !options_.guard(egraph_, Match(row.data(), plan_.pattern().variable_count())))
      return true;
    if (matches_->size() >= options_.max_matches) {
      end_ = SearchEnd::kMatchLimit;
      return false;
    }
    matches_->Append(row);
    return true;
  }

  static constexpr size_t kBinarySearchFrom = 8;
  static constexpr size_t kTriesPerPoll = 1024;

  const EGraph& egraph_;
  const Plan& plan_;
  const SearchOptions& options_;
  MatchList* matches_;
  std::vector<uint32_t> registers_;
  const std::vector<Step>* steps_ = nullptr;
  size_t lead_ = 0;
  bool delta_ = false;
  size_t tries_ = 0;
  SearchEnd end_ = SearchEnd::kComplete;
};

}  // namespace

SearchEnd Search(const CleanView& view, const Plan& plan, const SearchOptions& options,
                 MatchList* matches) {
  return Searcher(view.egraph(), plan, options, matches).Run();
}

}  // namespace eqsat::engine
