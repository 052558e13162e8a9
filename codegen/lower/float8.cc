#include "codegen/lower/float8.h"

#include <cmath>

#include "ir/base/check.h"
#include "ir/shape/float_format.h"

namespace eqsat::codegen {
namespace {

using ir::FloatFormat;
using ir::Specials;

constexpr int64_t kSign = 0x80, kMagnitude = 0x7f;

// Codes of magnitudes: those above the greatest finite one, and NaN (with its sign bit for fnuz).
struct Codes {
  int64_t greatest;
  int64_t overflow;
  int64_t nan;
};
Codes CodesOf(const FloatFormat& format) {
  int64_t infinity = ((int64_t{1} << format.exponent_bits) - 1) << format.mantissa_bits;
  switch (format.specials) {
    case Specials::kIeee:
      return {infinity - 1, infinity, infinity | (int64_t{1} << (format.mantissa_bits - 1))};
    case Specials::kNanAllOnes:
      return {kMagnitude - 1, kMagnitude, kMagnitude};
    default:
      EQSAT_CHECK(format.specials == Specials::kNanNegZero);
      return {kMagnitude, kSign, kSign};
  }
}

}  // namespace

bool IsFloat8(ir::ElementType type) {
  return ir::IsFloat(type) && ir::BitWidth(type) == 8 && type != ir::ElementType::kF8E8M0FNU;
}

// The magnitude's bits, put where f32 has its exponent and mantissa, are the value but for a factor
// that makes up for the biases, denormals included.
ValueId DecodeFloat8(KernelBuilder& b, ir::ElementType type, ValueId bits) {
  const FloatFormat& format = ir::FormatOf(type);
  Codes codes = CodesOf(format);
  ValueId code = b.Convert(Op::kZeroExtend, Scalar::kI32, bits);
  Type integer = b.type(code);
  ValueId magnitude = b.Binary(Op::kAnd, code, b.Int(integer, kMagnitude));
  ValueId placed = b.Binary(Op::kShl, magnitude, b.Int(integer, 23 - format.mantissa_bits));
  ValueId small = b.Convert(Op::kBitcast, Scalar::kF32, placed);
  Type real = b.type(small);
  ValueId value = b.Binary(Op::kFMul, small, b.Float(real, std::ldexp(1.0, 127 - format.bias)));
  if (format.specials == Specials::kIeee) {
    ValueId special = b.Binary(Op::kLtU, b.Int(integer, codes.greatest), magnitude);
    ValueId infinite = b.Binary(Op::kEq, magnitude, b.Int(integer, codes.overflow));
    value =
        b.Select(special, b.Select(infinite, b.Float(real, INFINITY), b.Float(real, NAN)), value);
  } else if (format.specials == Specials::kNanAllOnes) {
    value = b.Select(b.Binary(Op::kEq, magnitude, b.Int(integer, codes.nan)), b.Float(real, NAN),
                     value);
  }
  ValueId negative = b.Binary(Op::kLtU, b.Int(integer, kMagnitude), code);
  value = b.Select(negative, b.Unary(Op::kFNeg, value), value);
  if (format.specials == Specials::kNanNegZero)
    value = b.Select(b.Binary(Op::kEq, code, b.Int(integer, kSign)), b.Float(real, NAN), value);
  return value;
}

// The reverse, in f64: wide enough that the factor rounds nothing that matters.
ValueId EncodeFloat8(KernelBuilder& b, ir::ElementType type, ValueId value) {
  const FloatFormat& format = ir::FormatOf(type);
  Codes codes = CodesOf(format);
  ValueId wide = b.type(value).scalar == Scalar::kF64
                     ? value
                     : b.Convert(Op::kFloatConvert, Scalar::kF64, value);
  Type real = b.type(wide);
  ValueId scaled = b.Binary(Op::kFMul, b.Unary(Op::kFAbs, wide),
                            b.Float(real, std::ldexp(1.0, format.bias - 1023)));
  ValueId bits = b.Convert(Op::kBitcast, Scalar::kI64, scaled);
  Type integer = b.type(bits);
  int dropped = 52 - format.mantissa_bits;
  ValueId last =
      b.Binary(Op::kAnd, b.Binary(Op::kShrL, bits, b.Int(integer, dropped)), b.Int(integer, 1));
  ValueId half = b.Int(integer, (int64_t{1} << (dropped - 1)) - 1);
  bits = b.Binary(Op::kAdd, bits, b.Binary(Op::kAdd, last, half));
  ValueId code = b.Binary(Op::kShrL, bits, b.Int(integer, dropped));
  ValueId overflows = b.Binary(Op::kLtU, b.Int(integer, codes.greatest), code);
  code = b.Select(overflows, b.Int(integer, codes.overflow), code);
  ValueId is_nan = b.Binary(Op::kFNe, wide, wide);
  code = b.Select(is_nan, b.Int(integer, codes.nan), code);
  ValueId sign = b.Binary(Op::kLtS, b.Convert(Op::kBitcast, Scalar::kI64, wide), b.Int(integer, 0));
  if (format.specials == Specials::kNanNegZero) {
    ValueId zero = b.Binary(Op::kEq, code, b.Int(integer, 0));
    sign = b.Binary(Op::kAnd, sign, b.Not(zero));
  }
  ValueId sign_bit = b.Select(sign, b.Int(integer, kSign), b.Int(integer, 0));
  return b.Convert(Op::kTruncate, Scalar::kI8, b.Binary(Op::kOr, code, sign_bit));
}

}  // namespace eqsat::codegen
