// Which rules an extracted program owes its difference from the input to.
#ifndef EQSAT_ENGINE_EXPLAIN_CONTRIBUTIONS_H_
#define EQSAT_ENGINE_EXPLAIN_CONTRIBUTIONS_H_

#include <cstddef>
#include <span>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/extract/extractor.h"

namespace eqsat::engine {

struct Contribution {
  ReasonId reason;
  size_t classes = 0;  // of the program in which it had a part
};

// For each class of the extracted program: the rule that made the chosen node, and the rules on the
// chain of merges between that node and the nodes of `initial` in its class. The input itself is
// left out. By falling number of classes, then by reason.
std::vector<Contribution> Contributions(const CleanView& view, const Extraction& extraction,
                                        std::span<const NodeId> initial);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_CONTRIBUTIONS_H_
