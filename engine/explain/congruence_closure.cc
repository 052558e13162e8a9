#include "engine/explain/congruence_closure.h"

#include <algorithm>
#include <utility>

#include "ir/base/check.h"

namespace eqsat::engine {

CongruenceClosure::CongruenceClosure(const TermBank* bank, const Signature* signature)
    : bank_(*bank), uses_(bank->size()), entered_(bank->size()), edges_(bank->size()) {
  for (size_t i = 0; i < signature->op_count(); ++i)
    commutes_.push_back(signature->commutativity(OpId(i)) != Commutativity::kOrdered);
  size_.assign(bank->size(), 1);
  for (size_t i = 0; i < bank->size(); ++i) class_.push_back(TermId(i));
  next_ = class_;
  for (size_t i = 0; i < bank->size(); ++i) {
    for (TermId child : bank_.children(TermId(i))) {
      auto& uses = uses_[child.value()];
      if (uses.size == 0 || lists_.Get(uses).back() != TermId(i)) lists_.Append(&uses, TermId(i));
    }
    Enter(TermId(i));
  }
  Settle();
}

std::span<const TermId> CongruenceClosure::Key(TermId id, std::vector<TermId>* key) const {
  key->clear();
  for (TermId child : bank_.children(id)) key->push_back(Find(child));
  if (Commutes(id)) std::ranges::sort(*key);
  return *key;
}

uint32_t CongruenceClosure::Hash(TermId id) const {
  return HashTerm(bank_.op(id), bank_.attrs(id), Key(id, &key_));
}

void CongruenceClosure::Enter(TermId id) {
  uint32_t hash = Hash(id);
  std::span<const TermId> key = key_;
  NodeId found = table_.Find(hash, [&](NodeId entry) {
    TermId other(entry.value());
    return bank_.op(other) == bank_.op(id) && bank_.attrs(other) == bank_.attrs(id) &&
           std::ranges::equal(Key(other, &other_key_), key);
  });
  if (!found.valid()) {
    table_.Insert(hash, NodeId(id.value()));
    entered_[id.value()] = true;
    return;
  }
  TermId other(found.value());
  auto same_class = [&](TermId a, TermId b) { return Find(a) == Find(b); };
  bool straight = std::ranges::equal(bank_.children(id), bank_.children(other), same_class);
  pending_.push_back({id, other, straight ? kCongruence : kExchanged});
}

void CongruenceClosure::Leave(TermId id) {
  if (!entered_[id.value()]) return;
  table_.Erase(Hash(id), NodeId(id.value()));
  entered_[id.value()] = false;
}

void CongruenceClosure::Merge(TermId a, TermId b, uint32_t equation) {
  pending_.push_back({a, b, equation});
  Settle();
}

void CongruenceClosure::Settle() {
  for (size_t i = 0; i < pending_.size(); ++i) Join(Pending(pending_[i]));
  pending_.clear();
}

// Turns the smaller tree so that the merge's term in it is the root, and hangs it below the other.
void CongruenceClosure::AddEdge(const Pending& merge) {
  Edge above = {merge.b, merge.reason};
  for (TermId id = merge.a; id.valid();) {
    Edge own = std::exchange(edges_[id.value()], above);
    above = {id, own.reason};
    id = own.parent;
  }
}

void CongruenceClosure::Join(const Pending& merge) {
  if (Same(merge.a, merge.b)) return;
  bool a_is_smaller = size_[Find(merge.a).value()] <= size_[Find(merge.b).value()];
  TermId from = Find(a_is_smaller ? merge.a : merge.b);
  TermId into = Find(a_is_smaller ? merge.b : merge.a);
  AddEdge(a_is_smaller ? merge : Pending{merge.b, merge.a, merge.reason});
  std::span<const TermId> uses = lists_.Get(uses_[from.value()]);
  const std::vector<TermId> moved(uses.begin(), uses.end());
  for (TermId use : moved) Leave(use);
  TermId member = from;
  do {
    class_[member.value()] = into;
    member = next_[member.value()];
  } while (member != from);
  std::swap(next_[from.value()], next_[into.value()]);
  size_[into.value()] += size_[from.value()];
  lists_.Free(&uses_[from.value()]);
  for (TermId use : moved) {
    Enter(use);
    lists_.Append(&uses_[into.value()], use);
  }
}

std::vector<CongruenceClosure::Link> CongruenceClosure::Path(TermId a, TermId b) const {
  EQSAT_CHECK(Same(a, b));
  auto to_root = [&](TermId id) {
    std::vector<TermId> ids;
    for (; id.valid(); id = edges_[id.value()].parent) ids.push_back(id);
    return ids;
  };
  std::vector<TermId> from_a = to_root(a);
  std::vector<TermId> from_b = to_root(b);
  // What both pass is left out, up to where they meet.
  while (from_a.size() > 1 && from_b.size() > 1 &&
         from_a[from_a.size() - 2] == from_b[from_b.size() - 2]) {
    from_a.pop_back();
    from_b.pop_back();
  }
  std::vector<Link> path;
  for (size_t i = 0; i + 1 < from_a.size(); ++i)
    path.push_back({from_a[i], from_a[i + 1], edges_[from_a[i].value()].reason});
  for (size_t i = from_b.size() - 1; i > 0; --i)
    path.push_back({from_b[i], from_b[i - 1], edges_[from_b[i - 1].value()].reason});
  return path;
}

}  // namespace eqsat::engine
