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
  // A program known to be good, such as the input: its nodes, children before their users. Of
  // several nodes of one class the first counts. Classes it does not cover are filled in.
  std::span<const NodeId> initial;
  // Sweeps of sharing-aware improvement; 0 gives the best tree cost, or `initial` if that is
  // better. The work is bounded and counted in nodes visited, never in time.
  size_t max_sweeps = 16;
};

struct Extraction {
  // By class id, for the canonical classes that are reachable from the roots: the chosen node;
  // invalid where no finite choice exists. The program itself is the part below the roots.
  std::vector<NodeId> choice;
  // The classes below the roots, each once, children before parents.
  std::vector<ClassId> order;
  // The cost of the nodes chosen for `order`.
  double cost = 0;
  // The same for the choice with the best tree cost, and for `initial` (infinity without one).
  double tree_choice_cost = 0;
  double initial_cost = 0;
};

// Fails if a root has no node of finite cost, or `cost` gives a negative value or NaN.
absl::StatusOr<Extraction> Extract(const CleanView& view, std::span<const ClassId> roots,
                                   const NodeCost& cost, const ExtractOptions& options = {});

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_EXTRACTOR_H_
