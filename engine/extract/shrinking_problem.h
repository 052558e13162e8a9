// An extraction problem while it is being made smaller.
#ifndef EQSAT_ENGINE_EXTRACT_SHRINKING_PROBLEM_H_
#define EQSAT_ENGINE_EXTRACT_SHRINKING_PROBLEM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/extract/choice_graph.h"

namespace eqsat::engine {

// Class 0 is the only root. Every class but the root is reachable and can be built, no node uses
// its own class, and children are sorted, each once. A class without nodes is gone.
struct ShrinkingProblem {
  static constexpr uint32_t kRoot = 0;
  static constexpr uint32_t kNone = ChoiceGraph::kNone;

  // What a node stands for: a candidate of the original, or two other recipes together.
  struct Recipe {
    uint32_t first;
    uint32_t second = kNone;
  };
  struct Node {
    double cost;
    std::vector<uint32_t> children;
    uint32_t recipe;
  };

  std::vector<std::vector<Node>> classes;
  std::vector<Recipe> recipes;
  std::vector<uint32_t> defaults;  // recipes of classes that were left out of all children

  size_t node_count() const;
};

// `graph` with a root class before its classes.
ShrinkingProblem StartShrinking(const ChoiceGraph& graph);

// Takes away what no program below the root can contain. False if the root cannot be built.
bool Prune(ShrinkingProblem* problem);

// Leaves out classes that cost nothing, and merges classes into their only user where the number of
// nodes does not grow. True if anything changed; Prune must follow.
bool MergeClasses(ShrinkingProblem* problem);

// Drops nodes and children by what each class needs; see Reduction. `upper_bound` is the cost of a
// known solution; returns a bound from below for all. Sets `changed`; Prune must follow.
double DropByNeeds(ShrinkingProblem* problem, double upper_bound, bool* changed);

// The problem with its classes numbered anew, the root first; sources of nodes are recipes.
ChoiceGraph ToChoiceGraph(const ShrinkingProblem& problem);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_SHRINKING_PROBLEM_H_
