#include "engine/egraph/hash_cons.h"

#include <utility>

namespace eqsat::engine {

void HashCons::Insert(uint32_t hash, NodeId id) {
  if ((size_ + 1) * 8 > slots_.size() * 5) Grow();
  size_t i = hash & mask();
  while (slots_[i].id.valid()) i = (i + 1) & mask();
  slots_.Edit(i) = {hash, id};
  ++size_;
}

void HashCons::Erase(uint32_t hash, NodeId id) {
  size_t hole = IndexOf(hash, id);
  for (size_t i = (hole + 1) & mask(); slots_[i].id.valid(); i = (i + 1) & mask()) {
    // An entry may fill the hole unless its home lies between the hole and where it is now.
    size_t home = slots_[i].hash & mask();
    if (((i - home) & mask()) < ((i - hole) & mask())) continue;
    slots_.Edit(hole) = slots_[i];
    hole = i;
  }
  slots_.Edit(hole) = {};
  --size_;
}

size_t HashCons::IndexOf(uint32_t hash, NodeId id) const {
  size_t i = hash & mask();
  while (slots_[i].id != id) i = (i + 1) & mask();
  return i;
}

void HashCons::Grow() {
  FlatArray<Slot> grown;
  grown.resize(slots_.size() * 2);
  const size_t grown_mask = grown.size() - 1;
  for (const Slot& slot : slots_) {
    if (!slot.id.valid()) continue;
    size_t i = slot.hash & grown_mask;
    while (grown[i].id.valid()) i = (i + 1) & grown_mask;
    grown[i] = slot;
  }
  slots_.Replace(std::move(grown));
}

void HashCons::Push() {
  slots_.Push();
  pushed_sizes_.push_back(size_);
}

void HashCons::Pop() {
  slots_.Pop();
  size_ = pushed_sizes_.back();
  pushed_sizes_.pop_back();
}

}  // namespace eqsat::engine
