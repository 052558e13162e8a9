// A growing array of plain items that grows in place where the system can.
#ifndef EQSAT_ENGINE_EGRAPH_FLAT_ARRAY_H_
#define EQSAT_ENGINE_EGRAPH_FLAT_ARRAY_H_

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#include "engine/egraph/large_block.h"
#include "ir/base/check.h"

namespace eqsat::engine {

// As std::vector, for items that may be moved as bytes. Growing moves a large array's pages instead
// of copying it, so that the old and the new one never exist side by side. Pages that were never
// written take no memory: `memory_bytes` counts what is in use.
template <typename T>
class FlatArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  FlatArray() = default;
  FlatArray(const FlatArray& other) { append(other.data(), other.size()); }
  FlatArray(FlatArray&& other) noexcept { Swap(other); }
  FlatArray& operator=(FlatArray&& other) noexcept {
    FlatArray moved(std::move(other));
    Swap(moved);
    return *this;
  }
  ~FlatArray() {
    if (capacity_bytes() < kLargeBlock) {
      std::free(items_);
    } else {
      FreeLargeBlock(items_, capacity_bytes());
    }
  }

  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }
  T* data() { return items_; }
  const T* data() const { return items_; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }
  T& back() { return items_[size_ - 1]; }
  const T& back() const { return items_[size_ - 1]; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t memory_bytes() const { return size_ * sizeof(T); }

  // `item` may be one of the array's own.
  void push_back(const T& item) {
    const T copy = item;
    if (size_ == capacity_) Grow(size_ + 1);
    items_[size_++] = copy;
  }
  // A new item, value-initialized, in place.
  T& Append() {
    if (size_ == capacity_) Grow(size_ + 1);
    return *new (&items_[size_++]) T();
  }
  // New items are value-initialized.
  void resize(size_t size) {
    if (size > capacity_) Grow(size);
    if (size > size_) std::fill(items_ + size_, items_ + size, T());
    size_ = size;
  }
  // `first` may not point into the array.
  void append(const T* first, size_t count) {
    if (size_ + count > capacity_) Grow(size_ + count);
    std::copy_n(first, count, items_ + size_);
    size_ += count;
  }
  void clear() { size_ = 0; }
  // Gives the array a size that it had before it shrank, with what now lies there.
  void RestoreSize(size_t size) {
    EQSAT_CHECK(size <= capacity_);
    size_ = size;
  }
  // As clear, and gives the memory back.
  void reset() { *this = FlatArray(); }

 private:
  void Swap(FlatArray& other) {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  size_t capacity_bytes() const { return capacity_ * sizeof(T); }

  void Grow(size_t least) {
    const size_t old_bytes = capacity_bytes();
    capacity_ = std::max({least, capacity_ * 2, size_t{16}});
    items_ = static_cast<T*>(old_bytes < kLargeBlock
                                 ? GrowSmall()
                                 : ResizeLargeBlock(items_, old_bytes, capacity_bytes()));
  }

  // To the new capacity.
  void* GrowSmall() {
    if (capacity_bytes() < kLargeBlock) {
      void* grown = std::realloc(static_cast<void*>(items_), capacity_bytes());
      EQSAT_CHECK(grown != nullptr);
      return grown;
    }
    void* grown = NewLargeBlock(capacity_bytes());
    std::copy_n(items_, size_, static_cast<T*>(grown));
    std::free(items_);
    return grown;
  }

  T* items_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_FLAT_ARRAY_H_
