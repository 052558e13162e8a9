// Small angles lose multiples of pi / 2 held in three f64 parts. Large ones are multiplied, as
// integers m * 2^e, by those bits of 2 / pi that can make a difference: the bits above give whole
// turns, the bits below less than a rounding error (after Payne and Hanek).
#include "codegen/kernel_ir/quarter_turns.h"

#include <cmath>
#include <cstdint>
#include <iterator>
#include <vector>

namespace eqsat::codegen::math {
namespace {

#include "codegen/kernel_ir/math_two_over_pi.inc"

constexpr double kHalfPi = 0x1.921fb54442d18p0;
constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;
constexpr double kHalfPiLowest = -0x1.f1976b7ed8fbcp-110;

// From here on multiples of pi / 2 in three parts are not exact enough.
constexpr double kLargeAngle = 0x1p30;

QuarterTurns ReduceSmall(Real wide) {
  Real n = Rint(wide * (1 / kHalfPi));
  Real rest = Fma(n, -kHalfPi, wide);
  rest = Fma(n, -kHalfPiLow, rest);
  return {n, Clamp(Fma(n, -kHalfPiLowest, rest), -1, 1)};
}

// Arithmetic on 32-bit digits that are held in i64.
class Digits {
 public:
  explicit Digits(Real like) : b_(*like.b), type_(like.type().With(Scalar::kI64)) {}

  ValueId Constant(int64_t value) { return b_.Int(type_, value); }
  ValueId Low(ValueId x) { return b_.Binary(Op::kAnd, x, Constant(0xffffffff)); }
  ValueId High(ValueId x) { return b_.Binary(Op::kShrL, x, Constant(32)); }
  ValueId Pair(ValueId high, ValueId low) {
    return b_.Binary(Op::kOr, b_.Binary(Op::kShl, high, Constant(32)), low);
  }

  // Digits position, position + 1, … of a zero and 2 / pi; `count` of them. 0 <= position <= last.
  std::vector<ValueId> TwoOverPi(ValueId position, int64_t last, size_t count) {
    const size_t needed = static_cast<size_t>(last) + count;
    std::vector<ValueId> digits = {Constant(0)};
    for (size_t i = 0; i + 1 < needed; ++i) digits.push_back(Constant(kTwoOverPi[i]));
    // Moves to the front by powers of two, the greatest first.
    for (int64_t step = 16; step > 0; step /= 2) {
      if (step > last) continue;
      ValueId bit = b_.Binary(Op::kAnd, position, Constant(step));
      ValueId moves = b_.Binary(Op::kNe, bit, Constant(0));
      const size_t distance = static_cast<size_t>(step);
      const size_t kept = count + distance - 1;
      for (size_t i = 0; i < kept; ++i)
        if (i + distance < digits.size())
          digits[i] = b_.Select(moves, digits[i + distance], digits[i]);
      digits.resize(kept);
    }
    return digits;
  }

  // The fraction digits[0] digits[1] … times an integer (its digits, the lowest first), without
  // the integer part.
  std::vector<ValueId> TimesInteger(const std::vector<ValueId>& fraction,
                                    const std::vector<ValueId>& integer) {
    std::vector<ValueId> product(fraction.size());
    ValueId carry = Constant(0);
    for (size_t column = fraction.size(); column-- > 0;) {
      ValueId sum = carry;
      ValueId next = Constant(0);
      for (size_t i = 0; i < integer.size() && column + i < fraction.size(); ++i) {
        ValueId part = b_.Binary(Op::kMul, integer[i], fraction[column + i]);
        sum = b_.Binary(Op::kAdd, sum, Low(part));
        next = b_.Binary(Op::kAdd, next, High(part));
      }
      product[column] = Low(sum);
      carry = b_.Binary(Op::kAdd, next, High(sum));
    }
    return product;
  }

 private:
  KernelBuilder& b_;
  Type type_;
};

// What an angle's type needs.
struct Precision {
  Scalar integer;
  int mantissa_bits;  // stored ones
  int exponent_bias;
  size_t fraction_digits;  // of 2 / pi, that make a difference
};
constexpr Precision kSingle = {Scalar::kI32, 23, 127, 3};
constexpr Precision kDouble = {Scalar::kI64, 52, 1023, 6};

// The angle as a fraction of a turn, in digits: `angle` >= kLargeAngle.
std::vector<ValueId> FractionOfTurn(Real angle, const Precision& precision) {
  KernelBuilder& b = *angle.b;
  Digits d(angle);
  auto add = [&](ValueId x, int64_t y) { return b.Binary(Op::kAdd, x, d.Constant(y)); };
  ValueId bits = angle.Bits();
  if (precision.integer != Scalar::kI64) bits = b.Convert(Op::kZeroExtend, Scalar::kI64, bits);
  ValueId exponent = b.Binary(Op::kShrL, bits, d.Constant(precision.mantissa_bits));
  const int64_t implicit = int64_t{1} << precision.mantissa_bits;
  ValueId mantissa =
      b.Binary(Op::kOr, b.Binary(Op::kAnd, bits, d.Constant(implicit - 1)), d.Constant(implicit));
  // angle = mantissa * 2^e, and bit i of 2 / pi is worth 2^-(i + 1): times 2^e that is 2 quarter
  // turns for i = e - 2. The digits begin with 32 zeros.
  const int64_t offset = 32 - 2 - precision.exponent_bias - precision.mantissa_bits;
  ValueId first_bit = add(exponent, offset);
  const int64_t last_digit = (2 * precision.exponent_bias + offset) / 32;
  std::vector<ValueId> digits = d.TwoOverPi(b.Binary(Op::kShrL, first_bit, d.Constant(5)),
                                            last_digit, precision.fraction_digits + 1);
  ValueId inside = b.Binary(Op::kAnd, first_bit, d.Constant(31));
  ValueId shift = b.Binary(Op::kSub, d.Constant(32), inside);
  std::vector<ValueId> window;
  for (size_t i = 0; i < precision.fraction_digits; ++i)
    window.push_back(d.Low(b.Binary(Op::kShrL, d.Pair(digits[i], digits[i + 1]), shift)));
  std::vector<ValueId> integer = {d.Low(mantissa)};
  if (precision.mantissa_bits >= 32) integer.push_back(d.High(mantissa));
  return d.TimesInteger(window, integer);
}

QuarterTurns ReduceLarge(Real angle) {
  KernelBuilder& b = *angle.b;
  const bool is_double = angle.IsDouble();
  Digits d(angle);
  std::vector<ValueId> turn = FractionOfTurn(Abs(angle), is_double ? kDouble : kSingle);
  auto to_float = [&](Op op, ValueId x) { return Real{&b, b.Convert(op, Scalar::kF64, x)}; };
  // In units of 2^-62 quarter turns.
  ValueId high = d.Pair(turn[0], turn[1]);
  ValueId rounded = b.Binary(Op::kAdd, high, d.Constant(int64_t{1} << 61));
  ValueId quarters = b.Binary(Op::kShrL, rounded, d.Constant(62));
  ValueId rest = b.Binary(Op::kSub, high, b.Binary(Op::kShl, quarters, d.Constant(62)));
  Real whole = to_float(Op::kSignedToFloat, rest);
  Real radians = whole * (kHalfPi * 0x1p-62);
  if (is_double) {
    ValueId left = b.Binary(Op::kSub, rest, b.Convert(Op::kFloatToSigned, Scalar::kI64, whole.id));
    Real below = to_float(Op::kUnsignedToFloat, d.Pair(turn[2], turn[3]));
    Real tail = Fma(below, 0x1p-64, to_float(Op::kSignedToFloat, left));
    Real error = Fma(whole, kHalfPi * 0x1p-62, -radians);
    error = Fma(whole, kHalfPiLow * 0x1p-62, error);
    radians = radians + Fma(tail, kHalfPi * 0x1p-62, error);
  }
  Real count = to_float(Op::kSignedToFloat, quarters);
  Truth negative = IsNegative(angle);
  Real wide = angle.To(Scalar::kF64);
  // NaN for infinities.
  radians = radians + (wide - wide);
  return {Select(negative, -count, count), Select(negative, -radians, radians)};
}

}  // namespace

QuarterTurns ReduceAngle(Real angle) {
  Real wide = angle.To(Scalar::kF64);
  Truth is_large = wide.Constant(kLargeAngle) <= Abs(wide);
  if (angle.type().width > 1) {
    QuarterTurns small = ReduceSmall(wide), large = ReduceLarge(angle);
    return {Select(is_large, large.quarters, small.quarters),
            Select(is_large, large.rest, small.rest)};
  }
  auto ids = [](const QuarterTurns& t) { return KernelBuilder::Values{t.quarters.id, t.rest.id}; };
  KernelBuilder::Values reduced = angle.b->If(
      is_large.id, [&] { return ids(ReduceLarge(angle)); }, [&] { return ids(ReduceSmall(wide)); });
  return {{angle.b, reduced[0]}, {angle.b, reduced[1]}};
}

}  // namespace eqsat::codegen::math
