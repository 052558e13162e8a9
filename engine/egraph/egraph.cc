#include "engine/egraph/egraph.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "engine/analysis/analysis.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

uint64_t Mix(uint64_t a, uint64_t b) {
  a = (a ^ b) * 0x9E3779B97F4A7C15u;
  return a ^ (a >> 32);
}

}  // namespace

EGraph::EGraph(const Signature* signature, uint64_t hash_seed)
    : signature_(signature),
      hash_seed_(hash_seed),
      op_nodes_(signature->op_count()),
      op_dead_(signature->op_count()) {
  reason_names_.push_back("input");
  for (size_t i = 0; i < signature->op_count(); ++i) {
    op_arity_.push_back(signature->arity(OpId(i)));
    op_commutativity_.push_back(signature->commutativity(OpId(i)));
    Commutativity order = op_commutativity_.back();
    int arity = order == Commutativity::kMultiset ? Signature::kVariadic : 2;
    EQSAT_CHECK(order == Commutativity::kOrdered || op_arity_.back() == arity);
  }
}

void EGraph::Register(Analysis* analysis) {
  EQSAT_CHECK(nodes_.empty());
  analyses_.push_back(analysis);
}

void EGraph::RecordBirths() {
  EQSAT_CHECK(nodes_.empty());
  records_births_ = true;
}

ReasonId EGraph::AddReason(std::string name) {
  auto found = std::ranges::find(reason_names_, name);
  ReasonId id(static_cast<size_t>(found - reason_names_.begin()));
  if (found == reason_names_.end()) reason_names_.push_back(std::move(name));
  return id;
}

// ---- Hash-consing ----

uint32_t EGraph::Hash(OpId op, AttrId attrs, std::span<const ClassId> children) const {
  uint64_t hash = Mix(hash_seed_ ^ op.value(), attrs.value());
  if (Unordered(op)) {
    hash = Mix(hash, std::min(children[0], children[1]).value());
    hash = Mix(hash, std::max(children[0], children[1]).value());
  } else {
    for (ClassId child : children) hash = Mix(hash, child.value());
  }
  return static_cast<uint32_t>(hash * 0xD6E8FEB86659FD93u >> 32);
}

NodeId EGraph::FindNode(uint32_t hash, OpId op, AttrId attrs,
                        std::span<const ClassId> children) const {
  bool unordered = Unordered(op);
  return hash_cons_.Find(hash, [&](NodeId id) {
    const Node& node = nodes_[id.value()];
    if (node.op != op || node.attrs != attrs || node.child_count != children.size()) return false;
    std::span<const ClassId> other = ChildrenOf(node);
    if (std::ranges::equal(other, children)) return true;
    return unordered && other[0] == children[1] && other[1] == children[0];
  });
}

NodeId EGraph::LookUpNode(OpId op, AttrId attrs, std::span<const ClassId> children) const {
  absl::InlinedVector<ClassId, 8> canonical;
  for (ClassId child : children) canonical.push_back(Find(child));
  if (IsMultiset(op)) std::ranges::sort(canonical);
  std::span<const ClassId> key(canonical.data(), canonical.size());
  return FindNode(Hash(op, attrs, key), op, attrs, key);
}

std::optional<ClassId> EGraph::LookUp(OpId op, AttrId attrs,
                                      std::span<const ClassId> children) const {
  NodeId found = LookUpNode(op, attrs, children);
  if (!found.valid()) return std::nullopt;
  return Find(nodes_[found.value()].cls);
}

// ---- Adding ----

ClassId EGraph::Add(OpId op, AttrId attrs, std::span<const ClassId> children) {
  return AddNode(ClassId(), op, attrs, children);
}

ClassId EGraph::AddInto(ClassId cls, OpId op, AttrId attrs, std::span<const ClassId> children) {
  return AddNode(cls, op, attrs, children);
}

ClassId EGraph::AddNode(ClassId into, OpId op, AttrId attrs, std::span<const ClassId> children) {
  EQSAT_CHECK(op.value() < op_arity_.size());
  int arity = op_arity_[op.value()];
  EQSAT_CHECK(arity == Signature::kVariadic || static_cast<size_t>(arity) == children.size());
  scratch_.clear();
  for (ClassId child : children) scratch_.push_back(Find(child));
  if (IsMultiset(op)) std::ranges::sort(scratch_);
  return AddKeyed(Hash(op, attrs, scratch_), into, op, attrs, scratch_);
}

ClassId EGraph::AddKeyed(uint32_t hash, ClassId into, OpId op, AttrId attrs,
                         std::span<const ClassId> children) {
  if (NodeId found = FindNode(hash, op, attrs, children); found.valid()) {
    ClassId cls = Find(nodes_[found.value()].cls);
    if (!into.valid()) return cls;
    Merge(into, cls, reason_, /*congruence=*/false);
    return Find(cls);
  }
  ClassId cls = into.valid() ? Find(into) : NewClass();
  NodeId id = NewNode(op, attrs, children, cls);
  hash_cons_.Insert(hash, id);
  MarkTouched(cls, kGrew);
  MakeAnalyses(id, cls);
  return cls;
}

void EGraph::AddBatch(const NodeBatch& batch, std::span<ClassId> classes,
                      std::bitset<NodeBatch::kMax>* changed) {
  auto children = [&](size_t i) { return batch.children.subspan(i * batch.arity, batch.arity); };
  auto attrs = [&](size_t i) { return batch.attrs[batch.attrs.size() == 1 ? 0 : i]; };
  MakeCanonical(batch.children);
  std::array<uint32_t, NodeBatch::kMax> hashes;
  for (size_t i = 0; i < batch.count; ++i) hashes[i] = HashAhead(batch.op, attrs(i), children(i));
  for (size_t i = 0; i < batch.count; ++i) PrefetchNode(hashes[i], children(i));
  const size_t unions = unions_.size();
  for (size_t i = 0; i < batch.count; ++i) {
    const size_t nodes_before = nodes_.size();
    const size_t unions_before = unions_.size();
    // A merge since the hashes were made may have renamed a child.
    if (unions_before != unions && MakeCanonical(children(i)))
      hashes[i] = Hash(batch.op, attrs(i), children(i));
    classes[i] = AddKeyed(hashes[i], batch.into.empty() ? ClassId() : batch.into[i], batch.op,
                          attrs(i), children(i));
    if (nodes_.size() != nodes_before || unions_.size() != unions_before) changed->set(i);
  }
}

// The hash of a node that is about to be added; asks for where it goes.
uint32_t EGraph::HashAhead(OpId op, AttrId attrs, std::span<const ClassId> children) const {
  uint32_t hash = Hash(op, attrs, children);
  hash_cons_.Prefetch(hash);
  for (ClassId child : children) __builtin_prefetch(&classes_[child.value()]);
  return hash;
}

// Some time after HashAhead: asks for the node that may be there already, or for the ends of the
// lists to which a new one is appended.
void EGraph::PrefetchNode(uint32_t hash, std::span<const ClassId> children) const {
  NodeId id = hash_cons_.First(hash);
  if (id.valid()) return __builtin_prefetch(&nodes_[id.value()]);
  for (ClassId child : children) lists_.PrefetchEnd(classes_[child.value()].uses);
}

// Returns whether one was not.
bool EGraph::MakeCanonical(std::span<ClassId> children) const {
  bool renamed = false;
  for (ClassId& child : children) {
    const ClassId canonical = Find(child);
    renamed |= canonical != child;
    child = canonical;
  }
  return renamed;
}

ClassId EGraph::NewClass() {
  ClassId id(parent_.size());
  parent_.push_back(id);
  classes_.push_back({});
  ++class_count_;
  return id;
}

NodeId EGraph::NewNode(OpId op, AttrId attrs, std::span<const ClassId> children, ClassId cls) {
  EQSAT_CHECK(children.size() < size_t{1} << 24);
  NodeId id(nodes_.size());
  Node& node = nodes_.Append();
  node.op = op;
  node.attrs = attrs;
  node.child_count = static_cast<uint32_t>(children.size());
  node.cls = cls;
  node.birth = cls.value();
  node.created_by = reason_;
  if (children.size() <= Node::kInline) {
    for (size_t i = 0; i < children.size(); ++i) node.children[i] = children[i];
  } else {
    node.children[0] = ClassId(more_children_.size());
    more_children_.append(children.data(), children.size());
  }
  for (size_t i = 0; i < children.size(); ++i) {
    auto& uses = classes_.Edit(children[i].value()).uses;
    // A child that occurs twice lists its use once.
    bool listed = children.size() <= Node::kInline ? i > 0 && children[i] == children[0]
                                                   : uses.size > 0 && lists_.Get(uses).back() == id;
    if (!listed) lists_.Append(&uses, id);
  }
  lists_.Append(&classes_.Edit(cls.value()).members, id);
  op_nodes_[op.value()].push_back(id);
  return id;
}

// ---- Merging ----

ClassId EGraph::FindAndShorten(ClassId id) {
  while (parent_[id.value()] != id) {
    ClassId next = parent_[id.value()];
    parent_.Edit(id.value()) = parent_[next.value()];
    id = next;
  }
  return id;
}

bool EGraph::Union(ClassId a, ClassId b) { return Merge(a, b, reason_, /*congruence=*/false); }

bool EGraph::Merge(ClassId a, ClassId b, ReasonId reason, bool congruence) {
  ClassId into = FindAndShorten(a);
  ClassId from = FindAndShorten(b);
  if (into == from) return false;
  // The class with fewer uses goes: its uses are what the rebuild has to look at.
  auto weight = [&](ClassId id) {
    const Class& cls = classes_[id.value()];
    return std::pair(cls.uses.size + cls.members.size, ~id.value());
  };
  if (weight(into) < weight(from)) std::swap(into, from);
  MergeAnalyses(into, from, reason);
  // What uses `from` has not seen its last change yet.
  if ((classes_[from.value()].touch & kDataQueued) && classes_[from.value()].uses.size > 0)
    MarkDataChanged(into);
  unions_.push_back({a, b, reason, congruence});
  parent_.Edit(from.value()) = into;
  --class_count_;
  for (NodeId use : class_uses(from)) {
    if (IsDead(use) || nodes_[use.value()].queued) continue;
    nodes_.Edit(use.value()).queued = 1;
    dirty_.push_back({use, reason});
  }
  for (NodeId member : class_nodes(from)) MarkRenamed(member, kClassColumn);
  MoveNodes(&classes_.Edit(from.value()).uses, &classes_.Edit(into.value()).uses);
  MoveNodes(&classes_.Edit(from.value()).members, &classes_.Edit(into.value()).members);
  if (classes_[from.value()].touch & kLeavesOnly) classes_.Edit(into.value()).touch |= kLeavesOnly;
  MarkTouched(into, kAltered);
  return true;
}

void EGraph::MoveNodes(ListPool<NodeId>::List* from, ListPool<NodeId>::List* to) {
  for (uint32_t i = 0; i < from->size; ++i) {
    NodeId id = lists_.Get(*from)[i];
    if (!IsDead(id)) lists_.Append(to, id);
  }
  lists_.Free(from);
}

void EGraph::MarkTouched(ClassId cls, Touch touch) {
  uint8_t& bits = classes_.Edit(cls.value()).touch;
  if (!(bits & (kGrew | kAltered | kShrank))) touched_.push_back(cls);
  bits |= touch;
}

void EGraph::MarkRenamed(NodeId id, uint32_t columns) {
  uint32_t renamed = nodes_[id.value()].renamed;
  if ((renamed | columns) == renamed || id.value() >= renamed_below_) return;
  if (renamed == 0) renamed_.push_back({id, 0});
  nodes_.Edit(id.value()).renamed = (renamed | columns) & kAllColumns;
}

// ---- Analyses ----

void EGraph::MarkDataChanged(ClassId cls) {
  MarkTouched(cls, kAltered);
  if (classes_[cls.value()].touch & kDataQueued) return;
  classes_.Edit(cls.value()).touch |= kDataQueued;
  data_changed_.push_back(cls);
}

void EGraph::MakeAnalyses(NodeId id, ClassId cls) {
  if (!status_.ok()) return;
  for (Analysis* analysis : analyses_) {
    absl::StatusOr<bool> changed = analysis->Make(*this, node(id), cls);
    if (!changed.ok()) return SetNodeConflict(changed.status(), id);
    if (*changed) MarkDataChanged(cls);
  }
}

void EGraph::MergeAnalyses(ClassId into, ClassId from, ReasonId reason) {
  if (!status_.ok()) return;
  for (Analysis* analysis : analyses_) {
    absl::StatusOr<MergeOutcome> outcome = analysis->Merge(into, from);
    if (!outcome.ok()) return SetMergeConflict(outcome.status(), reason, into, from);
    if (outcome->into_changed || outcome->from_differed) MarkDataChanged(into);
  }
}

void EGraph::SetNodeConflict(const absl::Status& error, NodeId id) {
  const Node& node = nodes_[id.value()];
  status_ = absl::Status(
      error.code(),
      absl::StrFormat("%s (in a node of '%s' made by '%s')", std::string(error.message()),
                      std::string(signature_->name(node.op)), reason_name(node.created_by)));
}

void EGraph::SetMergeConflict(const absl::Status& error, ReasonId reason, ClassId a, ClassId b) {
  auto creator = [&](ClassId cls) {
    std::span<const NodeId> members = class_nodes(cls);
    return reason_name(nodes_[std::ranges::min(members).value()].created_by);
  };
  status_ = absl::Status(
      error.code(),
      absl::StrFormat("%s ('%s' made a class of '%s' equal to one of '%s')",
                      std::string(error.message()), reason_name(reason), creator(a), creator(b)));
}

void EGraph::PropagateAnalyses() {
  for (size_t i = 0; i < data_changed_.size() && status_.ok(); ++i) {
    classes_.Edit(data_changed_[i].value()).touch &= static_cast<uint8_t>(~kDataQueued);
    ClassId cls = data_changed_[i];
    if (Find(cls) != cls) continue;  // the merge queued the other class where that was needed
    for (Analysis* analysis : analyses_) {
      absl::Status modified = analysis->Modify(*this, cls);
      if (!modified.ok() && status_.ok()) status_ = modified;
      cls = Find(cls);
    }
    // Making a node's data changes no list of uses.
    for (NodeId use : class_uses(cls))
      if (!IsDead(use)) MakeAnalyses(use, Find(nodes_[use.value()].cls));
  }
  data_changed_.clear();
}

// ---- Rebuilding ----

absl::StatusOr<CleanView> EGraph::Rebuild() {
  if (!clean()) ++generation_;
  while (!dirty_.empty() || !data_changed_.empty()) {
    RepairDirty();
    PropagateAnalyses();
  }
  RefreshTouched();
  for (size_t op = 0; op < op_nodes_.size(); ++op) {
    if (op_dead_[op] * 2 <= op_nodes_[op].size()) continue;
    std::span<NodeId> nodes = op_nodes_[op].Edit(0, op_nodes_[op].size());
    auto dead = std::ranges::remove_if(nodes, [&](NodeId id) { return !alive(id); });
    op_nodes_[op].resize(nodes.size() - dead.size());
    op_dead_[op] = 0;
  }
  if (!status_.ok()) return status_;
  return CleanView(this);
}

void EGraph::RebuildAhead() {
  if (dirty_.size() > kManyDirty) RepairDirty();
  if (touched_.size() > kManyTouched) RefreshTouched();
}

void EGraph::RepairDirty() {
  for (size_t i = 0; i < dirty_.size(); ++i) {
    if (i + 16 < dirty_.size()) __builtin_prefetch(&nodes_[dirty_[i + 16].id.value()]);
    if (i + 8 < dirty_.size()) PrefetchRepair(dirty_[i + 8].id);
    RepairNode(dirty_[i]);
  }
  dirty_.clear();
}

void EGraph::KeepBirth(Node* node) {
  if (node->birth_kept || node->child_count == 0) return;
  const auto position = static_cast<uint32_t>(births_.size());
  births_.push_back(ClassId(node->birth));
  std::span<const ClassId> born_with = ChildrenOf(*node);
  births_.append(born_with.data(), born_with.size());
  node->birth_kept = 1;
  node->birth = position;
}

// Asks for the slots of the hash-cons that the node leaves and comes to.
void EGraph::PrefetchRepair(NodeId id) {
  const Node& node = nodes_[id.value()];
  hash_cons_.Prefetch(Hash(node.op, node.attrs, ChildrenOf(node)));
  scratch_.clear();
  for (ClassId child : ChildrenOf(node)) scratch_.push_back(Find(child));
  if (IsMultiset(node.op)) std::ranges::sort(scratch_);
  hash_cons_.Prefetch(Hash(node.op, node.attrs, scratch_));
}

void EGraph::RefreshTouched() {
  for (size_t i = 0; i < touched_.size(); ++i) {
    if (i + 24 < touched_.size()) Prefetch(touched_[i + 24], Nearness::kClass);
    if (i + 16 < touched_.size()) Prefetch(touched_[i + 16], Nearness::kList);
    if (i + 8 < touched_.size()) Prefetch(touched_[i + 8], Nearness::kNodes);
    const ClassId cls = touched_[i];
    uint8_t bits = classes_[cls.value()].touch;
    classes_.Edit(cls.value()).touch = bits & (kLeavesOnly | kDataQueued);
    bool grew = bits & kGrew;
    bool altered = bits & kAltered;
    if (grew || altered) changes_.push_back({cls, grew, altered});
    // A class of one node that is new has nothing to put right.
    if (bits == kGrew && class_nodes(cls).size() == 1) continue;
    if (parent_[cls.value()] == cls) RefreshClass(cls);
  }
  touched_.clear();
}

void EGraph::RepairNode(DirtyNode dirty) {
  Node& node = nodes_.Edit(dirty.id.value());
  node.queued = 0;
  if (node.state == kDead) return;
  if (records_births_) KeepBirth(&node);
  std::span<ClassId> children = EditChildren(dirty.id);
  hash_cons_.Erase(Hash(node.op, node.attrs, children), dirty.id);
  uint32_t columns = 0;
  for (size_t i = 0; i < children.size(); ++i) {
    ClassId child = FindAndShorten(children[i]);
    if (child != children[i]) columns |= ChildColumn(i);
    children[i] = child;
  }
  if (IsMultiset(node.op)) std::ranges::sort(children);
  if (op_commutativity_[node.op.value()] != Commutativity::kOrdered)
    columns |= kAllColumns & ~kClassColumn;
  MarkRenamed(dirty.id, columns);
  uint32_t hash = Hash(node.op, node.attrs, children);
  NodeId twin = FindNode(hash, node.op, node.attrs, children);
  if (!twin.valid()) {
    hash_cons_.Insert(hash, dirty.id);
    return;
  }
  const NodeId second = SecondOf(dirty.id, twin);
  if (second == twin) hash_cons_.Replace(hash, twin, dirty.id);
  Merge(node.cls, nodes_[twin.value()].cls, dirty.reason, /*congruence=*/true);
  Kill(second);
}

// Of two nodes that are one by now, the one that goes: the younger, but nothing that is to stay
// visible.
NodeId EGraph::SecondOf(NodeId a, NodeId b) const {
  const bool a_stays = nodes_[a.value()].state == kTakenForLeaf;
  const bool b_stays = nodes_[b.value()].state == kTakenForLeaf;
  if (a_stays != b_stays) return a_stays ? b : a;
  return std::max(a, b);
}

void EGraph::Kill(NodeId id) {
  Node& node = nodes_.Edit(id.value());
  if (node.state == kHidden) {
    --hidden_count_;
  } else {
    ++op_dead_[node.op.value()];
  }
  node.state = kDead;
  MarkTouched(Find(node.cls), kShrank);
  for (ClassId child : ChildrenOf(node)) {
    child = Find(child);
    Class& cls = classes_.Edit(child.value());
    if (++cls.dead_uses * 2 <= cls.uses.size) continue;
    RemoveIf(&cls.uses, [&](NodeId use) { return IsDead(use); });
    cls.dead_uses = 0;
  }
}

template <typename Drop>
void EGraph::RemoveIf(ListPool<NodeId>::List* list, Drop drop) {
  std::span<NodeId> items = lists_.Edit(list);
  auto end = std::remove_if(items.begin(), items.end(), drop);
  lists_.Truncate(list, static_cast<uint32_t>(end - items.begin()));
}

void EGraph::RefreshClass(ClassId cls) {
  if (classes_[cls.value()].touch & kLeavesOnly) HideAllButLeaves(cls);
  order_.clear();
  for (NodeId id : class_nodes(cls)) {
    if (!alive(id)) continue;
    if (nodes_[id.value()].cls != cls) nodes_.Edit(id.value()).cls = cls;
    order_.push_back(uint64_t{nodes_[id.value()].op.value()} << 32 | id.value());
  }
  bool sorted = std::ranges::is_sorted(order_);
  if (sorted && order_.size() == class_nodes(cls).size()) return;
  if (!sorted) std::ranges::sort(order_);
  ListPool<NodeId>::List& members = classes_.Edit(cls.value()).members;
  lists_.Truncate(&members, static_cast<uint32_t>(order_.size()));
  std::span<NodeId> items = lists_.Edit(&members);
  for (size_t i = 0; i < items.size(); ++i) items[i] = NodeId(static_cast<uint32_t>(order_[i]));
}

void EGraph::KeepLeavesOnly(ClassId cls) {
  cls = Find(cls);
  classes_.Edit(cls.value()).touch |= kLeavesOnly;
  MarkTouched(cls, kShrank);
}

void EGraph::TakeForLeaf(NodeId id) {
  if (nodes_[id.value()].state == kShown) nodes_.Edit(id.value()).state = kTakenForLeaf;
}

void EGraph::HideAllButLeaves(ClassId cls) {
  NodeId taken;
  for (NodeId id : class_nodes(cls))
    if (nodes_[id.value()].state == kTakenForLeaf && (!taken.valid() || id < taken)) taken = id;
  auto is_leaf = [&](NodeId id) {
    return id == taken || (alive(id) && nodes_[id.value()].child_count == 0);
  };
  if (std::ranges::none_of(class_nodes(cls), is_leaf)) return;
  for (NodeId id : class_nodes(cls)) {
    if (!alive(id) || is_leaf(id)) continue;
    nodes_.Edit(id.value()).state = kHidden;
    ++hidden_count_;
    ++op_dead_[nodes_[id.value()].op.value()];
  }
}

FlatArray<ClassChange> EGraph::TakeChanges() { return std::exchange(changes_, {}); }

FlatArray<RenamedNode> EGraph::TakeRenamed() {
  for (RenamedNode& renamed : renamed_) {
    renamed.columns = nodes_[renamed.id.value()].renamed;
    nodes_.Edit(renamed.id.value()).renamed = 0;
  }
  renamed_below_ = nodes_.size();
  return std::exchange(renamed_, {});
}

// ---- Going back ----

template <typename Visit>
void EGraph::VisitJournaled(Visit visit) {
  visit(nodes_);
  visit(more_children_);
  visit(hash_cons_);
  visit(parent_);
  visit(classes_);
  visit(lists_);
  for (JournaledArray<NodeId>& nodes : op_nodes_) visit(nodes);
  for (Analysis* analysis : analyses_) visit(*analysis);
}

void EGraph::Push() {
  EQSAT_CHECK(clean() && status_.ok());
  TakeChanges();
  TakeRenamed();
  marks_.push_back({class_count_, hidden_count_, unions_.size(), births_.size(), op_dead_});
  VisitJournaled([](auto& journaled) { journaled.Push(); });
}

void EGraph::Pop() {
  EQSAT_CHECK(!marks_.empty());
  VisitJournaled([](auto& journaled) { journaled.Pop(); });
  class_count_ = marks_.back().class_count;
  hidden_count_ = marks_.back().hidden_count;
  unions_.resize(marks_.back().unions);
  births_.resize(marks_.back().births);
  op_dead_ = std::move(marks_.back().op_dead);
  marks_.pop_back();
  status_ = absl::OkStatus();
  for (auto* ids : {&touched_, &data_changed_}) ids->clear();
  dirty_.clear();
  changes_.clear();
  renamed_.clear();
  renamed_below_ = nodes_.size();
  ++generation_;
}

// ---- Measuring and checking ----

size_t EGraph::memory_bytes() const {
  size_t total = 0;
  auto add = [&](const auto&... arrays) { ((total += arrays.memory_bytes()), ...); };
  add(nodes_, more_children_, parent_, classes_, dirty_, touched_, data_changed_, unions_, changes_,
      renamed_, hash_cons_, lists_, births_);
  for (const auto& nodes : op_nodes_) add(nodes);
  return total;
}

absl::Status EGraph::CheckNode(NodeId id) const {
  auto broken = [&](const char* what) {
    return absl::InternalError(absl::StrFormat("node %d: %s", id.value(), what));
  };
  const Node& node = nodes_[id.value()];
  std::span<const ClassId> children = ChildrenOf(node);
  if (Find(node.cls) != node.cls) return broken("class not canonical");
  if (!std::ranges::all_of(children, [&](ClassId c) { return Find(c) == c; }))
    return broken("child not canonical");
  if (FindNode(Hash(node.op, node.attrs, children), node.op, node.attrs, children) != id)
    return broken("not in the hash-cons");
  return absl::OkStatus();
}

absl::Status EGraph::CheckLists() const {
  std::vector<uint32_t> by_op(nodes_.size());
  std::vector<uint32_t> by_class(nodes_.size());
  absl::flat_hash_set<std::pair<NodeId, ClassId>> uses;
  for (const auto& nodes : op_nodes_)
    for (NodeId id : nodes) ++by_op[id.value()];
  size_t canonical = 0;
  for (size_t i = 0; i < parent_.size(); ++i) {
    ClassId cls(i);
    if (Find(cls) != cls) continue;
    ++canonical;
    if (class_nodes(cls).empty()) return absl::InternalError(absl::StrFormat("class %d: empty", i));
    for (NodeId id : class_nodes(cls))
      by_class[id.value()] += alive(id) && nodes_[id.value()].cls == cls ? 1 : 2;
    for (NodeId id : class_uses(cls)) uses.emplace(id, cls);
  }
  if (canonical != class_count_)
    return absl::InternalError(
        absl::StrFormat("%d canonical classes but %d counted", canonical, class_count_));
  for (size_t i = 0; i < nodes_.size(); ++i) {
    NodeId id(i);
    if (!alive(id)) continue;
    bool used = std::ranges::all_of(ChildrenOf(nodes_[i]),
                                    [&](ClassId child) { return uses.contains({id, child}); });
    if (by_op[i] != 1 || by_class[i] != 1 || !used)
      return absl::InternalError(absl::StrFormat("node %d: not listed where it belongs", i));
  }
  return absl::OkStatus();
}

absl::Status EGraph::CheckInvariants() const {
  if (!clean()) return absl::InternalError("not rebuilt");
  size_t alive_count = 0;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!alive(NodeId(i))) continue;
    ++alive_count;
    EQSAT_RETURN_IF_ERROR(CheckNode(NodeId(i)));
  }
  if (alive_count != node_count())
    return absl::InternalError(
        absl::StrFormat("%d alive nodes but %d in the hash-cons", alive_count, node_count()));
  return CheckLists();
}

const EGraph& CleanView::egraph() const {
  EQSAT_CHECK(egraph_->clean() && egraph_->generation() == generation_);
  return *egraph_;
}

}  // namespace eqsat::engine
