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

// A List is 8 bytes and meaningful only with the pool that filled it. A single item lies in the
// List itself. More lie in a block of the pool, as many as fit being their number rounded up to a
// power of two; freed blocks are kept by capacity and reused. Spans die when a list or the pool
// changes or moves. T is an id.
template <typename T>
class ListPool {
 public:
  struct List {
    T first;  // the only item, or the position of the items
    uint32_t size = 0;
  };

  std::span<const T> Get(const List& list) const {
    return list.size <= 1 ? std::span<const T>(&list.first, list.size)
                          : items_.Get(list.first.value(), list.size);
  }
  std::span<const T> Get(List&&) const = delete;
  // For owners that keep a journal: `list` is saved there already.
  std::span<T> Edit(List* list) {
    return list->size <= 1 ? std::span<T>(&list->first, list->size)
                           : items_.Edit(list->first.value(), list->size);
  }

  void Append(List* list, T item) {
    if (list->size == 0) {
      *list = {item, 1};
      return;
    }
    if ((list->size & (list->size - 1)) == 0) Grow(list);  // full
    items_.Edit(list->first.value() + list->size++) = item;
  }
  // Asks the processor for the place of the next item.
  void PrefetchEnd(const List& list) const {
    if (list.size > 1) __builtin_prefetch(items_.data() + list.first.value() + list.size);
  }

  // Keeps the first `size` items.
  void Truncate(List* list, uint32_t size) {
    if (size == list->size) return;
    if (size == 0) return Free(list);
    const uint32_t begin = list->first.value();
    if (size == 1) list->first = items_[begin];
    const uint32_t kept = Capacity(size);
    uint32_t capacity = Capacity(list->size);
    for (; capacity > std::max(kept, uint32_t{2}); capacity /= 2)
      Release(begin + capacity / 2, capacity / 2);
    if (kept == 0) Release(begin, capacity);
    list->size = size;
  }

  void Free(List* list) {
    if (list->size > 1) Release(list->first.value(), Capacity(list->size));
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
  // Of the block; a single item has none.
  static uint32_t Capacity(uint32_t size) { return size <= 1 ? 0 : std::bit_ceil(size); }

  // Makes room behind the items of a full list.
  void Grow(List* list) {
    const uint32_t begin = Acquire(list->size * 2);
    std::span<const T> items = Get(*list);
    std::ranges::copy(items, items_.Edit(begin, items.size()).begin());
    if (list->size > 1) Release(list->first.value(), list->size);
    list->first = T(begin);
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
