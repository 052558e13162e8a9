#include "engine/pattern/change_set.h"

#include <algorithm>
#include <utility>

namespace eqsat::engine {

void ChangeSet::Clear() {
  for (NodeId id : reached_) distances_[id.value()] = {};
  reached_.clear();
  for (auto& nodes : op_nodes_) nodes.clear();
  frontier_.clear();
  everything_ = false;
}

void ChangeSet::Update(const EGraph& egraph, std::span<const ClassChange> changes, size_t first_new,
                       size_t max_depth) {
  Clear();
  if ((egraph.node_id_limit() - first_new) * 2 > egraph.node_count()) {
    everything_ = true;
    return;
  }
  distances_.resize(egraph.node_id_limit());
  op_nodes_.resize(egraph.signature().op_count());
  class_seen_.assign(egraph.class_id_limit(), false);
  for (size_t i = first_new; i < egraph.node_id_limit(); ++i) Reach(egraph, NodeId(i), 0, 0);
  for (const ClassChange& change : changes) {
    const ClassId cls = egraph.Find(change.cls);
    if (!class_seen_[cls.value()]) frontier_.push_back(cls);
    class_seen_[cls.value()] = true;
    if (!change.altered) continue;
    for (NodeId id : egraph.class_nodes(cls)) Reach(egraph, id, kFar, 0);
  }
  everything_ = !Spread(egraph, max_depth);
}

void ChangeSet::Reach(const EGraph& egraph, NodeId id, uint8_t pattern, uint8_t with_data) {
  if (!egraph.alive(id)) return;
  Distance& distance = distances_[id.value()];
  if (distance.pattern == kFar && distance.with_data == kFar) {
    reached_.push_back(id);
    op_nodes_[egraph.op(id).value()].push_back(id);
  }
  distance.pattern = std::min(distance.pattern, pattern);
  distance.with_data = std::min(distance.with_data, with_data);
}

// Goes up from the changed classes, one level of uses at a time. False if that is too much work.
bool ChangeSet::Spread(const EGraph& egraph, size_t max_depth) {
  size_t budget = egraph.node_count();
  for (size_t level = 1; level <= max_depth && !frontier_.empty(); ++level) {
    std::vector<ClassId> previous = std::exchange(frontier_, {});
    for (ClassId cls : previous) {
      std::span<const NodeId> uses = egraph.class_uses(cls);
      if (uses.size() > budget) return false;
      budget -= uses.size();
      for (NodeId use : uses) {
        if (!egraph.alive(use)) continue;
        Reach(egraph, use, static_cast<uint8_t>(level), static_cast<uint8_t>(level));
        ClassId above = egraph.node(use).cls;
        if (class_seen_[above.value()]) continue;
        class_seen_[above.value()] = true;
        frontier_.push_back(above);
      }
    }
  }
  return true;
}

}  // namespace eqsat::engine
