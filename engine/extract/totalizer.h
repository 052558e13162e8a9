// Counting literals with clauses.
#ifndef EQSAT_ENGINE_EXTRACT_TOTALIZER_H_
#define EQSAT_ENGINE_EXTRACT_TOTALIZER_H_

#include <cstddef>
#include <span>
#include <vector>

#include "engine/extract/clause_solver.h"

namespace eqsat::engine {

// Literals that become true when so many inputs are. Clauses are made for as far as they are asked
// for.
class Totalizer {
 public:
  explicit Totalizer(std::span<const Literal> inputs);

  size_t size() const { return nodes_.back().size; }
  // True whenever `count` inputs or more are; 1 <= count <= size().
  Literal AtLeast(size_t count, ClauseSolver* solver);

 private:
  struct Node {
    size_t left = 0, right = 0;    // nodes; equal for a leaf
    size_t size = 1;               // inputs below
    std::vector<Literal> outputs;  // at least 1, 2, …
  };
  void Extend(Node* node, size_t bound, ClauseSolver* solver);

  std::vector<Node> nodes_;  // children first
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_TOTALIZER_H_
