// Small choice graphs for tests of extraction, and their best costs by trying everything.
#ifndef EQSAT_TESTS_ENGINE_CHOICE_GRAPHS_H_
#define EQSAT_TESTS_ENGINE_CHOICE_GRAPHS_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "engine/extract/choice_graph.h"

namespace eqsat::engine::testing {

struct TestNode {
  double cost;
  std::vector<uint32_t> children;
};
// By class: its nodes. Sources of candidates are numbered through.
using TestClasses = std::vector<std::vector<TestNode>>;

inline ChoiceGraph MakeGraph(const TestClasses& classes, const std::vector<uint32_t>& roots) {
  std::vector<uint32_t> first;
  uint32_t count = 0;
  for (const auto& nodes : classes) {
    first.push_back(count);
    count += static_cast<uint32_t>(nodes.size());
  }
  ChoiceGraphBuilder builder(classes.size());
  for (uint32_t root : roots) builder.AddRoot(root);
  for (uint32_t cls; builder.NextClass(&cls);)
    for (uint32_t i = 0; i < classes[cls].size(); ++i)
      builder.AddCandidate(first[cls] + i, classes[cls][i].cost, classes[cls][i].children);
  return builder.Finish();
}

// Up to `most_nodes` nodes for each class. Children come from all classes, or from later ones only.
inline TestClasses RandomClasses(std::mt19937& random, uint32_t class_count, uint32_t most_nodes,
                                 bool cyclic, int least_cost) {
  auto below = [&](uint32_t bound) { return static_cast<uint32_t>(random() % bound); };
  TestClasses classes(class_count);
  for (uint32_t cls = 0; cls < class_count; ++cls) {
    uint32_t first = cyclic ? 0 : cls + 1;
    for (uint32_t i = 1 + below(most_nodes); i > 0; --i) {
      TestNode node{.cost = static_cast<double>(least_cost + static_cast<int>(below(6))),
                    .children = {}};
      for (uint32_t c = below(4); c > 0 && first < class_count; --c)
        node.children.push_back(first + below(class_count - first));
      classes[cls].push_back(node);
    }
  }
  return classes;
}

// The least cost of a set of candidates that builds the roots, tried over all sets; infinity if
// none does. A set builds a class when one of its members does from classes built before; every
// member must be built.
inline double BestCostOfAll(const ChoiceGraph& graph) {
  double best = std::numeric_limits<double>::infinity();
  size_t count = graph.candidate_count();
  for (uint32_t set = 0; set < (uint32_t{1} << count); ++set) {
    double cost = 0;
    for (uint32_t i = 0; i < count; ++i)
      if (set >> i & 1) cost += graph.cost[i];
    if (cost >= best) continue;
    uint64_t built = 0;
    uint32_t members = 0;
    for (uint64_t before = ~uint64_t{0}; before != (built | uint64_t{members} << 32);) {
      before = built | uint64_t{members} << 32;
      for (uint32_t i = 0; i < count; ++i) {
        if (!(set >> i & 1)) continue;
        bool ready = true;
        for (uint32_t child : graph.children(i)) ready &= built >> child & 1;
        if (!ready) continue;
        members |= uint32_t{1} << i;
        built |= uint64_t{1} << graph.owner[i];
      }
    }
    bool complete = members == set;
    for (uint32_t root : graph.roots) complete &= built >> root & 1;
    if (complete) best = cost;
  }
  return best;
}

// The costs of all acyclic programs for the roots, the cheapest first: sets of candidates with one
// of each class that a root needs and nothing else.
inline std::vector<double> CostsOfAllChoices(const ChoiceGraph& graph) {
  std::vector<double> costs;
  size_t count = graph.candidate_count();
  for (uint32_t set = 0; set < (uint32_t{1} << count); ++set) {
    std::vector<uint32_t> chosen(graph.class_count(), ChoiceGraph::kNone);
    bool fits = true;
    double cost = 0;
    for (uint32_t i = 0; i < count && fits; ++i) {
      if (!(set >> i & 1)) continue;
      fits = chosen[graph.owner[i]] == ChoiceGraph::kNone;
      chosen[graph.owner[i]] = i;
      cost += graph.cost[i];
    }
    // 1 while below a class, 2 when done with it: a class met while 1 closes a cycle.
    std::vector<int> state(graph.class_count());
    auto visit = [&](auto& self, uint32_t cls) -> bool {
      if (state[cls] > 0 || chosen[cls] == ChoiceGraph::kNone) return state[cls] == 2;
      state[cls] = 1;
      for (uint32_t child : graph.children(chosen[cls]))
        if (!self(self, child)) return false;
      state[cls] = 2;
      return true;
    };
    for (uint32_t root : graph.roots) fits = fits && visit(visit, root);
    for (uint32_t cls = 0; cls < graph.class_count(); ++cls)
      fits = fits && (state[cls] == 2 || chosen[cls] == ChoiceGraph::kNone);
    if (fits) costs.push_back(cost);
  }
  std::sort(costs.begin(), costs.end());
  return costs;
}

}  // namespace eqsat::engine::testing

#endif  // EQSAT_TESTS_ENGINE_CHOICE_GRAPHS_H_
