#include "engine/rewrite/application_log.h"

#include <algorithm>
#include <iterator>

namespace eqsat::engine {

void ApplicationLog::Append(ReasonId rule, std::span<const uint32_t> row,
                            std::span<const Equation> equations) {
  auto goes_on = [&](const Stretch& stretch) {
    return stretch.rule == rule && stretch.words_each == row.size() &&
           stretch.equations_each == equations.size();
  };
  if (stretches_.empty() || !goes_on(stretches_.back()))
    stretches_.push_back({rule, static_cast<uint32_t>(row.size()),
                          static_cast<uint32_t>(equations.size()), size_, words_.size(),
                          equations_.size()});
  words_.append(row.data(), row.size());
  equations_.append(equations.data(), equations.size());
  ++size_;
}

Application ApplicationLog::operator[](size_t i) const {
  auto after = std::ranges::upper_bound(stretches_, i, {}, &Stretch::first);
  const Stretch& stretch = *std::prev(after);
  size_t nth = i - stretch.first;
  return {stretch.rule,
          {words_.data() + stretch.first_word + nth * stretch.words_each, stretch.words_each},
          {equations_.data() + stretch.first_equation + nth * stretch.equations_each,
           stretch.equations_each}};
}

size_t ApplicationLog::memory_bytes() const {
  return stretches_.size() * sizeof(Stretch) + words_.memory_bytes() + equations_.memory_bytes() +
         ranges_.size() * sizeof(AppliedRange);
}

}  // namespace eqsat::engine
