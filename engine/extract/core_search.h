// Bounds an extraction problem from below until the bound meets a solution.
#ifndef EQSAT_ENGINE_EXTRACT_CORE_SEARCH_H_
#define EQSAT_ENGINE_EXTRACT_CORE_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "engine/extract/choice_graph.h"
#include "engine/extract/clause_solver.h"
#include "engine/extract/totalizer.h"

namespace eqsat::engine {

// States the problem in clauses: a needed class has a chosen candidate, and what a chosen candidate
// uses is needed. First everything that costs is assumed away. Each refutation names a few costs of
// which one must be paid: a core. The bound grows by the least of them, and how many of them are
// paid becomes a cost of its own. Dear costs are assumed away before cheap ones. When nothing is
// refuted, the model is a best solution.
//
// Cycles are forbidden when a model has one: some class of the cycle must have a candidate that
// uses none of them.
class CoreSearch {
 public:
  // Looks only for solutions below `upper_bound`. Costs must be at least 0, and every class must
  // have a candidate.
  CoreSearch(const ChoiceGraph& graph, double upper_bound);

  // Works for about `conflicts`, and less if it ends.
  void Round(size_t conflicts);
  // True when there is no cheaper solution than the upper bound.
  bool ended() const { return ended_; }
  // No solution costs less than this and the upper bound.
  double lower_bound() const { return static_cast<double>(lower_) / scale_; }

  // The best solution so far, or empty: by class, kNone where none is needed. Its cost is the upper
  // bound from then on.
  const std::vector<uint32_t>& candidate() const { return candidate_; }
  void LowerUpperBound(double cost);

 private:
  // A refuted set of costs, before it becomes a cost.
  struct Core {
    std::vector<Literal> paid;
    int64_t weight;
  };
  // An assumption that says "fewer than `count`" of a totalizer.
  struct Counted {
    size_t totalizer;
    size_t count;
  };

  void SetScale(double upper_bound);
  int64_t Scaled(double cost) const;
  void StateProblem();
  void AddWeight(Literal assumption, int64_t weight);
  std::vector<Literal> Assumptions() const;
  void TakeCore(std::vector<Literal> core);
  // Makes it smaller where that is easy.
  void Shrink(std::vector<Literal>* core);
  void CountCores();
  void CountFurther(Literal literal, int64_t weight);
  // What can no longer be paid below the upper bound becomes a clause.
  void Harden();
  void TakeModel();
  void LowerStratum();
  // `built`: by class, the candidate of the model that was built, or kNone.
  void ForbidCycles(const std::vector<uint32_t>& built);
  void AddLoopClauses(const std::vector<uint32_t>& loop);
  int64_t ScaledCost(const std::vector<uint32_t>& candidate) const;

  const ChoiceGraph& graph_;
  double scale_ = 1;
  ClauseSolver solver_;
  std::vector<Literal> needed_;  // by class
  std::vector<Literal> chosen_;  // by candidate
  std::vector<int64_t> weight_;  // by literal code: what the assumption costs when it is broken
  std::vector<Literal> soft_;    // every literal that ever had a weight
  std::map<uint32_t, Counted> counted_;  // by literal code
  std::vector<Totalizer> totalizers_;
  std::vector<Core> pending_;
  int64_t stratum_ = 0;  // lighter assumptions wait
  int64_t lower_ = 0;
  int64_t upper_ = 0;
  std::vector<uint32_t> candidate_;
  bool ended_ = false;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_CORE_SEARCH_H_
