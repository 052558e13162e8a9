#include "engine/rewrite/application_log.h"

namespace eqsat::engine {

void ApplicationLog::Append(ReasonId rule, std::span<const uint32_t> row,
                            std::span<const Equation> equations) {
  words_.append(row.data(), row.size());
  equations_.append(equations.data(), equations.size());
  entries_.push_back(
      {rule, static_cast<uint32_t>(words_.size()), static_cast<uint32_t>(equations_.size())});
}

Application ApplicationLog::operator[](size_t i) const {
  const Entry& entry = entries_[i];
  uint32_t row = i == 0 ? 0 : entries_[i - 1].row_end;
  uint32_t equations = i == 0 ? 0 : entries_[i - 1].equations_end;
  return {entry.rule,
          {words_.data() + row, entry.row_end - row},
          {equations_.data() + equations, entry.equations_end - equations}};
}

size_t ApplicationLog::memory_bytes() const {
  return entries_.memory_bytes() + words_.memory_bytes() + equations_.memory_bytes() +
         ranges_.size() * sizeof(AppliedRange);
}

}  // namespace eqsat::engine
