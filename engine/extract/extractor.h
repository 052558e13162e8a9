// Chooses one node per class so that the program rooted at given classes is cheap.
//
// Cost counts a shared class once (DAG cost). The result is acyclic, its cost is recomputed from
// scratch, and it is never worse than a choice the caller passes in.
#ifndef EQSAT_ENGINE_EXTRACT_EXTRACTOR_H_
#define EQSAT_ENGINE_EXTRACT_EXTRACTOR_H_

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"

namespace eqsat::engine {

// What a node costs by itself, in any unit: at least 0; infinity means never to choose it.
using NodeCost = std::function<double(const NodeView&)>;

struct ExtractOptions {
  // Nodes of a program known to be good, such as the input: at most one per class counts, the
  // first. They need not cover every class they use.
  std::span<const NodeId> initial;
  // Sweeps of sharing-aware improvement; 0 gives the best tree cost only. Each sweep and each start
  // does a bounded amount of work, counted in nodes visited.
  size_t max_sweeps = 16;
};

struct Extraction {
  // By class id, for canonical classes: the chosen node; invalid where no finite choice exists.
  // Chosen for all classes; the program itself is the part below the roots.
  std::vector<NodeId> choice;
  // The classes below the roots, each once, children before parents.
  std::vector<ClassId> order;
  // The cost of the nodes chosen for `order`.
  double cost = 0;
  // The cost of the best tree-wise choice, and of `initial` (infinity if not complete).
  double tree_start_cost = 0;
  double initial_cost = 0;
};

// Fails if a root has no node of finite cost, or `cost` gives a negative value or NaN.
absl::StatusOr<Extraction> Extract(const CleanView& view, std::span<const ClassId> roots,
                                   const NodeCost& cost, const ExtractOptions& options = {});

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_EXTRACTOR_H_
