#include "engine/rewrite/application_log.h"

#include <algorithm>
#include <iterator>

namespace eqsat::engine {
namespace {

// Small differences of either sign as small numbers.
uint32_t ZigZag(uint32_t difference) { return difference << 1 ^ (0 - (difference >> 31)); }
uint32_t UnZigZag(uint32_t value) { return value >> 1 ^ (0 - (value & 1)); }

// Seven bits a byte, the low ones first; all bytes but the last have the high bit.
uint8_t* Write(uint32_t value, uint8_t* out) {
  for (; value >= 128; value >>= 7) *out++ = static_cast<uint8_t>(value | 128);
  *out++ = static_cast<uint8_t>(value);
  return out;
}

const uint8_t* Read(const uint8_t* in, uint32_t* value) {
  *value = *in & 127;
  for (int shift = 7; *in++ & 128; shift += 7) *value |= uint32_t{*in & 127u} << shift;
  return in;
}

}  // namespace

void ApplicationLog::Append(ReasonId rule, std::span<const uint32_t> row,
                            std::span<const Equation> equations) {
  auto goes_on = [&](const Stretch& stretch) {
    return stretch.rule == rule && stretch.words_each == row.size() &&
           stretch.equations_each == equations.size();
  };
  if (stretches_.empty() || !goes_on(stretches_.back()))
    stretches_.push_back({rule, static_cast<uint32_t>(row.size()),
                          static_cast<uint32_t>(equations.size()), size_, marks_.size(),
                          equations_.size()});
  if ((size_ - stretches_.back().first) % kRowsPerMark == 0) {
    marks_.push_back(words_.size());
    last_row_.assign(row.size(), 0);
  }
  uint8_t bytes[5];
  for (size_t i = 0; i < row.size(); ++i) {
    const uint8_t* end = Write(ZigZag(row[i] - last_row_[i]), bytes);
    words_.append(bytes, static_cast<size_t>(end - bytes));
    last_row_[i] = row[i];
  }
  equations_.append(equations.data(), equations.size());
  ++size_;
}

Application ApplicationLog::operator[](size_t i) const {
  auto after = std::ranges::upper_bound(stretches_, i, {}, &Stretch::first);
  const Stretch& stretch = *std::prev(after);
  const size_t nth = i - stretch.first;
  Application result{
      .rule = stretch.rule,
      .row = absl::InlinedVector<uint32_t, 8>(stretch.words_each),
      .equations = {equations_.data() + stretch.first_equation + nth * stretch.equations_each,
                    stretch.equations_each}};
  const uint8_t* in = words_.data() + marks_[stretch.first_mark + nth / kRowsPerMark];
  for (size_t row = 0; row <= nth % kRowsPerMark; ++row)
    for (uint32_t& word : result.row) {
      uint32_t difference;
      in = Read(in, &difference);
      word += UnZigZag(difference);
    }
  return result;
}

size_t ApplicationLog::memory_bytes() const {
  return stretches_.size() * sizeof(Stretch) + words_.memory_bytes() + marks_.memory_bytes() +
         equations_.memory_bytes() + ranges_.size() * sizeof(AppliedRange);
}

}  // namespace eqsat::engine
