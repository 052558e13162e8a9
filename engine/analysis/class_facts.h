// What an analysis knows, by class, with a way back.
#ifndef EQSAT_ENGINE_ANALYSIS_CLASS_FACTS_H_
#define EQSAT_ENGINE_ANALYSIS_CLASS_FACTS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/egraph/ids.h"
#include "ir/base/check.h"

namespace eqsat::engine {

// A `Fact` for each class; a class that was never edited has `Fact()`, the bottom of the lattice.
// Push and Pop take time in proportion to the edits in between.
template <typename Fact>
class ClassFacts {
 public:
  const Fact& operator[](ClassId cls) const {
    static const Fact kBottom{};
    return cls.value() < facts_.size() ? facts_[cls.value()] : kBottom;
  }

  // The fact of a class, to be written. Dies at the next edit.
  Fact& Edit(ClassId cls) {
    if (cls.value() >= facts_.size()) facts_.resize(cls.value() + 1);
    Fact& fact = facts_[cls.value()];
    if (!marks_.empty()) saved_.emplace_back(cls, fact);
    return fact;
  }

  void Push() { marks_.push_back(saved_.size()); }
  void Pop() {
    EQSAT_CHECK(!marks_.empty());
    for (; saved_.size() > marks_.back(); saved_.pop_back())
      facts_[saved_.back().first.value()] = std::move(saved_.back().second);
    marks_.pop_back();
  }

 private:
  std::vector<Fact> facts_;
  std::vector<std::pair<ClassId, Fact>> saved_;
  std::vector<size_t> marks_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_ANALYSIS_CLASS_FACTS_H_
