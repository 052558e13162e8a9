#include "engine/extract/extractor.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/extract/choice_graph.h"
#include "engine/extract/egraph_choices.h"
#include "engine/extract/settle.h"
#include "engine/extract/sharing_search.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

absl::Status CheckRoots(const EGraph& egraph, const EGraphChoices& choices, const Choice& choice) {
  for (uint32_t root : choices.graph.roots) {
    if (choice.candidate[root] != ChoiceGraph::kNone) continue;
    NodeId first = egraph.class_nodes(choices.class_id(root)).front();
    return base::InvalidArgument(
        "no term of finite cost for the root class %d (which has a node of '%s')",
        choices.class_id(root).value(), std::string(egraph.signature().name(egraph.op(first))));
  }
  return absl::OkStatus();
}

// The choice of the caller's nodes; other classes are settled around them.
Choice InitialChoice(const EGraph& egraph, const EGraphChoices& choices,
                     std::span<const NodeId> initial) {
  const ChoiceGraph& graph = choices.graph;
  std::vector<uint32_t> fixed(graph.class_count(), ChoiceGraph::kNone);
  for (NodeId node : initial) {
    uint32_t candidate = choices.CandidateOf(egraph, node);
    if (candidate == ChoiceGraph::kNone) continue;
    uint32_t& slot = fixed[graph.owner[candidate]];
    if (slot == ChoiceGraph::kNone) slot = candidate;
  }
  return Settle(graph, fixed, {});
}

Choice Improved(const ChoiceGraph& graph, Choice start, size_t max_sweeps) {
  SharingSearch search(graph, std::move(start));
  search.Run(max_sweeps);
  return {.candidate = search.candidate(), .order = search.order(), .tree_cost = {}};
}

// Writes the choice down and checks it: acyclic, complete, its cost summed from scratch.
void Finish(const EGraphChoices& choices, const Choice& choice, size_t class_id_limit,
            Extraction* result) {
  const ChoiceGraph& graph = choices.graph;
  result->choice.assign(class_id_limit, NodeId());
  std::vector<bool> used(graph.class_count());
  for (uint32_t root : graph.roots) used[root] = true;
  for (size_t i = choice.order.size(); i-- > 0;)
    if (used[choice.order[i]])
      for (uint32_t child : graph.children(choice.candidate[choice.order[i]])) used[child] = true;
  std::vector<bool> done(graph.class_count());
  result->cost = 0;
  for (uint32_t cls : choice.order) {
    uint32_t candidate = choice.candidate[cls];
    result->choice[choices.class_id(cls).value()] = choices.node(candidate);
    if (!used[cls]) continue;
    for (uint32_t child : graph.children(candidate)) EQSAT_CHECK(done[child]);
    done[cls] = true;
    result->order.push_back(choices.class_id(cls));
    result->cost += graph.cost[candidate];
  }
  for (uint32_t root : graph.roots) EQSAT_CHECK(done[root]);
}

}  // namespace

absl::StatusOr<Extraction> Extract(const CleanView& view, std::span<const ClassId> roots,
                                   const NodeCost& cost, const ExtractOptions& options) {
  const EGraph& egraph = view.egraph();
  EQSAT_ASSIGN_OR_RETURN(EGraphChoices choices, BuildEGraphChoices(egraph, roots, cost));
  const ChoiceGraph& graph = choices.graph;
  Choice tree = Settle(graph, {}, {});
  EQSAT_RETURN_IF_ERROR(CheckRoots(egraph, choices, tree));
  Extraction result;
  result.tree_choice_cost = SharedCost(graph, tree.candidate);
  result.initial_cost = std::numeric_limits<double>::infinity();
  Choice best = std::move(tree);
  double best_cost = result.tree_choice_cost;
  auto consider = [&](Choice choice) {
    double choice_cost = SharedCost(graph, choice.candidate);
    if (choice_cost >= best_cost) return;
    best_cost = choice_cost;
    best = std::move(choice);
  };
  Choice start = options.max_sweeps > 0 ? SettleShared(graph, best) : best;
  if (!options.initial.empty()) {
    Choice initial = InitialChoice(egraph, choices, options.initial);
    result.initial_cost = SharedCost(graph, initial.candidate);
    bool complete = result.initial_cost < std::numeric_limits<double>::infinity();
    if (complete) consider(initial);
    if (complete && options.max_sweeps > 0)
      consider(Improved(graph, std::move(initial), options.max_sweeps));
  }
  if (options.max_sweeps > 0) consider(Improved(graph, std::move(start), options.max_sweeps));
  Finish(choices, best, egraph.class_id_limit(), &result);
  return result;
}

}  // namespace eqsat::engine
