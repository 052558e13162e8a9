// Which nodes have something new at or below them: where a repeated search must look.
#ifndef EQSAT_ENGINE_PATTERN_CHANGE_SET_H_
#define EQSAT_ENGINE_PATTERN_CHANGE_SET_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/egraph/ids.h"

namespace eqsat::engine {

// The distance of a node to a change: 0 if the node is new, else one more than that of the nearest
// class among its children, where a class that changed has distance 0. A match that was not there
// before has, at one of its roots, a distance of at most the depth of the pattern.
class ChangeSet {
 public:
  // Depths up to this are told apart; deeper patterns are searched everywhere.
  static constexpr size_t kMaxDepth = 8;

  // Measures distances up to `max_depth` from `changes` and from the nodes with ids from
  // `first_new` on. Gives up, and then holds everything, where that would not pay.
  void Update(const EGraph& egraph, std::span<const ClassChange> changes, size_t first_new,
              size_t max_depth);

  // Whether nothing is known: every node must be looked at.
  bool everything() const { return everything_; }
  // Of the nodes of `op`, those at any distance.
  std::span<const NodeId> nodes(OpId op) const { return op_nodes_[op.value()]; }
  // Whether the node is within `depth` of a change. With `class_data`, a node of a class that was
  // altered counts as new.
  bool Within(NodeId id, size_t depth, bool class_data) const {
    if (id.value() >= distances_.size()) return false;
    const Distance& distance = distances_[id.value()];
    return (class_data ? distance.with_data : distance.pattern) <= depth;
  }

 private:
  static constexpr uint8_t kFar = 255;
  struct Distance {
    uint8_t pattern = kFar;
    uint8_t with_data = kFar;
  };
  void Clear();
  void Reach(const EGraph& egraph, NodeId id, uint8_t pattern, uint8_t with_data);
  bool Spread(const EGraph& egraph, size_t max_depth);

  bool everything_ = true;
  std::vector<Distance> distances_;            // by node
  std::vector<NodeId> reached_;                // nodes with a distance
  std::vector<std::vector<NodeId>> op_nodes_;  // the same, by operator
  std::vector<bool> class_seen_;
  std::vector<ClassId> frontier_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_CHANGE_SET_H_
