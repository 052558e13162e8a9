// The choices that an e-graph offers.
#ifndef EQSAT_ENGINE_EXTRACT_EGRAPH_CHOICES_H_
#define EQSAT_ENGINE_EXTRACT_EGRAPH_CHOICES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/extract/choice_graph.h"
#include "engine/extract/extractor.h"

namespace eqsat::engine {

// A choice graph whose sources are ClassIds and NodeIds.
struct EGraphChoices {
  ChoiceGraph graph;
  std::vector<uint32_t> number;  // by ClassId: the class of the graph, or kNone

  ClassId class_id(uint32_t cls) const { return ClassId(graph.source_class[cls]); }
  NodeId node(uint32_t candidate) const { return NodeId(graph.source_node[candidate]); }
  // The candidate that is this node, or kNone.
  uint32_t CandidateOf(const EGraph& egraph, NodeId node) const;
};

// Fails if `cost` gives a negative value or NaN.
absl::StatusOr<EGraphChoices> BuildEGraphChoices(const EGraph& egraph,
                                                 std::span<const ClassId> roots,
                                                 const NodeCost& cost);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_EGRAPH_CHOICES_H_
