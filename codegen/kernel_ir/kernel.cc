#include "codegen/kernel_ir/kernel.h"

#include <algorithm>

namespace eqsat::codegen {

int64_t Kernel::NumParameters() const {
  return std::count_if(buffers.begin(), buffers.end(),
                       [](const Buffer& b) { return b.role != BufferRole::kScratch; });
}

int64_t Kernel::NumPoints() const {
  int64_t points = 1;
  for (int64_t extent : extents) points *= extent;
  return points;
}

int64_t Kernel::ScratchBytes() const {
  int64_t bytes = 0;
  for (const Buffer& buffer : buffers) {
    if (buffer.role != BufferRole::kScratch) continue;
    bytes += (buffer.size * ByteWidth(buffer.element) + 15) / 16 * 16;
  }
  return bytes;
}

}  // namespace eqsat::codegen
