#include "engine/interchange/serialized_choices.h"

#include <vector>

#include "engine/extract/optional_costs.h"
#include "engine/extract/settle.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::engine {

ChoiceGraph ChoicesOf(const SerializedEGraph& egraph) {
  size_t class_count = egraph.classes.size();
  std::vector<uint32_t> first(class_count + 1);
  for (const SerializedEGraph::Node& node : egraph.nodes) ++first[node.cls + 1];
  for (size_t i = 0; i < class_count; ++i) first[i + 1] += first[i];
  std::vector<uint32_t> members(egraph.nodes.size());
  std::vector<uint32_t> next(first.begin(), first.end() - 1);
  for (uint32_t i = 0; i < egraph.nodes.size(); ++i) members[next[egraph.nodes[i].cls]++] = i;

  ChoiceGraphBuilder builder(class_count);
  for (uint32_t root : egraph.roots) builder.AddRoot(root);
  std::vector<uint32_t> children;
  for (uint32_t cls; builder.NextClass(&cls);) {
    for (uint32_t i = first[cls]; i < first[cls + 1]; ++i) {
      const SerializedEGraph::Node& node = egraph.nodes[members[i]];
      if (node.subsumed) continue;
      children.clear();
      for (uint32_t child : egraph.children(node)) children.push_back(egraph.nodes[child].cls);
      builder.AddCandidate(members[i], node.cost, children);
    }
  }
  return builder.Finish();
}

absl::Status CheckSolvable(const SerializedEGraph& egraph, const ChoiceGraph& graph) {
  Choice choice = Settle(graph, {}, {});
  for (size_t i = 0; i < graph.roots.size(); ++i)
    if (choice.candidate[graph.roots[i]] == ChoiceGraph::kNone)
      return base::InvalidArgument("root_eclasses[%d]: the class '%s' has no term without cycles",
                                   i, base::Absl(egraph.classes[egraph.roots[i]]));
  if (IsAcyclic(graph)) return absl::OkStatus();
  for (uint32_t i = 0; i < graph.candidate_count(); ++i)
    if (graph.cost[i] < 0)
      return base::InvalidArgument(
          "nodes['%s']: cost: %g is negative, and the e-graph has cycles: no best tree exists",
          base::Absl(egraph.nodes[graph.source_node[i]].id), graph.cost[i]);
  return absl::OkStatus();
}

}  // namespace eqsat::engine
