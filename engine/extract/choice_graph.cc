#include "engine/extract/choice_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace eqsat::engine {

uint32_t ChoiceGraphBuilder::Number(uint32_t source_class) {
  uint32_t& number = number_[source_class];
  if (number == ChoiceGraph::kNone) {
    number = static_cast<uint32_t>(graph_.source_class.size());
    graph_.source_class.push_back(source_class);
  }
  return number;
}

bool ChoiceGraphBuilder::NextClass(uint32_t* source_class) {
  size_t cls = graph_.first_candidate.size();
  if (cls == graph_.class_count()) return false;
  graph_.first_candidate.push_back(static_cast<uint32_t>(graph_.candidate_count()));
  *source_class = graph_.source_class[cls];
  return true;
}

void ChoiceGraphBuilder::AddCandidate(uint32_t source_node, double cost,
                                      std::span<const uint32_t> children) {
  if (std::isinf(cost)) return;
  uint32_t owner = static_cast<uint32_t>(graph_.first_candidate.size() - 1);
  if (std::ranges::count(children, graph_.source_class[owner]) > 0) return;
  graph_.source_node.push_back(source_node);
  graph_.owner.push_back(owner);
  graph_.cost.push_back(cost);
  graph_.first_child.push_back(static_cast<uint32_t>(graph_.child_list.size()));
  for (uint32_t child : children) graph_.child_list.push_back(Number(child));
}

ChoiceGraph ChoiceGraphBuilder::Finish() {
  graph_.first_candidate.push_back(static_cast<uint32_t>(graph_.candidate_count()));
  graph_.first_child.push_back(static_cast<uint32_t>(graph_.child_list.size()));
  IndexUses();
  return std::move(graph_);
}

void ChoiceGraphBuilder::IndexUses() {
  std::vector<uint32_t>& first = graph_.first_use;
  first.assign(graph_.class_count() + 1, 0);
  for (uint32_t child : graph_.child_list) ++first[child + 1];
  for (size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  graph_.use_list.resize(graph_.child_list.size());
  std::vector<uint32_t> next(first.begin(), first.end() - 1);
  for (uint32_t candidate = 0; candidate < graph_.candidate_count(); ++candidate)
    for (uint32_t child : graph_.children(candidate)) graph_.use_list[next[child]++] = candidate;
}

ChoiceGraph Restrict(const ChoiceGraph& graph, absl::FunctionRef<bool(uint32_t)> is_allowed) {
  ChoiceGraphBuilder builder(graph.class_count());
  for (uint32_t root : graph.roots) builder.AddRoot(root);
  for (uint32_t cls; builder.NextClass(&cls);)
    for (uint32_t i = graph.first_candidate[cls]; i < graph.first_candidate[cls + 1]; ++i)
      if (is_allowed(i)) builder.AddCandidate(i, graph.cost[i], graph.children(i));
  return builder.Finish();
}

}  // namespace eqsat::engine
