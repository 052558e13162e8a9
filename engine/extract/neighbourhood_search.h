// Improves a choice by solving small parts of it anew.
#ifndef EQSAT_ENGINE_EXTRACT_NEIGHBOURHOOD_SEARCH_H_
#define EQSAT_ENGINE_EXTRACT_NEIGHBOURHOOD_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "engine/extract/choice_graph.h"

namespace eqsat::engine {

// Each round frees the classes near one that is used, holds every other used class to its choice,
// and reduces and searches what is left; a result that is no worse is kept. Pseudo-random with a
// fixed seed: the same calls give the same results.
class NeighbourhoodSearch {
 public:
  // `candidate`: by class, acyclic, and complete below the roots.
  NeighbourhoodSearch(const ChoiceGraph& graph, std::vector<uint32_t> candidate);

  // True if it got cheaper.
  bool Round();
  // Goes on from a choice found elsewhere.
  void Restart(std::vector<uint32_t> candidate);

  const std::vector<uint32_t>& candidate() const { return candidate_; }
  double cost() const { return cost_; }

 private:
  // By class: whether it may choose anew.
  std::vector<bool> Ball(const std::vector<uint32_t>& used);
  uint32_t Random(size_t bound);

  const ChoiceGraph& graph_;
  std::vector<uint32_t> candidate_;
  double cost_;
  // Candidates that a neighbourhood may free; grows while rounds are fruitless.
  size_t size_;
  size_t fruitless_ = 0;
  std::mt19937 random_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_NEIGHBOURHOOD_SEARCH_H_
