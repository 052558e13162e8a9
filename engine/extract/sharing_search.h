// Local search for a cheaper choice when shared classes are paid for once.
#ifndef EQSAT_ENGINE_EXTRACT_SHARING_SEARCH_H_
#define EQSAT_ENGINE_EXTRACT_SHARING_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/extract/choice_graph.h"
#include "engine/extract/settle.h"

namespace eqsat::engine {

// Holds a complete acyclic choice and reference counts of the part below the roots. A move changes
// the choice of one class; what it gains is exact: the nodes it alone needs are added, the nodes
// that only the old choice needed are taken away. Moves that would close a cycle are refused, by
// keeping a topological order of all classes.
//
// The work is bounded by counting visits, so the result does not depend on the machine's speed.
class SharingSearch {
 public:
  // Visits in all sweeps together, about half a second's worth.
  static constexpr size_t kDefaultWork = 150'000'000;

  // `start` must build every root.
  SharingSearch(const ChoiceGraph& graph, Choice start, size_t max_work = kDefaultWork);

  // Repeats sweeps until one gains nothing.
  void Run(size_t max_sweeps);

  // Sum of the costs of what is used now.
  double cost() const { return cost_; }
  const std::vector<uint32_t>& candidate() const { return candidate_; }
  // All classes that can be built, children of choices before their users.
  const std::vector<uint32_t>& order() const { return order_; }

 private:
  bool Sweep();
  bool ImproveClass(uint32_t cls);
  bool TryPinned(uint32_t cls);
  bool WorthPinning(uint32_t cls) const;

  // The change of cost if `cls` chose `candidate`; nothing if that makes a cycle or is too much
  // work to find out. Leaves everything as it was.
  std::optional<double> Gain(uint32_t cls, uint32_t candidate);
  void Choose(uint32_t cls, uint32_t candidate);

  // Adds (removes) one reference to each class, and below those that were not (are no longer) used;
  // returns the cost of these. Add gives up, undone, after `max_visits`.
  std::optional<double> AddReferences(std::span<const uint32_t> classes, size_t max_visits);
  double RemoveReferences(std::span<const uint32_t> classes);

  bool Buildable(uint32_t candidate) const;
  // Collects into below_, and marks, what `from` needs and comes after `cls` in the order. False if
  // `cls` is among it, or it is more than `max_visits` classes.
  bool CollectBelow(uint32_t from, uint32_t cls, size_t max_visits);
  // Moves what `child` needs before `cls` in the order.
  void OrderBefore(uint32_t child, uint32_t cls);

  const ChoiceGraph& graph_;
  std::vector<uint32_t> candidate_;  // by class
  std::vector<uint32_t> order_;
  std::vector<uint32_t> position_;  // by class: in order_
  std::vector<uint32_t> references_;
  double cost_ = 0;
  size_t work_left_ = 0;

  std::vector<uint32_t> stack_;
  std::vector<uint32_t> below_;
  std::vector<uint32_t> mark_;  // by class: the walk that saw it last
  uint32_t walk_ = 0;
  std::vector<std::pair<uint32_t, uint32_t>>* journal_ = nullptr;  // (class, former candidate)
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_SHARING_SEARCH_H_
