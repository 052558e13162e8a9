#include "codegen/runtime/arena.h"

#include <iterator>
#include <limits>

#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

constexpr int64_t kMaxBytes = std::numeric_limits<int64_t>::max();

absl::Status TooLarge() {
  return absl::ResourceExhaustedError("the values of one computation take more than 2^63 bytes");
}

}  // namespace

absl::StatusOr<int64_t> Arena::RoundUp(int64_t bytes) const {
  EQSAT_CHECK(bytes >= 0);
  if (bytes > kMaxBytes - alignment_) return TooLarge();
  return (bytes + alignment_ - 1) / alignment_ * alignment_;
}

void Arena::Insert(int64_t offset, int64_t bytes) {
  free_.emplace(offset, bytes);
  by_size_.emplace(bytes, offset);
}

void Arena::Erase(std::map<int64_t, int64_t>::iterator range) {
  by_size_.erase({range->second, range->first});
  free_.erase(range);
}

absl::StatusOr<int64_t> Arena::Allocate(int64_t bytes) {
  EQSAT_ASSIGN_OR_RETURN(const int64_t size, RoundUp(bytes));
  auto best = by_size_.lower_bound({size, 0});
  if (best != by_size_.end()) {
    auto [range_size, offset] = *best;
    Erase(free_.find(offset));
    if (range_size > size) Insert(offset + size, range_size - size);
    return offset;
  }
  // A free range at the end is extended.
  int64_t offset = size_bytes_;
  if (!free_.empty()) {
    auto last = std::prev(free_.end());
    if (last->first + last->second == size_bytes_) offset = last->first;
    if (offset != size_bytes_) Erase(last);
  }
  if (size > kMaxBytes - offset) return TooLarge();
  size_bytes_ = offset + size;
  return offset;
}

void Arena::Free(int64_t offset, int64_t bytes) {
  int64_t begin = offset;
  int64_t end = offset + *RoundUp(bytes);
  if (begin == end) return;
  auto next = free_.lower_bound(begin);
  if (next != free_.end() && next->first == end) {
    end += next->second;
    auto touched = next++;
    Erase(touched);
  }
  if (next != free_.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == begin) {
      begin = previous->first;
      Erase(previous);
    }
  }
  Insert(begin, end - begin);
}

}  // namespace eqsat::codegen
