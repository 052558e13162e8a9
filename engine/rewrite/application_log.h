// What a run applied, in order: enough to state each application as an equation between terms.
#ifndef EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_
#define EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/egraph/flat_array.h"
#include "engine/egraph/ids.h"
#include "engine/rewrite/rewrite.h"

namespace eqsat::engine {

// One application. `row` is the match as its MatchList held it; `equations` is what the applier
// stated, and empty for a rule whose right side is a term. Dies when the log grows.
struct Application {
  ReasonId rule;
  std::span<const uint32_t> row;
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
  // Applications of one rule one after the other, with as many words and equations each.
  struct Stretch {
    ReasonId rule;
    uint32_t words_each;
    uint32_t equations_each;
    size_t first;
    size_t first_word;
    size_t first_equation;
  };
  std::vector<Stretch> stretches_;
  size_t size_ = 0;
  FlatArray<uint32_t> words_;
  FlatArray<Equation> equations_;
  std::vector<AppliedRange> ranges_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_REWRITE_APPLICATION_LOG_H_
