#include "engine/extract/totalizer.h"

#include <algorithm>
#include <utility>

namespace eqsat::engine {

Totalizer::Totalizer(std::span<const Literal> inputs) {
  for (Literal input : inputs) nodes_.push_back({.outputs = {input}});
  // Joining the two oldest each time keeps the tree balanced.
  for (size_t next = 0; next + 1 < nodes_.size(); next += 2)
    nodes_.push_back({.left = next,
                      .right = next + 1,
                      .size = nodes_[next].size + nodes_[next + 1].size,
                      .outputs = {}});
}

Literal Totalizer::AtLeast(size_t count, ClauseSolver* solver) {
  if (nodes_.back().outputs.size() < count)
    for (Node& node : nodes_) Extend(&node, std::min(count, node.size), solver);
  return nodes_.back().outputs[count - 1];
}

void Totalizer::Extend(Node* node, size_t bound, ClauseSolver* solver) {
  if (node->left == node->right) return;
  const std::vector<Literal>& left = nodes_[node->left].outputs;
  const std::vector<Literal>& right = nodes_[node->right].outputs;
  while (node->outputs.size() < bound) {
    size_t sum = node->outputs.size() + 1;
    Literal output = Positive(solver->AddVariable());
    for (size_t i = sum - std::min(sum, right.size()); i <= std::min(sum, left.size()); ++i) {
      std::vector<Literal> clause = {output};
      if (i > 0) clause.push_back(~left[i - 1]);
      if (i < sum) clause.push_back(~right[sum - i - 1]);
      solver->AddClause(std::move(clause));
    }
    if (sum > 1) solver->AddClause({~output, node->outputs.back()});
    node->outputs.push_back(output);
  }
}

}  // namespace eqsat::engine
