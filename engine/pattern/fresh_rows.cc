#include "engine/pattern/fresh_rows.h"

#include <algorithm>

namespace eqsat::engine {

void FreshRows::Update(const EGraph& egraph, std::span<const RenamedNode> renamed, size_t first_new,
                       size_t nodes_before) {
  for (auto& nodes : op_nodes_) nodes.clear();
  renamed_.clear();
  first_new_ = first_new;
  // Most nodes that turn out to be duplicates are new ones.
  size_t fresh = renamed.size() + egraph.node_count() - std::min(nodes_before, egraph.node_count());
  everything_ = fresh * 4 > egraph.node_count() * 3;
  renamed_.resize(first_new);
  op_nodes_.resize(egraph.signature().op_count());
  auto add = [&](NodeId id) {
    if (!everything_ && egraph.alive(id)) op_nodes_[egraph.op(id).value()].push_back(id);
  };
  for (const RenamedNode& node : renamed) {
    if (node.id.value() >= first_new) continue;
    NodeColumns& columns = renamed_[node.id.value()];
    if (columns == 0) add(node.id);
    columns |= node.columns;
  }
  for (size_t i = first_new; i < egraph.node_id_limit(); ++i) add(NodeId(i));
}

}  // namespace eqsat::engine
