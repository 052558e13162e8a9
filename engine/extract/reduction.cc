#include "engine/extract/reduction.h"

#include <algorithm>
#include <utility>

namespace eqsat::engine {
namespace {

// Rounds of all tests; nearly everything goes in the first few.
constexpr int kMostRounds = 12;

}  // namespace

Reduction::Reduction(const ChoiceGraph& graph, double upper_bound) : original_(graph) {
  ShrinkingProblem problem = StartShrinking(graph);
  feasible_ = Prune(&problem);
  bool changed = feasible_;
  for (int round = 0; changed && round < kMostRounds; ++round) {
    while (feasible_ && MergeClasses(&problem)) feasible_ = Prune(&problem);
    if (!feasible_) return;
    lower_bound_ = std::max(lower_bound_, DropByNeeds(&problem, upper_bound, &changed));
    feasible_ = Prune(&problem);
  }
  if (!feasible_) return;
  reduced_ = ToChoiceGraph(problem);
  recipes_ = std::move(problem.recipes);
  defaults_ = std::move(problem.defaults);
}

std::vector<uint32_t> Reduction::Lift(const std::vector<uint32_t>& choice) const {
  std::vector<uint32_t> lifted(original_.class_count(), ChoiceGraph::kNone);
  std::vector<bool> used(reduced_.class_count());
  std::vector<uint32_t> stack = {0};
  used[0] = true;
  while (!stack.empty()) {
    uint32_t candidate = choice[stack.back()];
    stack.pop_back();
    Expand(reduced_.source_node[candidate], &lifted);
    for (uint32_t child : reduced_.children(candidate)) {
      if (used[child]) continue;
      used[child] = true;
      stack.push_back(child);
    }
  }
  for (uint32_t recipe : defaults_) Expand(recipe, &lifted);
  return lifted;
}

void Reduction::Expand(uint32_t recipe, std::vector<uint32_t>* choice) const {
  std::vector<uint32_t> stack = {recipe};
  while (!stack.empty()) {
    ShrinkingProblem::Recipe top = recipes_[stack.back()];
    stack.pop_back();
    if (top.second != ChoiceGraph::kNone) {
      stack.push_back(top.first);
      stack.push_back(top.second);
    } else if (top.first != ChoiceGraph::kNone) {
      uint32_t& slot = (*choice)[original_.owner[top.first]];
      if (slot == ChoiceGraph::kNone) slot = top.first;
    }
  }
}

}  // namespace eqsat::engine
