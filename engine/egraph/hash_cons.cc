#include "engine/egraph/hash_cons.h"

#include <utility>

namespace eqsat::engine {

void HashCons::Insert(uint32_t hash, NodeId id) {
  if ((size_ + 1) * 8 > slots_.size() * 5) Grow();
  size_t i = hash & mask();
  while (slots_[i].id.valid()) i = (i + 1) & mask();
  slots_[i] = {hash, id};
  ++size_;
}

void HashCons::Erase(uint32_t hash, NodeId id) {
  size_t hole = IndexOf(hash, id);
  for (size_t i = (hole + 1) & mask(); slots_[i].id.valid(); i = (i + 1) & mask()) {
    // An entry may fill the hole unless its home lies between the hole and where it is now.
    size_t home = slots_[i].hash & mask();
    if (((i - home) & mask()) < ((i - hole) & mask())) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = {};
  --size_;
}

size_t HashCons::IndexOf(uint32_t hash, NodeId id) const {
  size_t i = hash & mask();
  while (slots_[i].id != id) i = (i + 1) & mask();
  return i;
}

void HashCons::Grow() {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : old) {
    if (!slot.id.valid()) continue;
    size_t i = slot.hash & mask();
    while (slots_[i].id.valid()) i = (i + 1) & mask();
    slots_[i] = slot;
  }
}

}  // namespace eqsat::engine
