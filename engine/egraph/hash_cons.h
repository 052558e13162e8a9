// The hash table from a node's content to its id.
#ifndef EQSAT_ENGINE_EGRAPH_HASH_CONS_H_
#define EQSAT_ENGINE_EGRAPH_HASH_CONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/egraph/flat_array.h"
#include "engine/egraph/ids.h"
#include "engine/egraph/journaled_array.h"

namespace eqsat::engine {

// Open addressing with linear probing. Stores ids and hashes only; the owner compares contents.
// Erasing shifts entries back, so there are no tombstones and lookups never slow down.
class HashCons {
 public:
  HashCons() { slots_.resize(kInitialSlots); }

  // The id under `hash` for which `equal(id)`, or an invalid id.
  template <typename Equal>
  NodeId Find(uint32_t hash, Equal equal) const {
    for (size_t i = hash & mask();; i = (i + 1) & mask()) {
      const Slot& slot = slots_[i];
      if (!slot.id.valid()) return NodeId();
      if (slot.hash == hash && equal(slot.id)) return slot.id;
    }
  }

  // The caller knows that no equal node is present.
  void Insert(uint32_t hash, NodeId id);
  // Removes `id`, which was inserted under `hash`.
  void Erase(uint32_t hash, NodeId id);
  // Puts `with` where `id` is.
  void Replace(uint32_t hash, NodeId id, NodeId with) { slots_.Edit(IndexOf(hash, id)).id = with; }
  // Asks the processor for the slot of `hash` ahead of its use, and for some that follow it.
  void Prefetch(uint32_t hash) const {
    const Slot* slot = &slots_[hash & mask()];
    __builtin_prefetch(slot);
    __builtin_prefetch(slot + 3);
  }
  // The id in the first slot where `hash` can be, if the two belong together.
  NodeId First(uint32_t hash) const {
    const Slot& slot = slots_[hash & mask()];
    return slot.hash == hash ? slot.id : NodeId();
  }

  size_t size() const { return size_; }
  size_t memory_bytes() const { return slots_.memory_bytes(); }

  // See JournaledArray.
  void Push();
  void Pop();

 private:
  static constexpr size_t kInitialSlots = 64;
  struct Slot {
    uint32_t hash = 0;
    NodeId id;
  };

  size_t mask() const { return slots_.size() - 1; }
  size_t IndexOf(uint32_t hash, NodeId id) const;
  void Grow();

  JournaledArray<Slot> slots_;  // a power of two, at most 5/8 full
  size_t size_ = 0;
  std::vector<size_t> pushed_sizes_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_HASH_CONS_H_
