#include "engine/egraph/large_block.h"

#include <sys/mman.h>

#include <cstdint>

#include "ir/base/check.h"

namespace eqsat::engine {
namespace {

size_t RoundUp(size_t bytes) { return (bytes + kLargeBlock - 1) / kLargeBlock * kLargeBlock; }

void* Map(void* at, size_t bytes, int protection, int flags) {
  void* block = mmap(at, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  EQSAT_CHECK(block != MAP_FAILED);
  return block;
}

// Addresses that nothing uses, aligned. `size` is a multiple of kLargeBlock.
char* ReserveAddresses(size_t size) {
  char* all = static_cast<char*>(Map(nullptr, size + kLargeBlock, PROT_NONE, MAP_NORESERVE));
  const size_t before =
      RoundUp(reinterpret_cast<uintptr_t>(all)) - reinterpret_cast<uintptr_t>(all);
  if (before > 0) munmap(all, before);
  if (before < kLargeBlock) munmap(all + before + size, kLargeBlock - before);
  return all + before;
}

}  // namespace

void* NewLargeBlock(size_t bytes) {
  const size_t size = RoundUp(bytes);
  void* block = Map(ReserveAddresses(size), size, PROT_READ | PROT_WRITE, MAP_FIXED);
  madvise(block, size, MADV_HUGEPAGE);  // a wish: without it the block works as well
  return block;
}

void* ResizeLargeBlock(void* block, size_t old_bytes, size_t bytes) {
  const size_t size = RoundUp(bytes);
  void* moved = mremap(block, RoundUp(old_bytes), size, MREMAP_MAYMOVE | MREMAP_FIXED,
                       ReserveAddresses(size));
  EQSAT_CHECK(moved != MAP_FAILED);
  return moved;
}

void FreeLargeBlock(void* block, size_t bytes) { munmap(block, RoundUp(bytes)); }

}  // namespace eqsat::engine
