// Complete acyclic choices, made bottom-up.
#ifndef EQSAT_ENGINE_EXTRACT_SETTLE_H_
#define EQSAT_ENGINE_EXTRACT_SETTLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/extract/choice_graph.h"

namespace eqsat::engine {

// One candidate per class, acyclic: in `order` a class comes after all the children of its choice.
struct Choice {
  std::vector<uint32_t> candidate;  // by class; kNone for a class that cannot be built
  std::vector<uint32_t> order;      // the classes that can be built
  std::vector<double> tree_cost;    // by class, with every use paid for (or its share, see below)
};

// Settles one class after another, the cheapest first, each with the cheapest candidate whose
// children are settled. That is the best tree cost for each class.
//
// `fixed`, by class, names the only candidate that is allowed, or kNone; empty for no restriction.
// `users`, by class, divides what a class costs each of its users, as if they shared it; empty for
// tree cost. The choice then leans towards sharing, but is not the best in any sense.
Choice Settle(const ChoiceGraph& graph, std::span<const uint32_t> fixed,
              std::span<const uint32_t> users);

// The best of `tree` (the choice of best tree cost) and of some choices that lean towards sharing,
// by what the roots need in all.
Choice SettleShared(const ChoiceGraph& graph, Choice tree);

// The cost of what the roots need, each class counted once; infinity if a root cannot be built.
double SharedCost(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate);

// The classes that the roots need, breadth-first from the roots.
std::vector<uint32_t> UsedClasses(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate);

// By class: the first of the candidates that `is_allowed` whose children are built, or kNone.
// Linear.
std::vector<uint32_t> BuildFrom(const ChoiceGraph& graph,
                                absl::FunctionRef<bool(uint32_t)> is_allowed);

// How many chosen nodes below the roots use each class.
std::vector<uint32_t> CountUsers(const ChoiceGraph& graph, const std::vector<uint32_t>& candidate);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_SETTLE_H_
