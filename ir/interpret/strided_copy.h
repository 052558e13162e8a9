// Copies of boxes of elements between arrays of different strides.
#ifndef EQSAT_IR_INTERPRET_STRIDED_COPY_H_
#define EQSAT_IR_INTERPRET_STRIDED_COPY_H_

#include <cstdint>
#include <cstring>

#include "ir/interpret/access.h"
#include "ir/shape/layout.h"

namespace eqsat::ir {

// Strides are in elements. No two positions of the target coincide.
struct StridedCopy {
  DimensionVector sizes;
  DimensionVector from_strides;
  DimensionVector to_strides;

  void Append(int64_t size, int64_t from_stride, int64_t to_stride) {
    sizes.push_back(size);
    from_strides.push_back(from_stride);
    to_strides.push_back(to_stride);
  }
  // `width` bytes an element.
  void Run(const uint8_t* from, uint8_t* to, int64_t width) const;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_STRIDED_COPY_H_
