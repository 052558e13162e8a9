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
  return MakeOfTerm(from_, term, &copies_, [&](TermId id, std::span<const TermId> children) {
    return to_.Add(from_.op(id), from_.attrs(id), children);
  });
}

}  // namespace eqsat::engine
