#include "engine/extract/choice_graph.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

class Builder {
 public:
  Builder(const EGraph& egraph, const NodeCost& cost) : egraph_(egraph), cost_(cost) {
    graph_.number.assign(egraph.class_id_limit(), ChoiceGraph::kNone);
  }

  absl::StatusOr<ChoiceGraph> Build(std::span<const ClassId> roots) {
    for (ClassId root : roots) graph_.roots.push_back(Number(egraph_.Find(root)));
    // Numbering a class appends it, so this loop is a breadth-first walk.
    for (uint32_t cls = 0; cls < graph_.class_ids.size(); ++cls) {
      graph_.first_candidate.push_back(static_cast<uint32_t>(graph_.nodes.size()));
      for (NodeId id : egraph_.class_nodes(graph_.class_ids[cls]))
        EQSAT_RETURN_IF_ERROR(AddCandidate(cls, egraph_.node(id)));
    }
    graph_.first_candidate.push_back(static_cast<uint32_t>(graph_.nodes.size()));
    graph_.first_child.push_back(static_cast<uint32_t>(graph_.child_list.size()));
    IndexUses();
    return std::move(graph_);
  }

 private:
  uint32_t Number(ClassId id) {
    uint32_t& number = graph_.number[id.value()];
    if (number == ChoiceGraph::kNone) {
      number = static_cast<uint32_t>(graph_.class_ids.size());
      graph_.class_ids.push_back(id);
    }
    return number;
  }

  absl::Status AddCandidate(uint32_t cls, const NodeView& node) {
    double cost = cost_(node);
    if (std::isnan(cost) || cost < 0)
      return base::InvalidArgument("the cost of a node of '%s' is %g, not a number of at least 0",
                                   std::string(egraph_.signature().name(node.op)), cost);
    if (std::isinf(cost)) return absl::OkStatus();
    if (std::ranges::count(node.children, node.cls) > 0) return absl::OkStatus();
    graph_.nodes.push_back(node.id);
    graph_.owner.push_back(cls);
    graph_.cost.push_back(cost);
    graph_.first_child.push_back(static_cast<uint32_t>(graph_.child_list.size()));
    for (ClassId child : node.children) graph_.child_list.push_back(Number(child));
    return absl::OkStatus();
  }

  void IndexUses() {
    std::vector<uint32_t>& first = graph_.first_use;
    first.assign(graph_.class_count() + 1, 0);
    for (uint32_t child : graph_.child_list) ++first[child + 1];
    for (size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
    graph_.use_list.resize(graph_.child_list.size());
    std::vector<uint32_t> next(first.begin(), first.end() - 1);
    for (uint32_t candidate = 0; candidate < graph_.candidate_count(); ++candidate)
      for (uint32_t child : graph_.children(candidate)) graph_.use_list[next[child]++] = candidate;
  }

  const EGraph& egraph_;
  const NodeCost& cost_;
  ChoiceGraph graph_;
};

}  // namespace

uint32_t ChoiceGraph::CandidateOf(const EGraph& egraph, NodeId node) const {
  if (!egraph.alive(node)) {
    NodeView view = egraph.node(node);
    node = egraph.LookUpNode(view.op, view.attrs, view.children);
    if (!node.valid()) return kNone;
  }
  uint32_t cls = number[egraph.node(node).cls.value()];
  if (cls == kNone) return kNone;
  for (uint32_t i = first_candidate[cls]; i < first_candidate[cls + 1]; ++i)
    if (nodes[i] == node) return i;
  return kNone;
}

absl::StatusOr<ChoiceGraph> BuildChoiceGraph(const EGraph& egraph, std::span<const ClassId> roots,
                                             const NodeCost& cost) {
  return Builder(egraph, cost).Build(roots);
}

}  // namespace eqsat::engine
