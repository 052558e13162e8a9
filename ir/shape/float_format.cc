#include "ir/shape/float_format.h"

#include <bit>
#include <cmath>
#include <limits>

#include "ir/base/check.h"

namespace eqsat::ir {
namespace {

uint64_t LowMask(int bits) { return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1; }

uint64_t NanBits(const FloatFormat& f) {
  switch (f.specials) {
    case Specials::kIeee:
      return (LowMask(f.exponent_bits) << f.mantissa_bits) | (uint64_t{1} << (f.mantissa_bits - 1));
    case Specials::kNanAllOnes:
      return LowMask(f.bits - 1);
    case Specials::kNanNegZero:
    case Specials::kNone:
      return uint64_t{1} << (f.bits - 1);
    case Specials::kScale:
      return LowMask(f.bits);
  }
  EQSAT_CHECK(false);
  return 0;
}

uint64_t Overflow(const FloatFormat& f, uint64_t sign) {
  switch (f.specials) {
    case Specials::kIeee:
      return sign | (LowMask(f.exponent_bits) << f.mantissa_bits);
    case Specials::kNone:
      return sign | LargestFiniteBits(f);
    case Specials::kNanAllOnes:
      return sign | NanBits(f);
    case Specials::kNanNegZero:
    case Specials::kScale:
      return NanBits(f);
  }
  EQSAT_CHECK(false);
  return 0;
}

uint64_t EncodeScale(const FloatFormat& f, double value) {
  if (!(value > 0) || std::isinf(value)) return NanBits(f);  // there is no zero
  int exponent;
  double fraction = std::frexp(value, &exponent);  // value = fraction · 2^exponent, in [0.5, 1)
  int power = exponent - 1 + f.bias;
  // 0.75 is midway to the next power of two. The leading one is the last bit, so ties go up.
  if (fraction >= 0.75) ++power;
  if (power < 0) return 0;
  if (power >= static_cast<int>(LowMask(f.bits))) return NanBits(f);
  return static_cast<uint64_t>(power);
}

// Rounds value >= 0 to an integer, ties to even, whatever the rounding mode.
uint64_t RoundToEven(double value) {
  double floor = std::floor(value);
  double rest = value - floor;
  auto integer = static_cast<uint64_t>(floor);
  if (rest > 0.5 || (rest == 0.5 && (integer & 1))) ++integer;
  return integer;
}

}  // namespace

const FloatFormat& FormatOf(ElementType type) {
  static constexpr FloatFormat kF16{16, 5, 10, 15, Specials::kIeee};
  static constexpr FloatFormat kBF16{16, 8, 7, 127, Specials::kIeee};
  static constexpr FloatFormat kF32{32, 8, 23, 127, Specials::kIeee};
  static constexpr FloatFormat kF64{64, 11, 52, 1023, Specials::kIeee};
  static constexpr FloatFormat kF8E5M2{8, 5, 2, 15, Specials::kIeee};
  static constexpr FloatFormat kF8E4M3{8, 4, 3, 7, Specials::kIeee};
  static constexpr FloatFormat kF8E4M3FN{8, 4, 3, 7, Specials::kNanAllOnes};
  static constexpr FloatFormat kF8E4M3B11FNUZ{8, 4, 3, 11, Specials::kNanNegZero};
  static constexpr FloatFormat kF8E3M4{8, 3, 4, 3, Specials::kIeee};
  static constexpr FloatFormat kF8E5M2FNUZ{8, 5, 2, 16, Specials::kNanNegZero};
  static constexpr FloatFormat kF8E4M3FNUZ{8, 4, 3, 8, Specials::kNanNegZero};
  static constexpr FloatFormat kF8E8M0FNU{8, 8, 0, 127, Specials::kScale};
  static constexpr FloatFormat kF6E3M2FN{6, 3, 2, 3, Specials::kNone};
  static constexpr FloatFormat kF6E2M3FN{6, 2, 3, 1, Specials::kNone};
  static constexpr FloatFormat kF4E2M1FN{4, 2, 1, 1, Specials::kNone};
  switch (type) {
    case ElementType::kF16:
      return kF16;
    case ElementType::kBF16:
      return kBF16;
    case ElementType::kF32:
      return kF32;
    case ElementType::kF64:
      return kF64;
    case ElementType::kF8E5M2:
      return kF8E5M2;
    case ElementType::kF8E4M3:
      return kF8E4M3;
    case ElementType::kF8E4M3FN:
      return kF8E4M3FN;
    case ElementType::kF8E4M3B11FNUZ:
      return kF8E4M3B11FNUZ;
    case ElementType::kF8E3M4:
      return kF8E3M4;
    case ElementType::kF8E5M2FNUZ:
      return kF8E5M2FNUZ;
    case ElementType::kF8E4M3FNUZ:
      return kF8E4M3FNUZ;
    case ElementType::kF8E8M0FNU:
      return kF8E8M0FNU;
    case ElementType::kF6E3M2FN:
      return kF6E3M2FN;
    case ElementType::kF6E2M3FN:
      return kF6E2M3FN;
    case ElementType::kF4E2M1FN:
      return kF4E2M1FN;
    default:
      break;
  }
  base::CheckFailed(__FILE__, __LINE__, "FormatOf takes a float type");
}

uint64_t LargestFiniteBits(const FloatFormat& f) {
  uint64_t magnitude = LowMask(f.exponent_bits + f.mantissa_bits);
  if (f.specials == Specials::kIeee) return (LowMask(f.exponent_bits) << f.mantissa_bits) - 1;
  if (f.specials == Specials::kNanAllOnes || f.specials == Specials::kScale) return magnitude - 1;
  return magnitude;
}

double DecodeFloat(const FloatFormat& f, uint64_t bits) {
  if (f.bits == 64) return std::bit_cast<double>(bits);
  if (f.bits == 32) return std::bit_cast<float>(static_cast<uint32_t>(bits));
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (f.specials == Specials::kScale)
    return bits == NanBits(f) ? kNan : std::ldexp(1.0, static_cast<int>(bits) - f.bias);

  double sign = (bits >> (f.bits - 1)) & 1 ? -1.0 : 1.0;
  uint64_t exponent = (bits >> f.mantissa_bits) & LowMask(f.exponent_bits);
  uint64_t mantissa = bits & LowMask(f.mantissa_bits);
  bool top = exponent == LowMask(f.exponent_bits);
  if (f.specials == Specials::kIeee && top) {
    double special = mantissa == 0 ? std::numeric_limits<double>::infinity() : kNan;
    return std::copysign(special, sign);
  }
  if (f.specials == Specials::kNanAllOnes && top && mantissa == LowMask(f.mantissa_bits))
    return std::copysign(kNan, sign);
  if (f.specials == Specials::kNanNegZero && bits == NanBits(f)) return kNan;
  auto significand = static_cast<double>(mantissa);
  int power = 1 - f.bias - f.mantissa_bits;
  if (exponent != 0) {
    significand += static_cast<double>(uint64_t{1} << f.mantissa_bits);
    power += static_cast<int>(exponent) - 1;
  }
  return sign * std::ldexp(significand, power);
}

uint64_t EncodeFloat(const FloatFormat& f, double value) {
  if (f.bits == 64) return std::bit_cast<uint64_t>(value);
  if (f.bits == 32) return std::bit_cast<uint32_t>(static_cast<float>(value));
  if (f.specials == Specials::kScale) return EncodeScale(f, value);

  uint64_t sign = std::signbit(value) ? uint64_t{1} << (f.bits - 1) : 0;
  if (std::isnan(value)) {
    if (f.specials == Specials::kNone) return sign ^ NanBits(f);
    return NanBits(f) | (f.specials == Specials::kIeee ? sign : 0);
  }
  if (std::isinf(value)) return Overflow(f, sign);
  double magnitude = std::fabs(value);
  if (magnitude == 0) return f.specials == Specials::kNanNegZero ? 0 : sign;

  // Count in units of the last place at this value's exponent; denormals share the lowest one.
  int exponent;
  std::frexp(magnitude, &exponent);
  int biased = exponent - 1 + f.bias;
  if (biased < 1) biased = 1;
  if (biased > static_cast<int>(LowMask(f.exponent_bits))) return Overflow(f, sign);
  uint64_t units = RoundToEven(std::ldexp(magnitude, f.mantissa_bits + f.bias - biased));
  // A carry out of the significand moves to the next exponent by plain addition.
  uint64_t pattern = (static_cast<uint64_t>(biased - 1) << f.mantissa_bits) + units;
  if (pattern > LargestFiniteBits(f)) return Overflow(f, sign);
  if (pattern == 0 && f.specials == Specials::kNanNegZero) return 0;
  return sign | pattern;
}

}  // namespace eqsat::ir
