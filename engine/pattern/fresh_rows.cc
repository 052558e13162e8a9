#include "engine/pattern/fresh_rows.h"

namespace eqsat::engine {

void FreshRows::Update(const EGraph& egraph, std::span<const NodeId> renamed, size_t first_new) {
  for (auto& nodes : op_nodes_) nodes.clear();
  renamed_.clear();
  first_new_ = first_new;
  size_t fresh = renamed.size() + egraph.node_id_limit() - first_new;
  everything_ = fresh * 2 > egraph.node_count();
  if (everything_) return;
  op_nodes_.resize(egraph.signature().op_count());
  renamed_.resize(first_new);
  auto add = [&](NodeId id) {
    if (egraph.alive(id)) op_nodes_[egraph.op(id).value()].push_back(id);
  };
  for (NodeId id : renamed) {
    renamed_[id.value()] = 1;
    add(id);
  }
  for (size_t i = first_new; i < egraph.node_id_limit(); ++i) add(NodeId(i));
}

}  // namespace eqsat::engine
