#include "engine/extract/optional_costs.h"

#include <algorithm>
#include <limits>
#include <span>

#include "engine/extract/settle.h"

namespace eqsat::engine {
namespace {

// The classes, children before users, as far as cycles leave any such order.
std::vector<uint32_t> ChildrenFirst(const ChoiceGraph& graph) {
  std::vector<uint32_t> open(graph.class_count());
  std::vector<uint32_t> order;
  for (uint32_t cls = 0; cls < graph.class_count(); ++cls) {
    open[cls] = graph.first_child[graph.first_candidate[cls + 1]] -
                graph.first_child[graph.first_candidate[cls]];
    if (open[cls] == 0) order.push_back(cls);
  }
  for (size_t i = 0; i < order.size(); ++i)
    for (uint32_t use : graph.uses(order[i]))
      if (--open[graph.owner[use]] == 0) order.push_back(graph.owner[use]);
  return order;
}

}  // namespace

OptionalCosts::OptionalCosts(const ChoiceGraph& original)
    : original_candidates(original.candidate_count()) {
  // Names of classes: those of the original, then for each negative candidate the candidate as a
  // class and the question whether to keep it.
  size_t count = original.class_count();
  std::vector<uint32_t> negative;
  std::vector<uint32_t> number(original.candidate_count(), ChoiceGraph::kNone);
  for (uint32_t i = 0; i < original.candidate_count(); ++i) {
    if (original.cost[i] >= 0) continue;
    number[i] = static_cast<uint32_t>(negative.size());
    negative.push_back(i);
    offset += original.cost[i];
  }
  auto as_class = [&](uint32_t i) { return static_cast<uint32_t>(count + 2 * number[i]); };

  ChoiceGraphBuilder builder(count + 2 * negative.size());
  for (uint32_t root : original.roots) builder.AddRoot(root);
  for (uint32_t i : negative) builder.AddRoot(as_class(i) + 1);
  for (uint32_t cls; builder.NextClass(&cls);) {
    if (cls >= count) {
      uint32_t i = negative[(cls - count) / 2];
      if ((cls - count) % 2 == 0) {
        builder.AddCandidate(i, 0, original.children(i));
      } else {
        uint32_t kept = as_class(i);
        builder.AddCandidate(ChoiceGraph::kNone, 0, std::span(&kept, 1));
        builder.AddCandidate(ChoiceGraph::kNone, -original.cost[i], {});
      }
      continue;
    }
    for (uint32_t i = original.first_candidate[cls]; i < original.first_candidate[cls + 1]; ++i) {
      if (number[i] == ChoiceGraph::kNone) {
        builder.AddCandidate(i, original.cost[i], original.children(i));
      } else {
        uint32_t kept = as_class(i);
        builder.AddCandidate(ChoiceGraph::kNone, 0, std::span(&kept, 1));
      }
    }
  }
  graph = builder.Finish();
}

std::vector<bool> OptionalCosts::KeptBy(const std::vector<uint32_t>& choice) const {
  std::vector<bool> kept(original_candidates);
  for (uint32_t cls : UsedClasses(graph, choice)) {
    uint32_t source = graph.source_node[choice[cls]];
    if (source != ChoiceGraph::kNone) kept[source] = true;
  }
  return kept;
}

bool IsAcyclic(const ChoiceGraph& graph) {
  return ChildrenFirst(graph).size() == graph.class_count();
}

double AcyclicTreeCost(const ChoiceGraph& graph) {
  std::vector<double> cost(graph.class_count(), std::numeric_limits<double>::infinity());
  for (uint32_t cls : ChildrenFirst(graph)) {
    for (uint32_t i = graph.first_candidate[cls]; i < graph.first_candidate[cls + 1]; ++i) {
      double sum = graph.cost[i];
      for (uint32_t child : graph.children(i)) sum += cost[child];
      cost[cls] = std::min(cost[cls], sum);
    }
  }
  double sum = 0;
  for (uint32_t root : graph.roots) sum += cost[root];
  return sum;
}

}  // namespace eqsat::engine
