#include "codegen/runtime/host_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_format.h"

namespace eqsat::codegen {
namespace {

constexpr int64_t kAlignment = 256;

void CopyBytes(void* to, const void* from, int64_t bytes) {
  if (bytes != 0) std::memcpy(to, from, static_cast<size_t>(bytes));
}

}  // namespace

absl::StatusOr<uint8_t*> HostMemory::Allocate(int64_t bytes) {
  int64_t padded = std::max((bytes + kAlignment - 1) / kAlignment, int64_t{1}) * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, static_cast<size_t>(padded));
  if (memory == nullptr)
    return absl::ResourceExhaustedError(absl::StrFormat("cannot allocate %d bytes", bytes));
  return static_cast<uint8_t*>(memory);
}

void HostMemory::Free(uint8_t* address) { std::free(address); }

absl::Status HostMemory::CopyIn(uint8_t* to, const void* from, int64_t bytes) {
  CopyBytes(to, from, bytes);
  return absl::OkStatus();
}

absl::Status HostMemory::CopyOut(void* to, const uint8_t* from, int64_t bytes) {
  CopyBytes(to, from, bytes);
  return absl::OkStatus();
}

absl::Status HostMemory::CopyWithin(uint8_t* to, const uint8_t* from, int64_t bytes) {
  CopyBytes(to, from, bytes);
  return absl::OkStatus();
}

}  // namespace eqsat::codegen
