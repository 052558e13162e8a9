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

// Seen as rows (children, class) of a table per operator, a match of a pattern was there before if
// none of its rows is new, and none was renamed in a column that the pattern compares with another
// (Step::compared): what a rule said of the match by its old names, congruence says of the new
// ones. Such rows are fresh. So looking once from each operator of the pattern at the fresh rows,
// with rows that are not fresh at the operators before it, finds each new match once and no old
// one.
class FreshRows {
 public:
  // `renamed`: rows that changed (EGraph::TakeRenamed, perhaps several times); the nodes from
  // `first_new` on are new, and `nodes_before` were alive before them.
  void Update(const EGraph& egraph, std::span<const RenamedNode> renamed, size_t first_new,
              size_t nodes_before);

  // Whether so much is fresh that a search which looks at every row, and leaves out the matches
  // without a fresh one, takes no longer. There are no nodes() then.
  bool everything() const { return everything_; }
  // Whether a row is new, or renamed in one of the columns.
  bool Contains(NodeId id, NodeColumns columns) const {
    return id.value() >= first_new_ || (renamed_[id.value()] & columns) != 0;
  }
  // The nodes of an operator that are alive, and new or renamed in any column.
  std::span<const NodeId> nodes(OpId op) const { return op_nodes_[op.value()]; }

 private:
  bool everything_ = true;
  size_t first_new_ = 0;
  std::vector<uint8_t> renamed_;               // by node: columns
  std::vector<std::vector<NodeId>> op_nodes_;  // by operator
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_FRESH_ROWS_H_
