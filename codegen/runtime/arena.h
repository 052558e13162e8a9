// Offsets in a growing range of bytes, given out and taken back while a plan is made.
#ifndef EQSAT_CODEGEN_RUNTIME_ARENA_H_
#define EQSAT_CODEGEN_RUNTIME_ARENA_H_

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "absl/status/statusor.h"

namespace eqsat::codegen {

// Invariant: allocated ranges do not overlap; free ranges neither overlap nor touch. No memory is
// allocated. Each operation takes logarithmic time.
class Arena {
 public:
  // `alignment` is a power of two; sizes are rounded up to it.
  explicit Arena(int64_t alignment) : alignment_(alignment) {}

  // The smallest free range that holds `bytes`, else the end of the arena.
  absl::StatusOr<int64_t> Allocate(int64_t bytes);
  // A range that Allocate gave.
  void Free(int64_t offset, int64_t bytes);

  // The end of the highest range ever given out.
  int64_t size_bytes() const { return size_bytes_; }

 private:
  absl::StatusOr<int64_t> RoundUp(int64_t bytes) const;
  void Insert(int64_t offset, int64_t bytes);
  void Erase(std::map<int64_t, int64_t>::iterator range);

  int64_t alignment_;
  int64_t size_bytes_ = 0;
  std::map<int64_t, int64_t> free_;                // offset to size
  std::set<std::pair<int64_t, int64_t>> by_size_;  // size, offset
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_ARENA_H_
