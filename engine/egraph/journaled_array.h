// An array that can go back to what it was.
#ifndef EQSAT_ENGINE_EGRAPH_JOURNALED_ARRAY_H_
#define EQSAT_ENGINE_EGRAPH_JOURNALED_ARRAY_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/egraph/flat_array.h"
#include "ir/base/check.h"

namespace eqsat::engine {

// A FlatArray whose items are changed through functions that keep, between Push and Pop, what was
// there before. Time and memory of both follow the number of changes, not the size. Without a Push
// a change costs one comparison.
template <typename T>
class JournaledArray {
 public:
  JournaledArray() = default;
  // A copy has the items alone, and no way back.
  JournaledArray(const JournaledArray& other) : items_(other.items_) {}
  JournaledArray& operator=(const JournaledArray&) = delete;
  JournaledArray(JournaledArray&&) = default;
  JournaledArray& operator=(JournaledArray&&) = default;
  const T& operator[](size_t i) const { return items_[i]; }
  const T* data() const { return items_.data(); }
  const T* begin() const { return items_.begin(); }
  const T* end() const { return items_.end(); }
  const T& back() const { return items_.back(); }
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  std::span<const T> Get(size_t first, size_t count) const {
    return {items_.data() + first, count};
  }
  size_t memory_bytes() const {
    size_t bytes = items_.memory_bytes();
    if (journal_ == nullptr) return bytes;
    bytes += journal_->saved.capacity() * sizeof(Saved);
    for (const Replaced& replaced : journal_->replaced) bytes += replaced.items.memory_bytes();
    return bytes;
  }

  // An item that is about to be written. Dies as the array grows.
  T& Edit(size_t i) {
    if (i < protected_) Save(i);
    return items_[i];
  }
  std::span<T> Edit(size_t first, size_t count) {
    for (size_t i = first; i < std::min(first + count, protected_); ++i) Save(i);
    return {items_.data() + first, count};
  }
  void push_back(const T& item) {
    if (items_.size() < protected_) SaveUnseen(items_.size());
    items_.push_back(item);
  }
  // A new item, value-initialized, in place.
  T& Append() {
    if (items_.size() < protected_) SaveUnseen(items_.size());
    return items_.Append();
  }
  void pop_back() { resize(size() - 1); }
  // `first` may not point into the array.
  void append(const T* first, size_t count) {
    for (size_t i = size(); i < std::min(size() + count, protected_); ++i) SaveUnseen(i);
    items_.append(first, count);
  }
  // New items are value-initialized.
  void resize(size_t size) {
    for (size_t i = items_.size(); i < std::min(size, protected_); ++i) SaveUnseen(i);
    items_.resize(size);
  }
  // Takes other items in place of all.
  void Replace(FlatArray<T> items) {
    std::swap(items_, items);
    if (journal_ == nullptr || journal_->marks.empty()) return;
    journal_->replaced.push_back({std::move(items), journal_->saved.size()});
    protected_ = 0;
  }

  void Push() {
    if (journal_ == nullptr) journal_ = std::make_unique<Journal>();
    journal_->marks.push_back(
        {items_.size(), journal_->saved.size(), journal_->replaced.size(), protected_});
    protected_ = std::max(protected_, items_.size());
  }
  // Back to the last Push that has no Pop.
  void Pop() {
    EQSAT_CHECK(journal_ != nullptr && !journal_->marks.empty());
    Mark mark = journal_->marks.back();
    journal_->marks.pop_back();
    while (journal_->replaced.size() > mark.replaced) {
      Replaced& last = journal_->replaced.back();
      // What was saved since belongs to the items that go.
      journal_->saved.erase(journal_->saved.begin() + static_cast<ptrdiff_t>(last.saved),
                            journal_->saved.end());
      items_ = std::move(last.items);
      journal_->replaced.pop_back();
    }
    for (; journal_->saved.size() > mark.saved; journal_->saved.pop_back())
      items_.data()[journal_->saved.back().index] = journal_->saved.back().item;
    items_.RestoreSize(mark.size);
    protected_ = mark.protected_before;
  }

 private:
  struct Saved {
    size_t index;
    T item;
  };
  // Items that others took the place of, and how much was saved then.
  struct Replaced {
    FlatArray<T> items;
    size_t saved;
  };
  struct Mark {
    size_t size;
    size_t saved;
    size_t replaced;
    size_t protected_before;
  };
  struct Journal {
    std::vector<Saved> saved;
    std::vector<Replaced> replaced;
    std::vector<Mark> marks;
  };

  void Save(size_t i) { journal_->saved.push_back({i, items_[i]}); }
  // The same for an item beyond the end, which the array had before it shrank.
  void SaveUnseen(size_t i) { journal_->saved.push_back({i, items_.data()[i]}); }

  FlatArray<T> items_;
  size_t protected_ = 0;  // the items that a Pop may ask for are below this
  std::unique_ptr<Journal> journal_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_JOURNALED_ARRAY_H_
