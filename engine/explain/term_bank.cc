#include "engine/explain/term_bank.h"

#include <algorithm>

namespace eqsat::engine {

uint32_t HashTerm(OpId op, AttrId attrs, std::span<const TermId> children) {
  uint64_t hash = (uint64_t{op.value()} << 32 | attrs.value()) * 0x9E3779B97F4A7C15u;
  for (TermId child : children) {
    hash = (hash ^ (hash >> 29) ^ child.value()) * 0xBF58476D1CE4E5B9u;
  }
  return static_cast<uint32_t>((hash ^ (hash >> 31)) * 0xD6E8FEB86659FD93u >> 32);
}

TermId TermBank::Add(OpId op, AttrId attrs, std::span<const TermId> children) {
  uint32_t hash = HashTerm(op, attrs, children);
  NodeId found = table_.Find(hash, [&](NodeId id) {
    const Node& node = nodes_[id.value()];
    return node.op == op && node.attrs == attrs &&
           std::ranges::equal(this->children(TermId(id.value())), children);
  });
  if (found.valid()) return TermId(found.value());
  TermId id(nodes_.size());
  nodes_.push_back(
      {op, attrs, static_cast<uint32_t>(children_.size()), static_cast<uint32_t>(children.size())});
  children_.insert(children_.end(), children.begin(), children.end());
  table_.Insert(hash, NodeId(id.value()));
  return id;
}

TermId TermCopier::Copy(TermId term) {
  std::vector<TermId> open = {term};
  std::vector<TermId> children;
  while (!open.empty()) {
    TermId id = open.back();
    children.clear();
    size_t waiting = open.size();
    for (TermId child : from_.children(id)) {
      children.push_back(copies_[child.value()]);
      if (!children.back().valid()) open.push_back(child);
    }
    if (open.size() > waiting) continue;
    open.pop_back();
    if (!copies_[id.value()].valid())
      copies_[id.value()] = to_.Add(from_.op(id), from_.attrs(id), children);
  }
  return copies_[term.value()];
}

}  // namespace eqsat::engine
