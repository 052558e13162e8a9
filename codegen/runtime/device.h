// A machine with memory of its own and an artifact's kernels loaded.
#ifndef EQSAT_CODEGEN_RUNTIME_DEVICE_H_
#define EQSAT_CODEGEN_RUNTIME_DEVICE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace eqsat::codegen {

// Addresses are of the device; only a Device may read or write through them, but offsets may be
// added. All methods may be called from several threads at once. Operations happen in the order of
// one thread's calls; CopyOut returns when the bytes are there.
class Device {
 public:
  virtual ~Device() = default;

  // At least `bytes`, aligned to 256 bytes, contents undefined. ResourceExhausted if there is not
  // enough memory.
  virtual absl::StatusOr<uint8_t*> Allocate(int64_t bytes) = 0;
  virtual void Free(uint8_t* address) = 0;

  virtual absl::Status CopyIn(uint8_t* to, const void* from, int64_t bytes) = 0;
  virtual absl::Status CopyOut(void* to, const uint8_t* from, int64_t bytes) = 0;
  // The ranges do not overlap.
  virtual absl::Status CopyWithin(uint8_t* to, const uint8_t* from, int64_t bytes) = 0;

  // Runs the artifact's kernel number `kernel` on its parameter buffers.
  virtual absl::Status Launch(int64_t kernel, absl::Span<uint8_t* const> buffers) = 0;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_DEVICE_H_
