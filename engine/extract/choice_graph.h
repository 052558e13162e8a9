// The part of an e-graph that an extraction chooses from, in flat arrays.
#ifndef EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_
#define EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/extract/extractor.h"

namespace eqsat::engine {

// The classes reachable from the roots over nodes of finite cost, numbered from 0, and those nodes
// ("candidates"), numbered so that the ones of a class are neighbours. A node that uses its own
// class is left out: no acyclic choice can contain it.
struct ChoiceGraph {
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  std::vector<ClassId> class_ids;         // by class
  std::vector<uint32_t> first_candidate;  // by class, and one more
  std::vector<uint32_t> number;           // by ClassId: the class, or kNone
  std::vector<uint32_t> roots;            // classes

  std::vector<NodeId> nodes;          // by candidate
  std::vector<uint32_t> owner;        // by candidate: its class
  std::vector<double> cost;           // by candidate
  std::vector<uint32_t> first_child;  // by candidate, and one more
  std::vector<uint32_t> child_list;   // classes

  std::vector<uint32_t> first_use;  // by class, and one more
  std::vector<uint32_t> use_list;   // candidates, once for each occurrence of the class

  size_t class_count() const { return class_ids.size(); }
  size_t candidate_count() const { return nodes.size(); }
  std::span<const uint32_t> children(uint32_t candidate) const {
    return {child_list.data() + first_child[candidate],
            child_list.data() + first_child[candidate + 1]};
  }
  std::span<const uint32_t> uses(uint32_t cls) const {
    return {use_list.data() + first_use[cls], use_list.data() + first_use[cls + 1]};
  }
  // The candidate that is this node, or kNone.
  uint32_t CandidateOf(const EGraph& egraph, NodeId node) const;
};

// Fails if `cost` gives a negative value or NaN.
absl::StatusOr<ChoiceGraph> BuildChoiceGraph(const EGraph& egraph, std::span<const ClassId> roots,
                                             const NodeCost& cost);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_
