// The memory half of a Device whose memory is this process's heap.
#ifndef EQSAT_CODEGEN_RUNTIME_HOST_MEMORY_H_
#define EQSAT_CODEGEN_RUNTIME_HOST_MEMORY_H_

#include "codegen/runtime/device.h"

namespace eqsat::codegen {

class HostMemory : public Device {
 public:
  absl::StatusOr<uint8_t*> Allocate(int64_t bytes) override;
  void Free(uint8_t* address) override;
  absl::Status CopyIn(uint8_t* to, const void* from, int64_t bytes) override;
  absl::Status CopyOut(void* to, const uint8_t* from, int64_t bytes) override;
  absl::Status CopyWithin(uint8_t* to, const uint8_t* from, int64_t bytes) override;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_HOST_MEMORY_H_
