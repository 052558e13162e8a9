// Why two class ids are one class: the chain of merges between them.
#ifndef EQSAT_ENGINE_EXPLAIN_UNION_FOREST_H_
#define EQSAT_ENGINE_EXPLAIN_UNION_FOREST_H_

#include <cstdint>
#include <span>
#include <vector>

#include "engine/egraph/egraph.h"

namespace eqsat::engine {

// Each recorded merge joined two classes that were apart, so the records are the edges of a forest
// over class ids, with one tree per class. Built once; the graph must not change meanwhile.
class UnionForest {
 public:
  explicit UnionForest(const EGraph& egraph);

  // The reasons on the path between two ids of one class, in order, with repetitions.
  std::vector<ReasonId> Path(ClassId a, ClassId b) const;

 private:
  struct Link {
    ClassId parent;  // invalid at a root
    ReasonId reason;
    uint32_t depth = 0;
  };
  std::vector<Link> links_;  // by class id
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_UNION_FOREST_H_
