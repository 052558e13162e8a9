// What changed in a graph since a group of rules last searched it.
#ifndef EQSAT_ENGINE_SATURATE_NEWS_H_
#define EQSAT_ENGINE_SATURATE_NEWS_H_

#include <cstddef>

#include "engine/egraph/egraph.h"
#include "engine/egraph/flat_array.h"
#include "engine/pattern/change_set.h"
#include "engine/pattern/fresh_rows.h"

namespace eqsat::engine {

// Collects changes over several rebuilds; Update turns what came since the last one into what a
// repeated search looks at. Of the nodes that there were at the first Update nothing is known.
class News {
 public:
  void Add(FlatArray<ClassChange> changes, FlatArray<RenamedNode> renamed);
  // The graph is clean. `max_depth`: see ChangeSet; 0 if nobody asks for changes().
  void Update(const EGraph& egraph, size_t max_depth);

  const ChangeSet& changes() const { return change_set_; }
  const FreshRows& fresh() const { return fresh_; }

 private:
  FlatArray<ClassChange> changes_;
  FlatArray<RenamedNode> renamed_;
  size_t first_new_ = 0;     // nodes from here on are new
  size_t nodes_before_ = 0;  // that were alive before them
  ChangeSet change_set_;
  FreshRows fresh_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_SATURATE_NEWS_H_
