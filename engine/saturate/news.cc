#include "engine/saturate/news.h"

#include <span>
#include <utility>

namespace eqsat::engine {

namespace {

template <typename T>
void Append(FlatArray<T> items, FlatArray<T>* all) {
  if (all->empty()) {
    *all = std::move(items);
  } else {
    all->append(items.data(), items.size());
  }
}

}  // namespace

void News::Add(FlatArray<ClassChange> changes, FlatArray<RenamedNode> renamed) {
  Append(std::move(changes), &changes_);
  Append(std::move(renamed), &renamed_);
}

void News::Update(const EGraph& egraph, size_t max_depth) {
  const std::span<const ClassChange> changes(changes_.data(), changes_.size());
  if (max_depth > 0) change_set_.Update(egraph, changes, first_new_, max_depth);
  fresh_.Update(egraph, {renamed_.data(), renamed_.size()}, first_new_, nodes_before_);
  changes_.reset();
  renamed_.reset();
  first_new_ = egraph.node_id_limit();
  nodes_before_ = egraph.node_count();
}

}  // namespace eqsat::engine
