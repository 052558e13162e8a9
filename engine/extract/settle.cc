#include "engine/extract/settle.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace eqsat::engine {
namespace {

// Tree costs double with every level of sharing; they stop growing here, so that they stay finite.
constexpr double kLargestCost = 1e300;
// Rounds of re-choosing with costs divided by the users of the round before.
constexpr int kShareRounds = 4;

class Settler {
 public:
  Settler(const ChoiceGraph& graph, std::span<const uint32_t> fixed,
          std::span<const uint32_t> users)
      : graph_(graph), fixed_(fixed), users_(users), total_(graph.cost) {
    result_.candidate.assign(graph.class_count(), ChoiceGraph::kNone);
    result_.tree_cost.assign(graph.class_count(), std::numeric_limits<double>::infinity());
    for (uint32_t i = 0; i < graph.candidate_count(); ++i)
      open_.push_back(static_cast<uint32_t>(graph.children(i).size()));
  }

  Choice Run() {
    for (uint32_t i = 0; i < graph_.candidate_count(); ++i)
      if (open_[i] == 0) Offer(i);
    while (!queue_.empty()) {
      auto [cost, candidate] = queue_.top();
      queue_.pop();
      if (result_.candidate[graph_.owner[candidate]] == ChoiceGraph::kNone) Take(candidate, cost);
    }
    return std::move(result_);
  }

 private:
  void Offer(uint32_t candidate) {
    uint32_t cls = graph_.owner[candidate];
    if (!fixed_.empty() && fixed_[cls] != ChoiceGraph::kNone && fixed_[cls] != candidate) return;
    if (result_.candidate[cls] == ChoiceGraph::kNone) queue_.emplace(total_[candidate], candidate);
  }

  void Take(uint32_t candidate, double cost) {
    uint32_t cls = graph_.owner[candidate];
    result_.candidate[cls] = candidate;
    result_.tree_cost[cls] = cost;
    result_.order.push_back(cls);
    double share = users_.empty() ? cost : cost / std::max(users_[cls], uint32_t{1});
    for (uint32_t use : graph_.uses(cls)) {
      total_[use] = std::min(total_[use] + share, kLargestCost);
      if (--open_[use] == 0) Offer(use);
    }
  }

  const ChoiceGraph& graph_;
  std::span<const uint32_t> fixed_;
  std::span<const uint32_t> users_;
  std::vector<double> total_;   // by candidate: its cost and that of its settled children
  std::vector<uint32_t> open_;  // by candidate: children that are not settled
  using Entry = std::pair<double, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
  Choice result_;
};

// Calls `visit(class, candidate)` once for each class that the roots need.
template <typename Visit>
bool VisitUsed(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate, Visit visit) {
  std::vector<bool> seen(graph.class_count());
  std::vector<uint32_t> stack(graph.roots.rbegin(), graph.roots.rend());
  while (!stack.empty()) {
    uint32_t cls = stack.back();
    stack.pop_back();
    if (seen[cls]) continue;
    seen[cls] = true;
    if (candidate[cls] == ChoiceGraph::kNone) return false;
    visit(cls, candidate[cls]);
    for (uint32_t child : graph.children(candidate[cls])) stack.push_back(child);
  }
  return true;
}

}  // namespace

Choice Settle(const ChoiceGraph& graph, std::span<const uint32_t> fixed,
              std::span<const uint32_t> users) {
  return Settler(graph, fixed, users).Run();
}

Choice SettleShared(const ChoiceGraph& graph, Choice tree) {
  Choice best = std::move(tree);
  double best_cost = SharedCost(graph, best.candidate);
  std::vector<uint32_t> users = CountUsers(graph, best.candidate);
  for (int round = 0; round < kShareRounds; ++round) {
    Choice next = Settle(graph, {}, users);
    users = CountUsers(graph, next.candidate);
    double cost = SharedCost(graph, next.candidate);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = std::move(next);
  }
  return best;
}

double SharedCost(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate) {
  double cost = 0;
  bool complete = VisitUsed(graph, candidate,
                            [&](uint32_t /*cls*/, uint32_t chosen) { cost += graph.cost[chosen]; });
  return complete ? cost : std::numeric_limits<double>::infinity();
}

std::vector<uint32_t> UsedClasses(const ChoiceGraph& graph,
                                  const std::vector<uint32_t>& candidate) {
  std::vector<bool> seen(graph.class_count());
  std::vector<uint32_t> used;
  auto add = [&](uint32_t cls) {
    if (!seen[cls]) used.push_back(cls);
    seen[cls] = true;
  };
  for (uint32_t root : graph.roots) add(root);
  for (size_t i = 0; i < used.size(); ++i)
    for (uint32_t child : graph.children(candidate[used[i]])) add(child);
  return used;
}

std::vector<uint32_t> BuildFrom(const ChoiceGraph& graph,
                                absl::FunctionRef<bool(uint32_t)> is_allowed) {
  std::vector<uint32_t> built(graph.class_count(), ChoiceGraph::kNone);
  std::vector<uint32_t> open(graph.candidate_count());
  std::vector<uint32_t> queue;
  auto build = [&](uint32_t candidate) {
    uint32_t cls = graph.owner[candidate];
    if (built[cls] != ChoiceGraph::kNone) return;
    built[cls] = candidate;
    queue.push_back(cls);
  };
  for (uint32_t i = 0; i < graph.candidate_count(); ++i) {
    if (!is_allowed(i)) continue;
    open[i] = static_cast<uint32_t>(graph.children(i).size());
    if (open[i] == 0) build(i);
  }
  for (size_t next = 0; next < queue.size(); ++next)
    for (uint32_t use : graph.uses(queue[next]))
      if (is_allowed(use) && --open[use] == 0) build(use);
  return built;
}

std::vector<uint32_t> CountUsers(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate) {
  std::vector<uint32_t> users(graph.class_count());
  VisitUsed(graph, candidate, [&](uint32_t /*cls*/, uint32_t chosen) {
    for (uint32_t child : graph.children(chosen)) ++users[child];
  });
  return users;
}

}  // namespace eqsat::engine
