// The binary floating-point formats of HLO, from f4 to f64, and conversion to and from double.
//
// Formats follow IEEE 754-2019 (f16, f32, f64), the OCP 8-bit and microscaling (MX) specifications
// (f8e5m2, f8e4m3fn, f8e8m0fnu, f6*, f4*), and the "fnuz" family of Graphcore and AMD.
#ifndef EQSAT_IR_SHAPE_FLOAT_FORMAT_H_
#define EQSAT_IR_SHAPE_FLOAT_FORMAT_H_

#include <cstdint>

#include "ir/shape/element_type.h"

namespace eqsat::ir {

enum class Specials : uint8_t {
  kIeee,        // infinities and NaNs in the top exponent
  kNanAllOnes,  // "fn": no infinity, NaN is all ones below the sign
  kNanNegZero,  // "fnuz": no infinity, no negative zero, NaN is the bit pattern of -0
  kNone,        // finite values only (f6, f4)
  kScale,       // f8e8m0fnu: an unsigned power of two, NaN is 0xff, no zero
};

struct FloatFormat {
  int bits;
  int exponent_bits;
  int mantissa_bits;  // stored
  int bias;
  Specials specials;
};

// `type` must be a float type.
const FloatFormat& FormatOf(ElementType type);

// The bit pattern, without sign, of the largest finite value.
uint64_t LargestFiniteBits(const FloatFormat& format);

// The exact value of a bit pattern.
double DecodeFloat(const FloatFormat& format, uint64_t bits);

// The nearest value, ties to even. Overflow goes to infinity where the format has one, else to NaN
// where it has one, else to the largest value. NaN becomes a zero of the other sign
// where the format has none. The format of scales has nothing at or below zero: NaN; its ties go
// up.
uint64_t EncodeFloat(const FloatFormat& format, double value);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_FLOAT_FORMAT_H_
