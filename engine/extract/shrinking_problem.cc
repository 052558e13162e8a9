#include "engine/extract/shrinking_problem.h"

#include <algorithm>

namespace eqsat::engine {
namespace {

using Node = ShrinkingProblem::Node;

// By class: whether it can be built, found by counting the open children of each node.
std::vector<bool> Buildable(const ShrinkingProblem& problem) {
  struct Place {
    uint32_t cls, node;
  };
  std::vector<std::vector<Place>> users(problem.classes.size());
  std::vector<std::vector<uint32_t>> open(problem.classes.size());
  std::vector<bool> buildable(problem.classes.size());
  std::vector<uint32_t> queue;
  auto build = [&](uint32_t cls) {
    if (buildable[cls]) return;
    buildable[cls] = true;
    queue.push_back(cls);
  };
  for (uint32_t cls = 0; cls < problem.classes.size(); ++cls) {
    for (uint32_t i = 0; i < problem.classes[cls].size(); ++i) {
      const Node& node = problem.classes[cls][i];
      open[cls].push_back(static_cast<uint32_t>(node.children.size()));
      for (uint32_t child : node.children) users[child].push_back({cls, i});
      if (node.children.empty()) build(cls);
    }
  }
  while (!queue.empty()) {
    uint32_t cls = queue.back();
    queue.pop_back();
    for (Place use : users[cls])
      if (--open[use.cls][use.node] == 0) build(use.cls);
  }
  return buildable;
}

std::vector<bool> Reachable(const ShrinkingProblem& problem) {
  std::vector<bool> reached(problem.classes.size());
  std::vector<uint32_t> stack = {ShrinkingProblem::kRoot};
  reached[ShrinkingProblem::kRoot] = true;
  while (!stack.empty()) {
    uint32_t cls = stack.back();
    stack.pop_back();
    for (const Node& node : problem.classes[cls]) {
      for (uint32_t child : node.children) {
        if (reached[child]) continue;
        reached[child] = true;
        stack.push_back(child);
      }
    }
  }
  return reached;
}

}  // namespace

size_t ShrinkingProblem::node_count() const {
  size_t count = 0;
  for (const std::vector<Node>& nodes : classes) count += nodes.size();
  return count;
}

ShrinkingProblem StartShrinking(const ChoiceGraph& graph) {
  ShrinkingProblem problem;
  problem.classes.resize(graph.class_count() + 1);
  auto sorted = [](std::span<const uint32_t> classes) {
    std::vector<uint32_t> children;
    for (uint32_t cls : classes) children.push_back(cls + 1);
    std::ranges::sort(children);
    children.erase(std::unique(children.begin(), children.end()), children.end());
    return children;
  };
  for (uint32_t i = 0; i < graph.candidate_count(); ++i) {
    problem.recipes.push_back({i});
    problem.classes[graph.owner[i] + 1].push_back({graph.cost[i], sorted(graph.children(i)), i});
  }
  uint32_t nothing = static_cast<uint32_t>(problem.recipes.size());
  problem.recipes.push_back({ShrinkingProblem::kNone});
  problem.classes[ShrinkingProblem::kRoot].push_back({0, sorted(graph.roots), nothing});
  return problem;
}

bool Prune(ShrinkingProblem* problem) {
  std::vector<bool> buildable = Buildable(*problem);
  if (!buildable[ShrinkingProblem::kRoot]) return false;
  for (std::vector<Node>& nodes : problem->classes) {
    std::erase_if(nodes, [&](const Node& node) {
      return !std::ranges::all_of(node.children, [&](uint32_t child) { return buildable[child]; });
    });
  }
  std::vector<bool> reached = Reachable(*problem);
  for (uint32_t cls = 0; cls < problem->classes.size(); ++cls)
    if (!reached[cls]) problem->classes[cls].clear();
  return true;
}

ChoiceGraph ToChoiceGraph(const ShrinkingProblem& problem) {
  ChoiceGraphBuilder builder(problem.classes.size());
  builder.AddRoot(ShrinkingProblem::kRoot);
  for (uint32_t cls; builder.NextClass(&cls);)
    for (const Node& node : problem.classes[cls])
      builder.AddCandidate(node.recipe, node.cost, node.children);
  return builder.Finish();
}

}  // namespace eqsat::engine
