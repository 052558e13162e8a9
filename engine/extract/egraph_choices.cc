#include "engine/extract/egraph_choices.h"

#include <cmath>
#include <string>

#include "ir/base/status.h"

namespace eqsat::engine {

uint32_t EGraphChoices::CandidateOf(const EGraph& egraph, NodeId node) const {
  if (!egraph.alive(node)) {
    NodeView view = egraph.node(node);
    node = egraph.LookUpNode(view.op, view.attrs, view.children);
    if (!node.valid()) return ChoiceGraph::kNone;
  }
  uint32_t cls = number[egraph.node(node).cls.value()];
  if (cls == ChoiceGraph::kNone) return ChoiceGraph::kNone;
  for (uint32_t i = graph.first_candidate[cls]; i < graph.first_candidate[cls + 1]; ++i)
    if (graph.source_node[i] == node.value()) return i;
  return ChoiceGraph::kNone;
}

absl::StatusOr<EGraphChoices> BuildEGraphChoices(const EGraph& egraph,
                                                 std::span<const ClassId> roots,
                                                 const NodeCost& cost) {
  ChoiceGraphBuilder builder(egraph.class_id_limit());
  for (ClassId root : roots) builder.AddRoot(egraph.Find(root).value());
  std::vector<uint32_t> children;
  for (uint32_t cls; builder.NextClass(&cls);) {
    for (NodeId id : egraph.class_nodes(ClassId(cls))) {
      NodeView node = egraph.node(id);
      double node_cost = cost(node);
      if (std::isnan(node_cost) || node_cost < 0)
        return base::InvalidArgument("the cost of a node of '%s' is %g, not a number of at least 0",
                                     std::string(egraph.signature().name(node.op)), node_cost);
      children.clear();
      for (ClassId child : node.children) children.push_back(child.value());
      builder.AddCandidate(id.value(), node_cost, children);
    }
  }
  std::vector<uint32_t> number = builder.number();
  return EGraphChoices{.graph = builder.Finish(), .number = std::move(number)};
}

}  // namespace eqsat::engine
