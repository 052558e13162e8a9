// What a run applied, in order: enough to state each application as an equation between terms.
#ifndef EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_
#define EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/egraph/flat_array.h"
#include "engine/egraph/ids.h"
#include "engine/rewrite/rewrite.h"

namespace eqsat::engine {

// One application. `row` is the match as its MatchList held it; `equations` is what the applier
// stated, and empty for a rule whose right side is a term. They die when the log grows.
struct Application {
  ReasonId rule;
  absl::InlinedVector<uint32_t, 8> row;
  std::span<const Equation> equations;
};

// The nodes and merges that the applications of one rule in one iteration made. What lies outside
// of all such ranges was made by the input, by an analysis, or follows.
struct AppliedRange {
  size_t first_node;
  size_t end_node;
  size_t first_union;
  size_t end_union;
};

// Filled by Saturate, over several calls on one graph. The class ids in it are those of their time.
//
// A row is kept as the differences of its words from those of the row before it (zigzag and LEB128,
// as protobuf's sint32), of which every kRowsPerMark-th is counted from 0: reading one takes as
// many steps at most. On the math micro-benchmark a word takes 1.5 bytes.
class ApplicationLog {
 public:
  void Append(ReasonId rule, std::span<const uint32_t> row, std::span<const Equation> equations);
  void Cover(const AppliedRange& range) { ranges_.push_back(range); }

  size_t size() const { return size_; }
  Application operator[](size_t i) const;
  // In order, and disjoint.
  const std::vector<AppliedRange>& ranges() const { return ranges_; }
  size_t memory_bytes() const;

 private:
  static constexpr size_t kRowsPerMark = 16;
  // Applications of one rule one after the other, with as many words and equations each.
  struct Stretch {
    ReasonId rule;
    uint32_t words_each;
    uint32_t equations_each;
    size_t first;
    size_t first_mark;
    size_t first_equation;
  };
  std::vector<Stretch> stretches_;
  size_t size_ = 0;
  FlatArray<uint8_t> words_;
  FlatArray<size_t> marks_;         // where rows that are counted from 0 begin in `words_`
  std::vector<uint32_t> last_row_;  // that the next one is counted from
  FlatArray<Equation> equations_;
  std::vector<AppliedRange> ranges_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_
