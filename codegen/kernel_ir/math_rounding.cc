// Roots, remainders and signs.
#include <cmath>

#include "codegen/kernel_ir/math.h"
#include "codegen/kernel_ir/real.h"

namespace eqsat::codegen::math {
namespace {

// A third of the exponent by integer division, then Halley's iteration, which triples the number
// of correct bits.
Real CbrtOfMagnitude(Real x) {
  bool wide = x.IsDouble();
  KernelBuilder& b = *x.b;
  ValueId bits = x.Bits();
  Type integer = b.type(bits);
  ValueId third = b.Binary(Op::kDivU, bits, b.Int(integer, 3));
  constexpr int64_t kBias32 = 0x2a5119f2, kBias64 = 0x2a9f7893782da1ce;
  Real y = x.FromBits(b.Binary(Op::kAdd, third, b.Int(integer, wide ? kBias64 : kBias32)));
  for (int i = 0; i < (wide ? 3 : 2); ++i) {
    Real error = Fma(y * y, y, -x);
    y = y - y * (error / Fma(y * y * 2, y, x));
  }
  return y;
}

// x mod y of magnitudes, both finite, y not 0, in steps of 24 bits of the quotient: products with
// so few bits are exact in an f64 fma. `bits` bounds the quotient's bits.
Real RemainderOfMagnitudes(Real x, Real y, ValueId steps) {
  KernelBuilder& b = *x.b;
  int width = x.type().width;
  auto reduce = [&](Real rest, Real step) {
    // y 2^(24 step), in factors that do not overflow alone.
    Real third = PowerOfTwo(step * 8);
    Real divisor = y * third * third * third;
    Real next = Fma(-Trunc(rest / divisor), divisor, rest);
    next = Select(next < 0, next + divisor, next);
    next = Select(divisor <= next, next - divisor, next);
    return Select(rest < divisor, rest, next);
  };
  KernelBuilder::Values rest = b.For(
      b.Index(0), steps, b.Index(1), {x.id}, [&](ValueId i, const KernelBuilder::Values& carried) {
        ValueId left = b.Binary(Op::kSub, b.Binary(Op::kSub, steps, b.Index(1)), i);
        ValueId step = b.Splat(b.Convert(Op::kSignedToFloat, Scalar::kF64, left), width);
        return KernelBuilder::Values{reduce({&b, carried[0]}, {&b, step}).id};
      });
  return {&b, rest[0]};
}

// Steps that the largest quotient in the vectors may need.
ValueId RemainderSteps(Real x, Real y) {
  KernelBuilder& b = *x.b;
  auto exponent = [&](Real v) {
    ValueId bits = v.Bits();
    ValueId biased = b.Binary(Op::kShrL, bits, b.Int(b.type(bits), 52));
    // Denormals go down to 2^-52 of the least normal.
    ValueId zero = b.Binary(Op::kEq, biased, b.Int(b.type(bits), 0));
    return b.Select(zero, b.Int(b.type(bits), -52), biased);
  };
  ValueId distance = b.Binary(Op::kSub, exponent(x), exponent(y));
  ValueId most = b.Extract(distance, 0);
  for (int i = 1; i < x.type().width; ++i) most = b.Binary(Op::kMaxS, most, b.Extract(distance, i));
  most = b.Binary(Op::kMaxS, most, b.Int(Scalar::kI64, 0));
  ValueId steps = b.Binary(Op::kDivU, most, b.Int(Scalar::kI64, 24));
  steps = b.Binary(Op::kAdd, steps, b.Int(Scalar::kI64, 1));
  return b.index_type() == Scalar::kI64 ? steps : b.Convert(Op::kTruncate, Scalar::kI32, steps);
}

}  // namespace

ValueId Cbrt(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  bool wide = x.IsDouble();
  // Denormals have no exponent to divide, and the cube of a guess may overflow: both are scaled by
  // the cube of a power of two.
  Truth denormal = magnitude < (wide ? 0x1p-1022 : 0x1p-126);
  Truth huge = x.Constant(wide ? 0x1p1000 : 0x1p100) < magnitude;
  double cube = wide ? 0x1p54 : 0x1p24, factor = wide ? 0x1p18 : 0x1p8;
  Real scaled = Select(denormal, magnitude * cube, Select(huge, magnitude / cube, magnitude));
  Real root = CbrtOfMagnitude(scaled);
  root = Select(denormal, root / factor, Select(huge, root * factor, root));
  Truth ordinary = (magnitude < INFINITY) & !(x == 0);
  return Select(ordinary, CopySign(root, x), x).id;
}

ValueId Rsqrt(KernelBuilder& b, ValueId x) { return (1.0 / Sqrt(Real{&b, x})).id; }

ValueId Remainder(KernelBuilder& b, ValueId x_value, ValueId y_value) {
  Real x{&b, x_value}, y{&b, y_value};
  Real ax = Abs(x).To(Scalar::kF64), ay = Abs(y).To(Scalar::kF64);
  Truth defined = (ax < INFINITY) & !(ay == 0) & !IsNan(y);
  // Arguments without a remainder must not lengthen the loop.
  Real divisor = Select(defined & (ay < INFINITY), ay, ay.Constant(1));
  Real dividend = Select(defined & (ay < INFINITY), ax, ax.Constant(0));
  Real rest = RemainderOfMagnitudes(dividend, divisor, RemainderSteps(dividend, divisor));
  rest = Select(defined & (ay == INFINITY), ax, rest);
  Real result = CopySign(rest.To(x.type().scalar), x);
  return Select(defined & !IsNan(x), result, x.Constant(NAN)).id;
}

ValueId RoundAwayFromZero(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  Real whole = Trunc(magnitude);
  Real rounded = Select(x.Constant(0.5) <= magnitude - whole, whole + 1, whole);
  // Infinity less infinity is no number.
  return Select(magnitude < INFINITY, CopySign(rounded, x), x).id;
}

}  // namespace eqsat::codegen::math
