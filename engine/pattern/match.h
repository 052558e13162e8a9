// Where a pattern was found.
#ifndef EQSAT_ENGINE_PATTERN_MATCH_H_
#define EQSAT_ENGINE_PATTERN_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/egraph/egraph.h"
#include "engine/egraph/flat_array.h"
#include "engine/egraph/ids.h"
#include "engine/pattern/pattern.h"

namespace eqsat::engine {

// What a MatchList keeps of a match beside its variables.
enum class MatchRows {
  kNodes,      // the e-node of each operator
  kRootClass,  // the class of the first root alone: enough where the right side is a plain term
};

// One match: a row of its MatchList. The classes were canonical in the graph that was searched;
// once the graph has changed, EGraph::Find gives the canonical ones.
class Match {
 public:
  Match(const uint32_t* row, size_t variable_count)
      : row_(row), variable_count_(static_cast<uint32_t>(variable_count)) {}

  ClassId variable(VarId id) const { return ClassId(row_[id.value()]); }
  // The class of the first root. For lists of MatchRows::kRootClass, which have no nodes.
  ClassId root_class() const { return ClassId(row_[variable_count_]); }
  // The e-node that an operator matched. This and what follows: for lists of MatchRows::kNodes.
  NodeId node(SlotId slot) const { return NodeId(row_[variable_count_ + slot.value()] >> 1); }
  // Whether a commutative operator matched with its two operands exchanged.
  bool exchanged(SlotId slot) const { return row_[variable_count_ + slot.value()] & 1; }
  // The class of that e-node.
  ClassId cls(const EGraph& egraph, SlotId slot) const { return egraph.node(node(slot)).cls; }
  // The children after the ones that the pattern names; for multisets see RestOfMultiset. The span
  // dies when the graph changes.
  std::span<const ClassId> rest(const EGraph& egraph, const Pattern& pattern, SlotId slot) const {
    return egraph.node(node(slot)).children.subspan(pattern.op(slot).children.size());
  }

 private:
  const uint32_t* row_;
  uint32_t variable_count_;
};

// Matches in a flat array, a fixed number of words each.
class MatchList {
 public:
  MatchList(size_t variable_count, size_t slot_count, MatchRows rows = MatchRows::kNodes)
      : variable_count_(variable_count),
        stride_(variable_count + (rows == MatchRows::kNodes ? slot_count : 1)),
        rows_kept_(rows) {}

  size_t size() const { return size_; }
  Match operator[](size_t i) const { return Match(rows_.data() + i * stride_, variable_count_); }
  std::span<const uint32_t> row(size_t i) const { return {rows_.data() + i * stride_, stride_}; }
  MatchRows rows_kept() const { return rows_kept_; }
  // The variables and the nodes of a match, and the class of its first root.
  void Append(std::span<const uint32_t> row, ClassId root) {
    bool nodes = rows_kept_ == MatchRows::kNodes;
    rows_.append(row.data(), nodes ? stride_ : variable_count_);
    if (!nodes) rows_.push_back(root.value());
    ++size_;
  }
  // Gives the memory back.
  void Clear() {
    rows_.reset();
    size_ = 0;
  }
  size_t memory_bytes() const { return rows_.memory_bytes(); }

 private:
  size_t variable_count_;
  size_t stride_;
  MatchRows rows_kept_;
  size_t size_ = 0;
  FlatArray<uint32_t> rows_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_MATCH_H_
