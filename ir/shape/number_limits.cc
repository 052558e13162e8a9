#include "ir/shape/number_limits.h"

#include "ir/shape/float_format.h"

namespace eqsat::ir {

int64_t HighestInteger(ElementType type) {
  int magnitude = BitWidth(type) - (IsSigned(type) ? 1 : 0);
  return magnitude == 0 ? 0 : static_cast<int64_t>(~uint64_t{0} >> (64 - magnitude));
}

int64_t LowestInteger(ElementType type) { return IsSigned(type) ? ~HighestInteger(type) : 0; }

double LargestFinite(ElementType type) {
  const FloatFormat& format = FormatOf(type);
  return DecodeFloat(format, LargestFiniteBits(format));
}

}  // namespace eqsat::ir
