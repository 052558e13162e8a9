#include "ir/interpret/strided_copy.h"

#include <algorithm>

namespace eqsat::ir {

void StridedCopy::Run(const uint8_t* from, uint8_t* to, int64_t width) const {
  if (std::ranges::find(sizes, 0) != sizes.end()) return;
  const int64_t last = static_cast<int64_t>(sizes.size()) - 1;
  const int64_t count = last < 0 ? 1 : sizes[last];
  const int64_t from_step = (last < 0 ? 1 : from_strides[last]) * width;
  const int64_t to_step = (last < 0 ? 1 : to_strides[last]) * width;
  DimensionVector point(sizes.size(), 0);
  do {
    const uint8_t* source = from;
    uint8_t* target = to;
    for (int64_t d = 0; d < last; ++d) {
      source += point[d] * from_strides[d] * width;
      target += point[d] * to_strides[d] * width;
    }
    if (from_step == width && to_step == width) {
      std::memcpy(target, source, count * width);
      continue;
    }
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(target + i * to_step, source + i * from_step, width);
  } while (Advance(point, sizes, 0, std::max<int64_t>(last, 0)));
}

}  // namespace eqsat::ir
