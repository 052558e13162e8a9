#include "engine/explain/contributions.h"

#include <algorithm>
#include <tuple>

#include "engine/explain/union_forest.h"

namespace eqsat::engine {
namespace {

// The class ids under which the nodes of `initial` were added, by the canonical class they are in.
std::vector<std::vector<ClassId>> InitialIds(const EGraph& egraph,
                                             std::span<const NodeId> initial) {
  std::vector<std::vector<ClassId>> ids(egraph.class_id_limit());
  for (NodeId node : initial) {
    ClassId original = egraph.original_class(node);
    ids[egraph.Find(original).value()].push_back(original);
  }
  return ids;
}

}  // namespace

std::vector<Contribution> Contributions(const CleanView& view, const Extraction& extraction,
                                        std::span<const NodeId> initial) {
  const EGraph& egraph = view.egraph();
  UnionForest forest(egraph);
  std::vector<std::vector<ClassId>> initial_ids = InitialIds(egraph, initial);
  std::vector<size_t> classes(egraph.reason_count());
  for (ClassId cls : extraction.order) {
    NodeId chosen = extraction.choice[cls.value()];
    std::vector<ReasonId> reasons = {egraph.node(chosen).created_by};
    for (ClassId id : initial_ids[cls.value()])
      for (ReasonId reason : forest.Path(id, egraph.original_class(chosen)))
        reasons.push_back(reason);
    std::ranges::sort(reasons);
    auto repeated = std::ranges::unique(reasons);
    reasons.erase(repeated.begin(), repeated.end());
    for (ReasonId reason : reasons) ++classes[reason.value()];
  }
  std::vector<Contribution> result;
  for (size_t i = 0; i < classes.size(); ++i)
    if (classes[i] > 0 && ReasonId(i) != EGraph::kInput)
      result.push_back({ReasonId(i), classes[i]});
  std::ranges::stable_sort(result, std::ranges::greater(), &Contribution::classes);
  return result;
}

}  // namespace eqsat::engine
