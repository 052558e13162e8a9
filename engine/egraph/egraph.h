// The e-graph: a set of terms up to a congruence.
//
// Adding and merging are cheap and leave the graph "dirty": congruent nodes may sit in different
// classes. Rebuild() restores, and CheckInvariants() checks:
//   - every alive node's children and class are canonical (Find(c) == c), multisets sorted;
//   - the hash-cons holds exactly the nodes that are alive or hidden, and no two of them have equal
//   content;
//   - every alive node is listed once by its class, once by its operator, and by each child's
//   class.
// Searching and extraction take the CleanView that only a rebuild returns.
#ifndef EQSAT_ENGINE_EGRAPH_EGRAPH_H_
#define EQSAT_ENGINE_EGRAPH_EGRAPH_H_

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/analysis/analysis.h"
#include "engine/egraph/flat_array.h"
#include "engine/egraph/hash_cons.h"
#include "engine/egraph/ids.h"
#include "engine/egraph/journaled_array.h"
#include "engine/egraph/list_pool.h"
#include "engine/egraph/signature.h"

namespace eqsat::engine {

// A node, read from an EGraph. `children` dies when the graph changes.
struct NodeView {
  NodeId id;
  OpId op;
  AttrId attrs;
  std::span<const ClassId> children;  // canonical in a clean graph
  ClassId cls;                        // canonical
  ReasonId created_by;
};

// A merge that was asked for (not one that congruence implied, unless `congruence`).
struct UnionRecord {
  ClassId left;
  ClassId right;
  ReasonId reason;
  bool congruence;  // follows from an earlier merge, whose reason this carries
};

// A class that changed; see EGraph::TakeChanges.
struct ClassChange {
  ClassId cls;   // perhaps not canonical
  bool grew;     // a node was added to it
  bool altered;  // it was merged with another class, or its analysis data changed
};

// The parts of a node that hold a class: the class that the node is in, and its children.
using NodeColumns = uint8_t;
inline constexpr NodeColumns kClassColumn = 1;
inline constexpr NodeColumns kFirstChildColumn = 2;
inline constexpr NodeColumns kSecondChildColumn = 4;
inline constexpr NodeColumns kFurtherChildColumns = 8;
inline constexpr NodeColumns kAllColumns = 15;
inline NodeColumns ChildColumn(size_t child) {
  return child == 0 ? kFirstChildColumn : child == 1 ? kSecondChildColumn : kFurtherChildColumns;
}

// A node of which some columns hold another class than before; see EGraph::TakeRenamed.
struct RenamedNode {
  NodeId id;
  NodeColumns columns;
};

// Nodes of one operator, which is no multiset, to be added together.
struct NodeBatch {
  static constexpr size_t kMax = 64;

  OpId op;
  size_t count = 0;  // kMax at most
  size_t arity = 0;
  std::span<const AttrId> attrs;  // of each node, or one for all
  std::span<const ClassId> into;  // the classes that they join; empty if they come as with Add
  std::span<ClassId> children;    // `arity` for each node; left canonical
};

class CleanView;

class EGraph {
 public:
  // The reason of everything that happens before the first SetReason.
  static constexpr ReasonId kInput = ReasonId(0);

  // `signature` outlives the graph. The seed decides where nodes lie in the hash-cons, and nothing
  // that can be seen.
  explicit EGraph(const Signature* signature, uint64_t hash_seed = 0);
  EGraph(const EGraph&) = delete;
  EGraph& operator=(const EGraph&) = delete;

  // Keeps `analysis` up to date from now on; the graph must be empty. `analysis` outlives the
  // graph.
  void Register(Analysis* analysis);
  // Keeps the children that nodes are added with, for explanations; the graph must be empty.
  void RecordBirths();

  // ---- Changing the graph ----

  // The class of the node, which is added if it is new. The number of children must agree with the
  // signature, and be below 2^24.
  ClassId Add(OpId op, AttrId attrs, std::span<const ClassId> children);
  // Makes the node a member of `cls`: as Add followed by Union, without a class in between.
  ClassId AddInto(ClassId cls, OpId op, AttrId attrs, std::span<const ClassId> children);
  // Hides, from the next rebuild on, all nodes of the class that have children, if it has one
  // without: where a class has a known value, its other terms lead nowhere. A hidden node is
  // neither listed nor matched, but congruence and LookUp know it, so that adding it again changes
  // nothing.
  void KeepLeavesOnly(ClassId cls);
  // KeepLeavesOnly takes the node for a leaf: it is a plain form of its value, too. Of several such
  // nodes of a class the oldest counts. What is hidden already stays so.
  void TakeForLeaf(NodeId id);
  // Makes two classes one. Returns whether they were two.
  bool Union(ClassId a, ClassId b);
  // As Add or AddInto of one node after the other. Fills in the class of each, and sets in
  // `changed` those that changed the graph. Adding reads memory at random; of a batch the places
  // are known ahead, and asked for ahead.
  void AddBatch(const NodeBatch& batch, std::span<ClassId> classes,
                std::bitset<NodeBatch::kMax>* changed);
  // Restores the invariants. The work is in proportion to what changed since the last rebuild.
  // Returns the first conflict an analysis found, if any.
  absl::StatusOr<CleanView> Rebuild();
  // Does work of the next rebuild now, where much has piled up: asked between changes, it keeps
  // that rebuild short. Nodes may die, and class_nodes may come in another order.
  void RebuildAhead();

  // ---- Going back ----

  // Push marks the state of a clean graph, and Pop restores that of the last Push that has no Pop,
  // ids included. Both take time in proportion to what changed in between; without a Push there is
  // nothing to pay. What TakeChanges and TakeRenamed would list is forgotten by either. Analyses
  // must support it (Analysis::Push).
  void Push();
  void Pop();

  // ---- Reasons ----

  // The reason of this name, made at first use.
  ReasonId AddReason(std::string name);
  // What nodes and merges are recorded under from now on.
  void SetReason(ReasonId reason) { reason_ = reason; }
  const std::string& reason_name(ReasonId reason) const { return reason_names_[reason.value()]; }
  size_t reason_count() const { return reason_names_.size(); }

  // ---- Reading ----

  const Signature& signature() const { return *signature_; }
  // The first conflict an analysis found. From then on the analyses are no longer asked.
  const absl::Status& status() const { return status_; }
  bool clean() const { return dirty_.empty() && touched_.empty(); }
  // Goes up by one with each rebuild that changed something.
  uint32_t generation() const { return generation_; }

  // The canonical id of a class.
  ClassId Find(ClassId id) const {
    while (parent_[id.value()] != id) id = parent_[id.value()];
    return id;
  }
  // The class of a node that is already there. In a graph that is not clean it may miss a node.
  std::optional<ClassId> LookUp(OpId op, AttrId attrs, std::span<const ClassId> children) const;
  // The same for the node itself; invalid if it is not there.
  NodeId LookUpNode(OpId op, AttrId attrs, std::span<const ClassId> children) const;

  NodeView node(NodeId id) const {
    const Node& node = nodes_[id.value()];
    return {id, node.op, node.attrs, ChildrenOf(node), Find(node.cls), node.created_by};
  }
  // The class of a node of a clean graph.
  ClassId node_class(NodeId id) const { return nodes_[id.value()].cls; }
  // False for a node that turned out to be a duplicate of another, or that is hidden.
  bool alive(NodeId id) const {
    const NodeState state = nodes_[id.value()].state;
    return state == kShown || state == kTakenForLeaf;
  }
  // The class id the node was given when it was added, before any merge.
  ClassId original_class(NodeId id) const {
    const Node& node = nodes_[id.value()];
    return node.birth_kept ? births_[node.birth] : ClassId(node.birth);
  }
  // The classes that were the node's children when it was added; only with RecordBirths.
  std::span<const ClassId> birth_children(NodeId id) const {
    const Node& node = nodes_[id.value()];
    if (!node.birth_kept) return ChildrenOf(node);
    return {births_.data() + node.birth + 1, node.child_count};
  }
  OpId op(NodeId id) const { return nodes_[id.value()].op; }
  AttrId attrs(NodeId id) const { return nodes_[id.value()].attrs; }
  std::span<const ClassId> children(NodeId id) const { return ChildrenOf(nodes_[id.value()]); }

  // The nodes of a canonical class; in a clean graph all alive, by operator and then by id.
  std::span<const NodeId> class_nodes(ClassId id) const {
    return lists_.Get(classes_[id.value()].members);
  }
  // Ask the processor for what class_nodes of `id` reads, one thing after the other, each of which
  // must have come before the next: the class, its list, the nodes in it.
  enum class Nearness { kClass, kList, kNodes };
  void Prefetch(ClassId id, Nearness nearness) const {
    if (nearness == Nearness::kClass) return __builtin_prefetch(&classes_[id.value()]);
    std::span<const NodeId> nodes = class_nodes(id);
    if (nearness == Nearness::kList) return __builtin_prefetch(nodes.data());
    for (NodeId node : nodes.first(std::min(nodes.size(), kPrefetched)))
      __builtin_prefetch(&nodes_[node.value()]);
  }

  // The nodes that have `id`, which is canonical, as a child. May list a node twice, and dead ones.
  std::span<const NodeId> class_uses(ClassId id) const {
    return lists_.Get(classes_[id.value()].uses);
  }
  // The nodes of an operator by id. May list dead ones.
  std::span<const NodeId> op_nodes(OpId op) const {
    const JournaledArray<NodeId>& nodes = op_nodes_[op.value()];
    return {nodes.data(), nodes.size()};
  }

  size_t node_count() const { return hash_cons_.size() - hidden_count_; }  // alive
  size_t class_count() const { return class_count_; }                      // canonical
  size_t node_id_limit() const { return nodes_.size(); }                   // ids are below this
  size_t class_id_limit() const { return parent_.size(); }                 // ids are below this
  size_t memory_bytes() const;  // an estimate, without the analyses

  // All merges so far, in order.
  std::span<const UnionRecord> unions() const { return {unions_.data(), unions_.size()}; }
  // The classes that changed since the last call, as of the last rebuild, by ids of their time. A
  // class may be listed more than once.
  FlatArray<ClassChange> TakeChanges();
  // The nodes with ids below node_id_limit() at the last call of which a child or the class has
  // another canonical id since then; each once, some perhaps dead.
  FlatArray<RenamedNode> TakeRenamed();

  // Says which invariant is broken, if any; for tests. Linear in the graph.
  absl::Status CheckInvariants() const;

 private:
  // Why a class must be looked at by the next rebuild; kDataQueued marks an entry of data_changed_.
  // kLeavesOnly stays.
  enum Touch : uint8_t { kGrew = 1, kAltered = 2, kShrank = 4, kDataQueued = 8, kLeavesOnly = 16 };
  enum NodeState : uint32_t { kShown, kTakenForLeaf, kHidden, kDead };
  // How much RebuildAhead lets pile up: some milliseconds of work.
  static constexpr size_t kManyDirty = 2048;
  static constexpr size_t kManyTouched = 131072;
  // Nodes of one class that Prefetch asks for.
  static constexpr size_t kPrefetched = 8;
  // Half a cache line. Up to two children are kept here; more are in more_children_, from the
  // position that then stands in place of the first.
  struct alignas(32) Node {
    static constexpr uint32_t kInline = 2;
    OpId op;
    AttrId attrs;
    uint32_t child_count : 24;
    uint32_t renamed : 4;  // columns
    NodeState state : 2;
    uint32_t queued : 1;
    uint32_t birth_kept : 1;  // in births_
    ClassId cls;              // canonical in a clean graph
    uint32_t birth;           // the original class, or where it lies in births_
    ReasonId created_by;
    ClassId children[kInline];
  };
  struct Class {
    ListPool<NodeId>::List members;
    ListPool<NodeId>::List uses;
    uint32_t dead_uses = 0;
    uint8_t touch = 0;  // see Touch
  };
  struct DirtyNode {
    NodeId id;
    ReasonId reason;
  };

  std::span<const ClassId> ChildrenOf(const Node& node) const {
    const ClassId* first = node.child_count <= Node::kInline
                               ? node.children
                               : more_children_.data() + node.children[0].value();
    return {first, node.child_count};
  }
  std::span<ClassId> EditChildren(NodeId id) {
    Node& node = nodes_.Edit(id.value());
    if (node.child_count <= Node::kInline) return {node.children, node.child_count};
    return more_children_.Edit(node.children[0].value(), node.child_count);
  }
  bool Unordered(OpId op) const {
    return op_commutativity_[op.value()] == Commutativity::kUnordered;
  }
  bool IsMultiset(OpId op) const {
    return op_commutativity_[op.value()] == Commutativity::kMultiset;
  }
  uint32_t Hash(OpId op, AttrId attrs, std::span<const ClassId> children) const;
  NodeId FindNode(uint32_t hash, OpId op, AttrId attrs, std::span<const ClassId> children) const;

  ClassId AddNode(ClassId into, OpId op, AttrId attrs, std::span<const ClassId> children);
  ClassId AddKeyed(uint32_t hash, ClassId into, OpId op, AttrId attrs,
                   std::span<const ClassId> children);
  uint32_t HashAhead(OpId op, AttrId attrs, std::span<const ClassId> children) const;
  void PrefetchNode(uint32_t hash, std::span<const ClassId> children) const;
  bool MakeCanonical(std::span<ClassId> children) const;
  ClassId NewClass();
  NodeId NewNode(OpId op, AttrId attrs, std::span<const ClassId> children, ClassId cls);
  bool Merge(ClassId a, ClassId b, ReasonId reason, bool congruence);
  void MergeAnalyses(ClassId into, ClassId from, ReasonId reason);
  void MakeAnalyses(NodeId id, ClassId cls);
  ClassId FindAndShorten(ClassId id);
  void SetMergeConflict(const absl::Status& error, ReasonId reason, ClassId a, ClassId b);
  void SetNodeConflict(const absl::Status& error, NodeId id);
  // Appends the nodes of `from` that are not dead to `to` and frees `from`.
  void MoveNodes(ListPool<NodeId>::List* from, ListPool<NodeId>::List* to);
  template <typename Drop>
  void RemoveIf(ListPool<NodeId>::List* list, Drop drop);
  void MarkTouched(ClassId cls, Touch touch);
  void MarkRenamed(NodeId id, uint32_t columns);
  void MarkDataChanged(ClassId cls);
  bool IsDead(NodeId id) const { return nodes_[id.value()].state == kDead; }
  void Kill(NodeId id);
  void RepairDirty();
  void PrefetchRepair(NodeId id);
  void KeepBirth(Node* node);
  void RepairNode(DirtyNode dirty);
  NodeId SecondOf(NodeId a, NodeId b) const;
  void RefreshTouched();
  void PropagateAnalyses();
  void RefreshClass(ClassId cls);
  void HideAllButLeaves(ClassId cls);
  template <typename Visit>
  void VisitJournaled(Visit visit);
  absl::Status CheckNode(NodeId id) const;
  absl::Status CheckLists() const;

  const Signature* signature_;
  uint64_t hash_seed_;
  std::vector<Analysis*> analyses_;
  absl::Status status_;
  ReasonId reason_ = kInput;
  std::vector<std::string> reason_names_;
  uint32_t generation_ = 0;

  // By node.
  JournaledArray<Node> nodes_;
  JournaledArray<ClassId> more_children_;
  HashCons hash_cons_;
  size_t hidden_count_ = 0;
  bool records_births_ = false;
  // Of each node that has other children by now: its original class, then its first children.
  FlatArray<ClassId> births_;

  // By class.
  JournaledArray<ClassId> parent_;  // the union-find
  JournaledArray<Class> classes_;
  ListPool<NodeId> lists_;
  size_t class_count_ = 0;

  // By operator.
  std::vector<JournaledArray<NodeId>> op_nodes_;
  std::vector<uint32_t> op_dead_;
  std::vector<Commutativity> op_commutativity_;
  std::vector<int> op_arity_;

  // Work for the next rebuild.
  FlatArray<DirtyNode> dirty_;
  FlatArray<ClassId> touched_;
  FlatArray<ClassId> data_changed_;

  FlatArray<UnionRecord> unions_;
  FlatArray<ClassChange> changes_;
  FlatArray<RenamedNode> renamed_;
  size_t renamed_below_ = 0;  // nodes from here on are new to the taker of renamed_
  std::vector<ClassId> scratch_;
  std::vector<uint64_t> order_;

  // What Pop restores beside the journaled arrays.
  struct Mark {
    size_t class_count;
    size_t hidden_count;
    size_t unions;
    size_t births;
    std::vector<uint32_t> op_dead;
  };
  std::vector<Mark> marks_;
};

// Proof that a graph was rebuilt and has not changed since.
class CleanView {
 public:
  // The graph; a check fails if it changed since the rebuild.
  const EGraph& egraph() const;

 private:
  friend class EGraph;
  explicit CleanView(const EGraph* egraph) : egraph_(egraph), generation_(egraph->generation()) {}

  const EGraph* egraph_;
  uint32_t generation_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_EGRAPH_H_
