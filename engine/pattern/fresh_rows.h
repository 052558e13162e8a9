// Which e-nodes are new, or have had a child or their class renamed by a merge.
#ifndef EQSAT_ENGINE_PATTERN_FRESH_ROWS_H_
#define EQSAT_ENGINE_PATTERN_FRESH_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/egraph/ids.h"

namespace eqsat::engine {

// Seen as rows (children, class) of a table per operator, a match of a pattern was there before
// exactly if none of its rows is fresh. So looking once from each operator of the pattern at the
// fresh rows, with rows that are not fresh at the operators before it, finds each new match once
// and no old one.
class FreshRows {
 public:
  // `renamed`: rows that changed (EGraph::TakeRenamed); the nodes from `first_new` on are new.
  void Update(const EGraph& egraph, std::span<const NodeId> renamed, size_t first_new);

  // Whether so much is fresh that a search of everything takes no longer.
  bool everything() const { return everything_; }
  bool Contains(NodeId id) const { return id.value() >= first_new_ || renamed_[id.value()] != 0; }
  // The fresh nodes of an operator that are alive.
  std::span<const NodeId> nodes(OpId op) const { return op_nodes_[op.value()]; }

 private:
  bool everything_ = true;
  size_t first_new_ = 0;
  std::vector<uint8_t> renamed_;               // by node
  std::vector<std::vector<NodeId>> op_nodes_;  // by operator
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_FRESH_ROWS_H_
