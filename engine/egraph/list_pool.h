// Many growing lists of 32-bit ids in one flat array.
#ifndef EQSAT_ENGINE_EGRAPH_LIST_POOL_H_
#define EQSAT_ENGINE_EGRAPH_LIST_POOL_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/egraph/journaled_array.h"

namespace eqsat::engine {

// A list's capacity is its size rounded up to a power of two; freed blocks are kept by capacity and
// reused. A List is 8 bytes and meaningful only with the pool that filled it. Spans die on growth.
template <typename T>
class ListPool {
 public:
  struct List {
    uint32_t begin = 0;
    uint32_t size = 0;
  };

  std::span<const T> Get(List list) const { return items_.Get(list.begin, list.size); }
  std::span<T> Edit(List list) { return items_.Edit(list.begin, list.size); }

  void Append(List* list, T item) {
    if (list->size == Capacity(list->size)) Grow(list);
    items_.Edit(list->begin + list->size++) = item;
  }

  // Keeps the first `size` items.
  void Truncate(List* list, uint32_t size) {
    if (size == 0) return Free(list);
    uint32_t kept = Capacity(size);
    for (uint32_t capacity = Capacity(list->size); capacity > kept; capacity /= 2)
      Release(list->begin + capacity / 2, capacity / 2);
    list->size = size;
  }

  void Free(List* list) {
    if (list->size > 0) Release(list->begin, Capacity(list->size));
    *list = {};
  }

  size_t memory_bytes() const {
    size_t bytes = items_.memory_bytes();
    for (const auto& blocks : free_) bytes += blocks.memory_bytes();
    return bytes;
  }

  // See JournaledArray. The owner of the lists restores them itself.
  void Push() {
    items_.Push();
    for (auto& blocks : free_) blocks.Push();
  }
  void Pop() {
    items_.Pop();
    for (auto& blocks : free_) blocks.Pop();
  }

 private:
  static uint32_t Capacity(uint32_t size) { return size == 0 ? 0 : std::bit_ceil(size); }

  void Grow(List* list) {
    uint32_t capacity = list->size == 0 ? 1 : list->size * 2;
    uint32_t begin = Acquire(capacity);
    std::copy_n(items_.begin() + list->begin, list->size, items_.Edit(begin, list->size).begin());
    if (list->size > 0) Release(list->begin, list->size);
    list->begin = begin;
  }

  uint32_t Acquire(uint32_t capacity) {
    auto& blocks = free_[static_cast<size_t>(std::countr_zero(capacity))];
    if (!blocks.empty()) {
      uint32_t begin = blocks.back();
      blocks.pop_back();
      return begin;
    }
    uint32_t begin = static_cast<uint32_t>(items_.size());
    items_.resize(items_.size() + capacity);
    return begin;
  }

  void Release(uint32_t begin, uint32_t capacity) {
    free_[static_cast<size_t>(std::countr_zero(capacity))].push_back(begin);
  }

  JournaledArray<T> items_;
  std::array<JournaledArray<uint32_t>, 32> free_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_LIST_POOL_H_
