#include "codegen/kernel_ir/scalar.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ir/base/check.h"
#include "ir/shape/float_format.h"

namespace eqsat::codegen {
namespace {

const ir::FloatFormat& Format(Scalar type) {
  switch (type) {
    case Scalar::kF16:
      return ir::FormatOf(ir::ElementType::kF16);
    case Scalar::kBF16:
      return ir::FormatOf(ir::ElementType::kBF16);
    case Scalar::kF32:
      return ir::FormatOf(ir::ElementType::kF32);
    default:
      return ir::FormatOf(ir::ElementType::kF64);
  }
}

std::optional<uint64_t> Divide(Op op, Scalar type, uint64_t a, uint64_t b) {
  if (b == 0) return std::nullopt;
  if (op == Op::kDivU) return a / b;
  if (op == Op::kRemU) return a % b;
  int64_t x = SignExtend(type, a), y = SignExtend(type, b);
  if (y == -1 && a == uint64_t{1} << (BitWidth(type) - 1)) return std::nullopt;
  return static_cast<uint64_t>(op == Op::kDivS ? x / y : x % y);
}

std::optional<uint64_t> Integer(Op op, Scalar type, uint64_t a, uint64_t b) {
  int64_t x = SignExtend(type, a), y = SignExtend(type, b);
  int width = BitWidth(type);
  if ((op == Op::kShl || op == Op::kShrL || op == Op::kShrA) && b >= static_cast<uint64_t>(width))
    return std::nullopt;
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSub:
      return a - b;
    case Op::kMul:
      return a * b;
    case Op::kMinS:
      return static_cast<uint64_t>(std::min(x, y));
    case Op::kMaxS:
      return static_cast<uint64_t>(std::max(x, y));
    case Op::kMinU:
      return std::min(a, b);
    case Op::kMaxU:
      return std::max(a, b);
    case Op::kAnd:
      return a & b;
    case Op::kOr:
      return a | b;
    case Op::kXor:
      return a ^ b;
    case Op::kShl:
      return a << b;
    case Op::kShrL:
      return a >> b;
    case Op::kShrA:
      return static_cast<uint64_t>(x >> b);
    case Op::kCountLeadingZeros:
      return static_cast<uint64_t>(std::countl_zero(a) - (64 - width));
    case Op::kPopCount:
      return static_cast<uint64_t>(std::popcount(a));
    default:
      return Divide(op, type, a, b);
  }
}

template <typename T>
T Minimum(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

template <typename T>
T Float(Op op, T a, T b, T c) {
  switch (op) {
    case Op::kFAdd:
      return a + b;
    case Op::kFSub:
      return a - b;
    case Op::kFMul:
      return a * b;
    case Op::kFDiv:
      return a / b;
    case Op::kFma:
      return std::fma(a, b, c);
    case Op::kFMin:
      return Minimum(a, b);
    case Op::kFMax:
      return -Minimum(-a, -b);
    case Op::kFNeg:
      return -a;
    case Op::kFAbs:
      return std::fabs(a);
    case Op::kFCopySign:
      return std::copysign(a, b);
    case Op::kFSqrt:
      return std::sqrt(a);
    case Op::kFFloor:
      return std::floor(a);
    case Op::kFCeil:
      return std::ceil(a);
    case Op::kFTrunc:
      return std::trunc(a);
    default:
      EQSAT_CHECK(op == Op::kFRint);
      return std::nearbyint(a);
  }
}

template <typename T, typename Bits>
uint64_t FloatBits(Op op, absl::Span<const uint64_t> operands) {
  T v[3] = {0, 0, 0};
  for (size_t i = 0; i < operands.size(); ++i)
    v[i] = std::bit_cast<T>(static_cast<Bits>(operands[i]));
  return std::bit_cast<Bits>(Float<T>(op, v[0], v[1], v[2]));
}

bool Compare(Op op, Scalar type, uint64_t a, uint64_t b) {
  int64_t x = SignExtend(type, a), y = SignExtend(type, b);
  switch (op) {
    case Op::kEq:
      return a == b;
    case Op::kNe:
      return a != b;
    case Op::kLtS:
      return x < y;
    case Op::kLeS:
      return x <= y;
    case Op::kLtU:
      return a < b;
    default:
      EQSAT_CHECK(op == Op::kLeU);
      return a <= b;
  }
}

bool CompareFloat(Op op, double a, double b) {
  switch (op) {
    case Op::kFEq:
      return a == b;
    case Op::kFNe:
      return a != b;
    case Op::kFLt:
      return a < b;
    default:
      EQSAT_CHECK(op == Op::kFLe);
      return a <= b;
  }
}

// Truncates toward zero into [low, high], bounds that are exact as T or one above it.
uint64_t FloatToInteger(double value, Scalar to, bool is_signed) {
  if (std::isnan(value)) return 0;
  int magnitude = BitWidth(to) - (is_signed ? 1 : 0);
  double limit = std::ldexp(1.0, magnitude);  // one above the greatest
  if (value >= limit) return magnitude == 64 ? ~uint64_t{0} : (uint64_t{1} << magnitude) - 1;
  if (is_signed && value < -limit) return uint64_t{1} << magnitude;
  if (!is_signed) return value <= -1 ? 0 : static_cast<uint64_t>(std::max(value, 0.0));
  return static_cast<uint64_t>(static_cast<int64_t>(value));
}

// Straight to f32: going through double would round twice.
template <typename Integer>
uint64_t IntegerToFloat(Scalar to, Integer value) {
  if (to == Scalar::kF32) return std::bit_cast<uint32_t>(static_cast<float>(value));
  return std::bit_cast<uint64_t>(static_cast<double>(value));
}

uint64_t Convert(Op op, Scalar from, Scalar to, uint64_t a) {
  switch (op) {
    case Op::kTruncate:
    case Op::kZeroExtend:
    case Op::kBitcast:
      return a;
    case Op::kSignExtend:
      return static_cast<uint64_t>(SignExtend(from, a));
    case Op::kSignedToFloat:
      return IntegerToFloat(to, SignExtend(from, a));
    case Op::kUnsignedToFloat:
      return IntegerToFloat(to, a);
    case Op::kFloatToSigned:
      return FloatToInteger(ToDouble(from, a), to, true);
    case Op::kFloatToUnsigned:
      return FloatToInteger(ToDouble(from, a), to, false);
    default:
      EQSAT_CHECK(op == Op::kFloatConvert);
      return FromDouble(to, ToDouble(from, a));
  }
}

}  // namespace

uint64_t LowBits(Scalar type, uint64_t bits) {
  int width = BitWidth(type);
  return width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
}

int64_t SignExtend(Scalar type, uint64_t bits) {
  int unused = 64 - BitWidth(type);
  return static_cast<int64_t>(bits << unused) >> unused;
}

double ToDouble(Scalar type, uint64_t bits) {
  if (type == Scalar::kF32) return std::bit_cast<float>(static_cast<uint32_t>(bits));
  if (type == Scalar::kF64) return std::bit_cast<double>(bits);
  return ir::DecodeFloat(Format(type), bits);
}

uint64_t FromDouble(Scalar type, double value) {
  if (type == Scalar::kF32) return std::bit_cast<uint32_t>(static_cast<float>(value));
  if (type == Scalar::kF64) return std::bit_cast<uint64_t>(value);
  return ir::EncodeFloat(Format(type), value);
}

std::optional<uint64_t> EvaluateScalar(Op op, Scalar from, Scalar to,
                                       absl::Span<const uint64_t> operands) {
  uint64_t a = operands[0], b = operands.size() > 1 ? operands[1] : 0;
  std::optional<uint64_t> result;
  switch (Family(op)) {
    case OpFamily::kInteger:
      result = Integer(op, from, a, b);
      break;
    case OpFamily::kFloat:
      result = from == Scalar::kF32 ? FloatBits<float, uint32_t>(op, operands)
                                    : FloatBits<double, uint64_t>(op, operands);
      break;
    case OpFamily::kCompareInteger:
      return Compare(op, from, a, b);
    case OpFamily::kCompareFloat:
      return CompareFloat(op, ToDouble(from, a), ToDouble(from, b));
    case OpFamily::kSelect:
      return a != 0 ? b : operands[2];
    default:
      EQSAT_CHECK(Family(op) == OpFamily::kConvert);
      result = Convert(op, from, to, a);
  }
  if (result) result = LowBits(to, *result);
  return result;
}

}  // namespace eqsat::codegen
