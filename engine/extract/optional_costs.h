// Problems with negative costs, as problems without them.
#ifndef EQSAT_ENGINE_EXTRACT_OPTIONAL_COSTS_H_
#define EQSAT_ENGINE_EXTRACT_OPTIONAL_COSTS_H_

#include <cstdint>
#include <vector>

#include "engine/extract/choice_graph.h"

namespace eqsat::engine {

// A solution is a set of candidates: each class of a root has one, and so has each child of a
// member, without cycles. Where costs are at least 0 the best set holds one candidate per class
// that a root needs. A candidate of negative cost is worth keeping by itself, so the best set may
// hold several of a class and some that no root needs.
//
// That is the same as paying for what is left out: a candidate of cost -w costs nothing, and a root
// of its own asks either for it or for w. So `graph` has two classes more for each such candidate,
// and a solution of it costs `offset` less than it says.
struct OptionalCosts {
  explicit OptionalCosts(const ChoiceGraph& original);

  // By candidate of the original, from a choice by class of `graph`.
  std::vector<bool> KeptBy(const std::vector<uint32_t>& choice) const;

  ChoiceGraph graph;  // sources: candidates of the original, or kNone
  double offset = 0;  // at most 0
  size_t original_candidates;
};

// Every class is left out of a cycle through any candidates.
bool IsAcyclic(const ChoiceGraph& graph);

// The best tree cost of the roots together where costs may be negative; the graph must be acyclic.
double AcyclicTreeCost(const ChoiceGraph& graph);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_OPTIONAL_COSTS_H_
