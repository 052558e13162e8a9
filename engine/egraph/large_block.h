// Memory of large arrays: whole huge pages, which move to another address without being copied.
//
// An e-graph is read and written at random places, so that with pages of 4 KiB most of its accesses
// miss the processor's table of pages, and a million pages' first writes cost as much again.
#ifndef EQSAT_ENGINE_EGRAPH_LARGE_BLOCK_H_
#define EQSAT_ENGINE_EGRAPH_LARGE_BLOCK_H_

#include <cstddef>

namespace eqsat::engine {

// From this size on memory comes from here, and below it from malloc.
inline constexpr size_t kLargeBlock = size_t{2} << 20;

// At least `bytes` bytes, aligned to huge pages where the system has them. All is zero.
void* NewLargeBlock(size_t bytes);
// The block with its contents and a new size, perhaps elsewhere.
void* ResizeLargeBlock(void* block, size_t old_bytes, size_t bytes);
void FreeLargeBlock(void* block, size_t bytes);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_LARGE_BLOCK_H_
