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
        mode_(ModeOf(options)),
        leaves_out_old_(mode_ == Mode::kAll && options.fresh != nullptr),
        registers_(plan.register_count()) {}

  SearchEnd Run() {
    if (!LoadLeaves()) return SearchEnd::kComplete;
    if (mode_ == Mode::kFreshRows) {
      for (size_t slot = 0; slot < plan_.pattern().slot_count(); ++slot)
        if (!SearchFrom(SlotId(slot))) return end_;
      return SearchEnd::kComplete;
    }
    if (mode_ == Mode::kAll) {
      SearchFrom(CheapestLead());
      return end_;
    }
    for (lead_root_ = 0; lead_root_ < plan_.root_count(); ++lead_root_)
      if (!SearchFrom(plan_.root(lead_root_))) return end_;
    return SearchEnd::kComplete;
  }

 private:
  // Which matches are looked for, and so where the leading operator's nodes come from.
  enum class Mode { kAll, kNearChanges, kFreshRows };

  static Mode ModeOf(const SearchOptions& options) {
    if (options.fresh != nullptr && !options.fresh->everything()) return Mode::kFreshRows;
    if (options.changes != nullptr && !options.changes->everything()) return Mode::kNearChanges;
    return Mode::kAll;
  }

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
      if (options_.fresh == nullptr || !options_.fresh->Contains(id, kClassColumn)) continue;
      // All matches with the leaf are new then.
      mode_ = Mode::kAll;
      leaves_out_old_ = false;
    }
    return true;
  }

  // Where to begin if everything is searched: at the first root, or elsewhere if so few nodes can
  // be there that they and the nodes that use them are fewer than the root's.
  SlotId CheapestLead() const {
    SlotId cheapest = plan_.root(0);
    if (options_.root_class.valid()) return cheapest;
    size_t cost = LeadNodes(cheapest);
    for (size_t i = 0; i < plan_.pattern().slot_count(); ++i) {
      SlotId slot(i);
      if (plan_.steps(slot).empty() || LeadNodes(slot) * kFewTimes > cost) continue;
      if (size_t with_uses = LeadNodesAndUses(slot, cost); with_uses < cost) {
        cost = with_uses;
        cheapest = slot;
      }
    }
    return cheapest;
  }

  // How many nodes the first step looks at if `slot` leads.
  size_t LeadNodes(SlotId slot) const {
    const Step& first = plan_.steps(slot)[0];
    if (first.kind == Step::Kind::kUses) return FewestUses(first).size();
    size_t count = 0;
    for (OpId op : plan_.pattern().op(slot).ops) count += egraph_.op_nodes(op).size();
    return count;
  }

  // The same with the uses of those nodes; counting ends at `limit`.
  size_t LeadNodesAndUses(SlotId slot, size_t limit) const {
    const Step& first = plan_.steps(slot)[0];
    size_t count = 0;
    auto add = [&](std::span<const NodeId> nodes) {
      for (size_t i = 0; i < nodes.size() && count < limit; ++i) {
        if (!egraph_.alive(nodes[i]) || first.allowed[egraph_.op(nodes[i]).value()] == Step::kNo)
          continue;
        count += 1 + egraph_.class_uses(egraph_.node_class(nodes[i])).size();
      }
    };
    if (first.kind == Step::Kind::kUses) {
      add(FewestUses(first));
    } else {
      for (OpId op : plan_.pattern().op(slot).ops) add(egraph_.op_nodes(op));
    }
    return count;
  }

  bool SearchFrom(SlotId lead) {
    lead_ = lead;
    steps_ = &plan_.steps(lead);
    taken_.resize(std::max(taken_.size(), steps_->size()));
    return steps_->empty() || Advance(0);
  }

  // Runs the steps from `index` on for all their choices. False ends the search.
  bool Advance(size_t index) {
    if (index > 0 && !ConditionsHold((*steps_)[index - 1])) return true;
    if (index == steps_->size()) return Emit();
    const Step& step = (*steps_)[index];
    switch (step.kind) {
      case Step::Kind::kAll:
        return TryAll(step, index);
      case Step::Kind::kUses:
        return index == 0 && LeadIsListed() ? TryAll(step, index) : TryUses(step, index);
      case Step::Kind::kNodes:
        return TryNodes(step, index);
    }
    return true;
  }

  bool ConditionsHold(const Step& step) const {
    if (step.conditions.empty()) return true;
    const Match match(registers_.data(), plan_.pattern().variable_count());
    return std::ranges::all_of(step.conditions, [&](size_t i) {
      return plan_.pattern().conditions()[i].holds(egraph_, match);
    });
  }

  // Whether the leading operator's nodes are known beforehand.
  bool LeadIsListed() const { return mode_ != Mode::kAll || options_.root_class.valid(); }

  std::span<const NodeId> Candidates(const Step& step, OpId op) const {
    if (mode_ == Mode::kFreshRows && step.slot == lead_) return options_.fresh->nodes(op);
    if (mode_ == Mode::kNearChanges && step.slot == lead_) return options_.changes->nodes(op);
    if (options_.root_class.valid() && step.slot == plan_.root(0))
      return egraph_.class_nodes(options_.root_class);
    return egraph_.op_nodes(op);
  }

  bool TryAll(const Step& step, size_t index) {
    for (OpId op : plan_.pattern().op(step.slot).ops) {
      std::span<const NodeId> candidates = Candidates(step, op);
      for (size_t i = 0; i < candidates.size(); ++i) {
        if (step.below != Step::kNoChild) PrefetchBelow(step, candidates, i);
        const NodeId id = candidates[i];
        if (!egraph_.alive(id) || egraph_.op(id) != op || !Eligible(step, id)) continue;
        if (!TryNode(step, index, id)) return false;
      }
    }
    return true;
  }

  // Asks for what the next step reads for the candidates after the one at `i`.
  void PrefetchBelow(const Step& step, std::span<const NodeId> candidates, size_t i) const {
    auto prefetch = [&](size_t ahead, EGraph::Nearness nearness) {
      if (i + ahead >= candidates.size()) return;
      std::span<const ClassId> children = egraph_.children(candidates[i + ahead]);
      if (step.below < children.size()) egraph_.Prefetch(children[step.below], nearness);
    };
    prefetch(12, EGraph::Nearness::kClass);
    prefetch(8, EGraph::Nearness::kList);
    prefetch(4, EGraph::Nearness::kNodes);
  }

  std::span<const NodeId> FewestUses(const Step& step) const {
    std::span<const NodeId> fewest = egraph_.class_uses(ClassId(registers_[step.inputs[0]]));
    for (uint32_t input : step.inputs) {
      std::span<const NodeId> others = egraph_.class_uses(ClassId(registers_[input]));
      if (others.size() < fewest.size()) fewest = others;
    }
    return fewest;
  }

  bool TryUses(const Step& step, size_t index) {
    for (NodeId id : FewestUses(step)) {
      if (!egraph_.alive(id) || step.allowed[egraph_.op(id).value()] == Step::kNo) continue;
      if (Eligible(step, id) && !TryNode(step, index, id)) return false;
    }
    return true;
  }

  bool TryNodes(const Step& step, size_t index) {
    std::span<const NodeId> nodes = egraph_.class_nodes(ClassId(registers_[step.input]));
    const std::vector<OpId>& ops = plan_.pattern().op(step.slot).ops;
    bool sure = ops.size() == 1 && nodes.size() > kBinarySearchFrom;
    if (sure) {
      auto op = [&](NodeId id) { return egraph_.op(id); };
      auto [first, last] = std::ranges::equal_range(nodes, ops[0], {}, op);
      nodes = {first, last};
    }
    for (NodeId id : nodes) {
      if (!sure && step.allowed[egraph_.op(id).value()] == Step::kNo) continue;
      if (mode_ == Mode::kFreshRows && !Eligible(step, id)) continue;
      if (!TryNode(step, index, id)) return false;
    }
    return true;
  }

  // Each match that is new is found once: from the first of its rows that is fresh, or from the
  // first of its roots that is near a change.
  bool Eligible(const Step& step, NodeId id) const {
    if (mode_ == Mode::kAll) return true;
    if (mode_ == Mode::kFreshRows) {
      if (lead_ < step.slot) return true;
      return Fresh(step, id) == (step.slot == lead_);
    }
    if (step.root > lead_root_) return true;
    bool near = options_.changes->Within(id, options_.depth, options_.class_data);
    return near == (step.root == lead_root_);
  }

  bool Fresh(const Step& step, NodeId id) const {
    return options_.fresh->Contains(id, options_.compared_alone ? step.compared : kAllColumns);
  }

  // Whether no row of the match in the registers is fresh.
  bool IsOld() const {
    return std::ranges::none_of(*steps_, [&](const Step& step) {
      return Fresh(step, NodeId(registers_[plan_.node_register(step.slot)] >> 1));
    });
  }

  bool TryNode(const Step& step, size_t index, NodeId id) {
    if (MustStop()) return false;
    if (step.attrs.valid() && egraph_.attrs(id) != step.attrs) return true;
    std::span<const ClassId> children = egraph_.children(id);
    if (step.plain) {
      Choose(step, id, /*exchanged=*/false);
      return !BindChildren(step, children) || Advance(index + 1);
    }
    const OperatorPattern& op = plan_.pattern().op(step.slot);
    if (op.captures_rest ? children.size() < op.children.size()
                         : children.size() != op.children.size())
      return true;
    if (op.once_per_class && egraph_.class_nodes(egraph_.node_class(id))[0] != id) return true;
    if (op.predicate && !op.predicate(egraph_, egraph_.node(id))) return true;
    Choose(step, id, /*exchanged=*/false);
    if (step.allowed[egraph_.op(id).value()] == Step::kAnyElements) {
      taken_[index].assign(children.size(), false);
      return TryElements(step, index, children, 0);
    }
    if (BindChildren(step, children) && !Advance(index + 1)) return false;
    if (step.allowed[egraph_.op(id).value()] != Step::kBothOrders || children[0] == children[1])
      return true;
    ClassId exchanged[] = {children[1], children[0]};
    Choose(step, id, /*exchanged=*/true);
    return !BindChildren(step, exchanged) || Advance(index + 1);
  }

  // Fills the registers of the step's slot.
  void Choose(const Step& step, NodeId id, bool exchanged) {
    registers_[plan_.node_register(step.slot)] = id.value() << 1 | (exchanged ? 1 : 0);
    if (step.kind != Step::Kind::kNodes)
      registers_[plan_.row_size() + step.slot.value()] = egraph_.node_class(id).value();
  }

  // Gives the step's children from `next` on to different elements of a multiset, in every way.
  bool TryElements(const Step& step, size_t index, std::span<const ClassId> elements, size_t next) {
    if (next == step.children.size()) return Advance(index + 1);
    std::vector<bool>& taken = taken_[index];
    auto [reg, bind] = step.children[next];
    for (size_t i = 0; i < elements.size(); ++i) {
      // Of equal elements, which are side by side, only the first that is free is tried.
      if (taken[i] || (i > 0 && elements[i] == elements[i - 1] && !taken[i - 1])) continue;
      if (!bind && registers_[reg] != elements[i].value()) continue;
      if (MustStop()) return false;
      registers_[reg] = elements[i].value();
      taken[i] = true;
      bool goes_on = TryElements(step, index, elements, next + 1);
      taken[i] = false;
      if (!goes_on) return false;
    }
    return true;
  }

  // Counts a try and asks now and then.
  bool MustStop() {
    if (++tries_ % kTriesPerPoll != 0 || !options_.should_stop || !options_.should_stop())
      return false;
    end_ = SearchEnd::kStopped;
    return true;
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
    if (leaves_out_old_ && IsOld()) return true;
    std::span<const uint32_t> row(registers_.data(), plan_.row_size());
    if (options_.guard &&
        !options_.guard(egraph_, Match(row.data(), plan_.pattern().variable_count())))
      return true;
    if (matches_->size() >= options_.max_matches) {
      end_ = SearchEnd::kMatchLimit;
      return false;
    }
    matches_->Append(row, ClassId(registers_[plan_.class_register(plan_.pattern().roots()[0])]));
    return true;
  }

  static constexpr size_t kBinarySearchFrom = 8;
  // How many times fewer nodes another lead must have for their uses to be worth counting.
  static constexpr size_t kFewTimes = 4;
  static constexpr size_t kTriesPerPoll = 1024;

  const EGraph& egraph_;
  const Plan& plan_;
  const SearchOptions& options_;
  MatchList* matches_;
  Mode mode_;
  bool leaves_out_old_;  // whether matches without a fresh row are found and do not count
  std::vector<uint32_t> registers_;
  std::vector<std::vector<bool>> taken_;  // by step: the elements of a multiset that are given
  const std::vector<Step>* steps_ = nullptr;
  SlotId lead_;
  size_t lead_root_ = 0;  // kNearChanges: which root `lead_` is
  size_t tries_ = 0;
  SearchEnd end_ = SearchEnd::kComplete;
};

}  // namespace

bool CannotMatch(const CleanView& view, const Plan& plan, const SearchOptions& options) {
  const EGraph& egraph = view.egraph();
  bool fresh = options.fresh == nullptr || options.fresh->everything();
  for (size_t i = 0; i < plan.pattern().slot_count(); ++i) {
    bool present = false;
    for (OpId op : plan.pattern().op(SlotId(i)).ops) {
      present |= !egraph.op_nodes(op).empty();
      fresh = fresh || !options.fresh->nodes(op).empty();
    }
    if (!present) return true;
  }
  return !fresh;
}

SearchEnd Search(const CleanView& view, const Plan& plan, const SearchOptions& options,
                 MatchList* matches) {
  return Searcher(view.egraph(), plan, options, matches).Run();
}

}  // namespace eqsat::engine
