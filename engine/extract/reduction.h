// Makes an extraction problem smaller without losing its best solution.
#ifndef EQSAT_ENGINE_EXTRACT_REDUCTION_H_
#define EQSAT_ENGINE_EXTRACT_REDUCTION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/extract/choice_graph.h"
#include "engine/extract/shrinking_problem.h"

namespace eqsat::engine {

// A smaller problem with one root, class 0, whose best cost is that of the problem it was made
// from, and the way back from its solutions. Costs must be at least 0.
//
// What makes it smaller: classes that can be had for nothing are left out; a class that only one
// other class can use is chosen together with that class's node (small-width elimination); a node
// goes when what it needs contains its own class, when another node of its class is at least as
// cheap with whatever the two need, or when the classes it makes necessary cost more than a known
// solution; a child goes when another child cannot be had without it. Needs are the classes that
// every program for a class contains.
class Reduction {
 public:
  // Solutions that cost more than `upper_bound` may be lost.
  Reduction(const ChoiceGraph& graph, double upper_bound);

  const ChoiceGraph& reduced() const { return reduced_; }
  // False if a root cannot be built.
  bool feasible() const { return feasible_; }
  // From a candidate by class of the reduced problem to one by class of the original; kNone where
  // the solution needs none. The original must outlive this.
  std::vector<uint32_t> Lift(const std::vector<uint32_t>& choice) const;
  // What every solution costs at least.
  double lower_bound() const { return lower_bound_; }

 private:
  void Expand(uint32_t recipe, std::vector<uint32_t>* choice) const;

  const ChoiceGraph& original_;
  ChoiceGraph reduced_;  // its source nodes are recipes
  bool feasible_ = true;
  double lower_bound_ = 0;
  std::vector<ShrinkingProblem::Recipe> recipes_;
  std::vector<uint32_t> defaults_;  // recipes of classes that were left out
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_REDUCTION_H_
