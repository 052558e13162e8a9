// What an extraction chooses from, in flat arrays; it knows nothing of where the nodes came from.
#ifndef EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_
#define EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"

namespace eqsat::engine {

// The classes reachable from the roots over nodes of finite cost, numbered from 0, and those nodes
// ("candidates"), numbered so that the ones of a class are neighbours. A node that uses its own
// class is left out: no acyclic choice can contain it. ChoiceGraphBuilder makes it.
struct ChoiceGraph {
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  std::vector<uint32_t> source_class;     // by class: what the origin calls it
  std::vector<uint32_t> first_candidate;  // by class, and one more
  std::vector<uint32_t> roots;            // classes

  std::vector<uint32_t> source_node;  // by candidate: what the origin calls it
  std::vector<uint32_t> owner;        // by candidate: its class
  std::vector<double> cost;           // by candidate
  std::vector<uint32_t> first_child;  // by candidate, and one more
  std::vector<uint32_t> child_list;   // classes, as often as they occur

  std::vector<uint32_t> first_use;  // by class, and one more
  std::vector<uint32_t> use_list;   // candidates, once for each occurrence of the class

  size_t class_count() const { return source_class.size(); }
  size_t candidate_count() const { return source_node.size(); }
  std::span<const uint32_t> children(uint32_t candidate) const {
    return {child_list.data() + first_child[candidate],
            child_list.data() + first_child[candidate + 1]};
  }
  std::span<const uint32_t> uses(uint32_t cls) const {
    return {use_list.data() + first_use[cls], use_list.data() + first_use[cls + 1]};
  }
};

// Makes a ChoiceGraph by a breadth-first walk from the roots:
//
//   for (uint32_t root : roots) builder.AddRoot(root);
//   while (builder.NextClass(&cls)) for (each node of cls) builder.AddCandidate(...);
//
// Classes are named as the origin names them, below `class_limit`.
class ChoiceGraphBuilder {
 public:
  explicit ChoiceGraphBuilder(size_t class_limit) : number_(class_limit, ChoiceGraph::kNone) {}

  void AddRoot(uint32_t source_class) { graph_.roots.push_back(Number(source_class)); }
  // The next class whose nodes are to be added; false when all are.
  bool NextClass(uint32_t* source_class);
  // `children` are source classes. Leaves out a node of infinite cost or that uses its own class.
  void AddCandidate(uint32_t source_node, double cost, std::span<const uint32_t> children);
  ChoiceGraph Finish();

  // By source class: the class, or kNone.
  const std::vector<uint32_t>& number() const { return number_; }

 private:
  uint32_t Number(uint32_t source_class);
  void IndexUses();

  ChoiceGraph graph_;
  std::vector<uint32_t> number_;
};

// What is left of `graph` below its roots with only the candidates that `is_allowed`. The numbers
// of `graph` are the source's names. Linear.
ChoiceGraph Restrict(const ChoiceGraph& graph, absl::FunctionRef<bool(uint32_t)> is_allowed);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_CHOICE_GRAPH_H_
