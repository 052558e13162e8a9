// Sets of classes.
#ifndef EQSAT_ENGINE_EXTRACT_CLASS_SETS_H_
#define EQSAT_ENGINE_EXTRACT_CLASS_SETS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eqsat::engine {

// One set of numbers below `width` for each of `count` rows, a bit each.
class ClassSets {
 public:
  ClassSets(size_t count, size_t width) : words_((width + 63) / 64), bits_(count * words_) {}

  bool Has(size_t row, uint32_t member) const { return Has(Row(row), member); }
  static bool Has(std::span<const uint64_t> set, uint32_t member) {
    return (set[member / 64] >> (member % 64)) & 1;
  }
  std::span<uint64_t> Row(size_t row) { return {bits_.data() + row * words_, words_}; }
  std::span<const uint64_t> Row(size_t row) const { return {bits_.data() + row * words_, words_}; }
  size_t words() const { return words_; }

  // Calls `visit(member)` in rising order.
  template <typename Visit>
  static void ForEach(std::span<const uint64_t> set, Visit visit) {
    for (size_t i = 0; i < set.size(); ++i)
      for (uint64_t rest = set[i]; rest != 0; rest &= rest - 1)
        visit(static_cast<uint32_t>(i * 64 + std::countr_zero(rest)));
  }

 private:
  size_t words_;
  std::vector<uint64_t> bits_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_CLASS_SETS_H_
