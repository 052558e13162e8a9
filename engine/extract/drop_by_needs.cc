#include <algorithm>
#include <bit>
#include <queue>
#include <utility>

#include "engine/extract/class_sets.h"
#include "engine/extract/components.h"
#include "engine/extract/settle.h"
#include "engine/extract/shrinking_problem.h"

namespace eqsat::engine {
namespace {

using Node = ShrinkingProblem::Node;
// The sets take a bit for each pair of classes.
constexpr size_t kMostClasses = 16384;
// Above the rounding of a sum of costs.
constexpr double kSlack = 1e-9;

// The classes that every program for a class contains, itself included.
class Needs {
 public:
  explicit Needs(const ChoiceGraph& graph, const std::vector<uint32_t>& order)
      : graph_(graph),
        sets_(graph.class_count() + 1, graph.class_count()),
        scratch_(static_cast<uint32_t>(graph.class_count())),
        known_(graph.class_count()),
        queued_(graph.class_count()) {
    for (uint32_t cls : order) Enqueue(cls);
    while (!queue_.empty()) {
      uint32_t cls = queue_.front();
      queue_.pop();
      queued_[cls] = false;
      if (Update(cls))
        for (uint32_t use : graph_.uses(cls)) Enqueue(graph_.owner[use]);
    }
  }

  std::span<const uint64_t> Of(uint32_t cls) const { return sets_.Row(cls); }
  bool Has(uint32_t cls, uint32_t member) const { return sets_.Has(cls, member); }

  // What choosing a candidate needs besides its own class. The result lives until the next call.
  std::span<const uint64_t> Below(uint32_t candidate) {
    std::span<uint64_t> set = sets_.Row(scratch_);
    std::ranges::fill(set, 0);
    for (uint32_t child : graph_.children(candidate)) {
      std::span<const uint64_t> needs = Of(child);
      for (size_t i = 0; i < set.size(); ++i) set[i] |= needs[i];
    }
    return set;
  }

 private:
  void Enqueue(uint32_t cls) {
    if (queued_[cls]) return;
    queued_[cls] = true;
    queue_.push(cls);
  }

  // The sets start as everything and shrink to the largest fixed point.
  bool Update(uint32_t cls) {
    size_t words = sets_.words();
    std::vector<uint64_t> common(words, ~uint64_t{0});
    bool any = false;
    for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i) {
      if (!std::ranges::all_of(graph_.children(i), [&](uint32_t c) { return known_[c]; })) continue;
      std::span<const uint64_t> below = Below(i);
      for (size_t w = 0; w < words; ++w) common[w] &= below[w];
      any = true;
    }
    if (!any) return false;
    common[cls / 64] |= uint64_t{1} << (cls % 64);
    std::span<uint64_t> set = sets_.Row(cls);
    if (known_[cls] && std::ranges::equal(set, common)) return false;
    std::ranges::copy(common, set.begin());
    known_[cls] = true;
    return true;
  }

  const ChoiceGraph& graph_;
  ClassSets sets_;
  uint32_t scratch_;
  std::vector<bool> known_;
  std::vector<bool> queued_;
  std::queue<uint32_t> queue_;
};

// By class: its strongly connected component in the graph of all candidates.
std::vector<uint32_t> Components(const ChoiceGraph& graph) {
  return StrongComponents(graph.class_count(), [&](uint32_t cls) {
    auto children = graph.child_list.begin();
    return std::vector<uint32_t>(children + graph.first_child[graph.first_candidate[cls]],
                                 children + graph.first_child[graph.first_candidate[cls + 1]]);
  });
}

// One pass of every test that looks at needs.
class Dropper {
 public:
  Dropper(ShrinkingProblem* problem, double upper_bound)
      : problem_(*problem),
        upper_bound_(upper_bound),
        graph_(ToChoiceGraph(*problem)),
        tree_(Settle(graph_, {}, {})),
        position_(graph_.class_count()),
        needs_(graph_, tree_.order),
        least_(graph_.class_count()),
        keep_(graph_.candidate_count(), true) {
    for (uint32_t i = 0; i < tree_.order.size(); ++i) position_[tree_.order[i]] = i;
    for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) {
      auto costs = graph_.cost.begin();
      least_[cls] = *std::min_element(costs + graph_.first_candidate[cls],
                                      costs + graph_.first_candidate[cls + 1]);
    }
  }

  double Run(bool* changed) {
    for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) DropCandidates(cls);
    std::vector<uint32_t> component = Components(graph_);
    std::vector<uint32_t> always = Always();
    for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) Rewrite(cls, component);
    PutBelowRoot(always);
    *changed = changed_;
    double bound = 0;
    ClassSets::ForEach(needs_.Of(0), [&](uint32_t cls) { bound += least_[cls]; });
    return bound;
  }

 private:
  void DropCandidates(uint32_t cls) {
    uint32_t begin = graph_.first_candidate[cls];
    uint32_t end = graph_.first_candidate[cls + 1];
    // The tree choice stays: the bounds of other tests rest on it.
    uint32_t safe = tree_.candidate[cls];
    for (uint32_t i = begin; i < end; ++i) {
      if (i == safe) continue;
      std::span<const uint64_t> below = needs_.Below(i);
      if (ClassSets::Has(below, cls) ||
          BoundWith(cls, i, below) > upper_bound_ * (1 + kSlack) + kSlack * kSlack)
        keep_[i] = false;
    }
    for (uint32_t i = begin; i < end; ++i)
      if (i != safe && keep_[i]) DropDominatedBy(cls, safe, i);
  }

  // Drops `i` if a candidate that stays is as good with what `i` needs.
  void DropDominatedBy(uint32_t cls, uint32_t safe, uint32_t i) {
    below_ = needs_.Below(i);
    if (Dominates(cls, safe, i)) {
      keep_[i] = false;
      return;
    }
    for (uint32_t other = graph_.first_candidate[cls]; other < graph_.first_candidate[cls + 1];
         ++other) {
      if (other == i || !keep_[other] || !Dominates(cls, other, i)) continue;
      keep_[i] = false;
      return;
    }
  }

  // Whether `other` is no dearer than `i` where all that `i` needs (below_) is there. What is not
  // there is built by its tree choice, which must not use `cls`.
  bool Dominates(uint32_t cls, uint32_t other, uint32_t i) const {
    double cost = graph_.cost[other];
    if (cost > graph_.cost[i]) return false;
    for (uint32_t child : graph_.children(other)) {
      if (ClassSets::Has(below_, child)) continue;
      if (position_[child] > position_[cls]) return false;
      cost += tree_.tree_cost[child];
      if (cost > graph_.cost[i]) return false;
    }
    return true;
  }

  // What a solution with candidate `i` costs at least.
  double BoundWith(uint32_t cls, uint32_t i, std::span<const uint64_t> below) const {
    double bound = graph_.cost[i];
    std::span<const uint64_t> root = needs_.Of(0);
    for (size_t w = 0; w < below.size(); ++w)
      for (uint64_t rest = below[w] | root[w]; rest != 0; rest &= rest - 1) {
        uint32_t needed = static_cast<uint32_t>(w * 64 + std::countr_zero(rest));
        if (needed != cls) bound += least_[needed];
      }
    return bound;
  }

  // The classes that every solution contains.
  std::vector<uint32_t> Always() const {
    std::vector<uint32_t> always;
    ClassSets::ForEach(needs_.Of(0), [&](uint32_t cls) {
      if (cls != 0) always.push_back(cls);
    });
    return always;
  }

  // Writes the candidates that stay back, with the children that say something.
  void Rewrite(uint32_t cls, const std::vector<uint32_t>& component) {
    std::vector<Node> nodes;
    for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i) {
      changed_ |= !keep_[i];
      if (!keep_[i]) continue;
      Node node{.cost = graph_.cost[i], .children = {}, .recipe = graph_.source_node[i]};
      for (uint32_t child : graph_.children(i)) {
        // A class that is always there matters only where it could close a cycle.
        bool is_always = needs_.Has(0, child) && component[child] != component[cls];
        if (cls != 0 && (is_always || IsImplied(i, child)))
          changed_ = true;
        else
          node.children.push_back(graph_.source_class[child]);
      }
      std::ranges::sort(node.children);
      nodes.push_back(std::move(node));
    }
    problem_.classes[graph_.source_class[cls]] = std::move(nodes);
  }

  bool IsImplied(uint32_t candidate, uint32_t child) const {
    return std::ranges::any_of(graph_.children(candidate), [&](uint32_t other) {
      return other != child && needs_.Has(other, child);
    });
  }

  void PutBelowRoot(const std::vector<uint32_t>& always) {
    for (Node& node : problem_.classes[ShrinkingProblem::kRoot]) {
      size_t before = node.children.size();
      for (uint32_t cls : always) node.children.push_back(graph_.source_class[cls]);
      std::ranges::sort(node.children);
      node.children.erase(std::unique(node.children.begin(), node.children.end()),
                          node.children.end());
      changed_ |= node.children.size() != before;
    }
  }

  ShrinkingProblem& problem_;
  double upper_bound_;
  ChoiceGraph graph_;
  Choice tree_;
  std::vector<uint32_t> position_;  // by class: in tree_.order
  Needs needs_;
  std::vector<double> least_;  // by class: its cheapest candidate's own cost
  std::vector<bool> keep_;
  std::span<const uint64_t> below_;
  bool changed_ = false;
};

}  // namespace

double DropByNeeds(ShrinkingProblem* problem, double upper_bound, bool* changed) {
  *changed = false;
  size_t count = problem->classes.size() -
                 std::ranges::count_if(problem->classes, [](auto& nodes) { return nodes.empty(); });
  if (count > kMostClasses) return 0;
  return Dropper(problem, upper_bound).Run(changed);
}

}  // namespace eqsat::engine
