// exp, log and what is made of them.
#include <cmath>

#include "codegen/kernel_ir/math.h"
#include "codegen/kernel_ir/math_coefficients.h"
#include "codegen/kernel_ir/real.h"

namespace eqsat::codegen::math {
namespace {

constexpr double kLog2E = 1.4426950408889634074;
// ln 2 in two parts; the first has trailing zeros, so that small multiples of it are exact.
constexpr double kLn2High32 = 0.693359375, kLn2Low32 = -2.12194440054690583e-4;
constexpr double kLn2High64 = 0x1.62e42feep-1, kLn2Low64 = 0x1.a39ef35793c76p-33;

Real OfType(Real x, absl::Span<const double> c32, absl::Span<const double> c64, Real at) {
  return Polynomial(at, x.IsDouble() ? c64 : c32);
}

// x = n ln 2 + r, |r| <= ln 2 / 2, and expm1(r).
struct Reduced {
  Real n;
  Real expm1;
};
Reduced Reduce(Real x) {
  Real n = Rint(x * kLog2E);
  Real r = Fma(n, x.IsDouble() ? -kLn2High64 : -kLn2High32, x);
  r = Fma(n, x.IsDouble() ? -kLn2Low64 : -kLn2Low32, r);
  return {n, Fma(r * r, OfType(x, kExpTail32, kExpTail64, r), r)};
}

Real ExpOf(Real x) {
  // Beyond these bounds the result is 0 or infinity anyway.
  x = x.IsDouble() ? Clamp(x, -746, 710) : Clamp(x, -104, 89);
  auto [n, expm1] = Reduce(x);
  // In two factors: 2^n itself may overflow or be denormal.
  Real half = Trunc(n * 0.5);
  return (expm1 + 1) * PowerOfTwo(half) * PowerOfTwo(n - half);
}

// exp(x) / 2, which overflows later.
Real HalfExp(Real x) {
  Real root = ExpOf(x * 0.5);
  return root * 0.5 * root;
}

Real Expm1Of(Real x) {
  Real bounded = x.IsDouble() ? Clamp(x, -40, 710) : Clamp(x, -20, 89);
  auto [n, expm1] = Reduce(bounded);
  Real half_scale = PowerOfTwo(n - 1);
  Real result = Fma(half_scale, expm1, half_scale - 0.5) * 2;
  return Select(x == 0, x, result);
}

// x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); x positive and finite.
struct Split {
  Real k;
  Real f;
};
Split SplitExponent(Real x) {
  bool is_double = x.IsDouble();
  int mantissa = is_double ? 52 : 23;
  Truth denormal = x < (is_double ? 0x1p-1022 : 0x1p-126);
  Real scaled = Select(denormal, x * (is_double ? 0x1p54 : 0x1p25), x);
  KernelBuilder& b = *x.b;
  ValueId bits = scaled.Bits();
  Type integer = b.type(bits);
  ValueId root_half = x.Constant(0.70710678118654752440).Bits();
  ValueId k = b.Binary(Op::kShrA, b.Binary(Op::kSub, bits, root_half), b.Int(integer, mantissa));
  ValueId shifted = b.Binary(Op::kShl, k, b.Int(integer, mantissa));
  Real f = x.FromBits(b.Binary(Op::kSub, bits, shifted)) - 1;
  Real exponent{&b, b.Convert(Op::kSignedToFloat, x.type().scalar, k)};
  return {exponent - Select(denormal, is_double ? 54 : 25, x.Constant(0)), f};
}

// log of 0, negative numbers, infinity and NaN in place of `result`.
Real LogSpecials(Real x, Real result) {
  result = Select(x == INFINITY, x, result);
  result = Select(x == 0, -INFINITY, result);
  return Select(x < 0, NAN, Select(IsNan(x), x, result));
}

Real LogOf(Real x) {
  auto [k, f] = SplitExponent(x);
  Real s = f / (f + 2);
  Real z = s * s;
  Real half_square = f * f * 0.5;
  Real tail = z * OfType(x, kLogTail32, kLogTail64, z);
  double high = x.IsDouble() ? kLn2High64 : kLn2High32;
  double low = x.IsDouble() ? kLn2Low64 : kLn2Low32;
  Real correction = Fma(k, low, s * (half_square + tail));
  return LogSpecials(x, Fma(k, high, f - (half_square - correction)));
}

// log(1 + x) from log of the rounded sum u, scaled by what rounding took away.
Real Log1pOf(Real x) {
  Real u = x + 1;
  Real result = LogOf(u) * (x / (u - 1));
  result = Select(u == 1, x, result);
  return Select(x == INFINITY, x, result);
}

Real WithSign(Real magnitude, Real sign) { return CopySign(magnitude, sign); }

// --- Powers --------------------------------------------------------------------------------------

// high + low, unevaluated.
struct Pair {
  Real high;
  Real low;
};
Pair ExactProduct(Real x, Real y) {
  Real product = x * y;
  return {product, Fma(x, y, -product)};
}
Pair ExactSum(Real x, Real y) {
  Real sum = x + y;
  Real part = sum - x;
  return {sum, (x - (sum - part)) + (y - part)};
}
Pair operator*(Pair p, Real x) {
  auto [high, low] = ExactProduct(p.high, x);
  return {high, Fma(p.low, x, low)};
}
Pair operator+(Pair p, Pair q) {
  auto [high, low] = ExactSum(p.high, q.high);
  Real rest = low + (p.low + q.low);
  return ExactSum(high, rest);
}

// log of a positive finite f64, to about 2^-66.
Pair PreciseLog(Real x) {
  auto [k, f] = SplitExponent(x);
  // s = f / (2 + f)
  Pair d = ExactSum(f.Constant(2), f);
  Real s = f / d.high;
  Real s_low = (Fma(-s, d.high, f) - s * d.low) / d.high;
  // log(1 + f) = 2 s + 2/3 s^3 + s^5 (…)
  Pair z = ExactProduct(s, s);
  z.low = Fma(s * 2, s_low, z.low);
  Pair cube = z * s;
  cube.low = Fma(z.high, s_low, cube.low);
  constexpr double kTwoThirdsLow = 0x1.5555555555555p-55;
  Pair third = cube * f.Constant(2.0 / 3.0);
  third.low = Fma(cube.high, kTwoThirdsLow, third.low);
  absl::Span<const double> tail(kLogTail64);
  Real rest = z.high * cube.high * Polynomial(z.high, tail.subspan(1));
  Pair sum = Pair{s * 2, s_low * 2} + Pair{third.high, third.low + rest};
  Real k_ln2 = k * kLn2High64;
  return Pair{k_ln2, k * kLn2Low64} + sum;
}

// |x|^y for f64.
Real PowerOfMagnitude(Real magnitude, Real y) {
  Pair product = PreciseLog(magnitude) * y;
  Real precise = ExpOf(product.high);
  precise = Select(precise == INFINITY, precise, Fma(precise, product.low, precise));
  // Zeros and infinities, as numbers or on the way, have no low part.
  Real simple = ExpOf(LogOf(magnitude) * y);
  Truth ordinary = (Abs(product.high) < 800) & !(magnitude == 0) & (magnitude < INFINITY);
  return Select(ordinary, precise, simple);
}

Real PowOf(Real x, Real y) {
  Real magnitude = Abs(x);
  Real result =
      x.IsDouble() ? PowerOfMagnitude(magnitude, y)
                   : ExpOf(LogOf(magnitude.To(Scalar::kF64)) * y.To(Scalar::kF64)).To(Scalar::kF32);
  result = Select(magnitude == 1, 1, result);  // infinite exponents too
  Truth integral = Trunc(y) == y;
  Real half = y * 0.5;
  Truth odd = integral & !(Trunc(half) == half);
  result = Select(odd & IsNegative(x), -result, result);
  Truth undefined = (x < 0) & !integral & (magnitude < INFINITY);
  result = Select(undefined, NAN, result);
  result = Select(IsNan(x) | IsNan(y), NAN, result);
  return Select((y == 0) | (x == 1), 1, result);
}

}  // namespace

ValueId Exp(KernelBuilder& b, ValueId x) { return ExpOf({&b, x}).id; }

ValueId Expm1(KernelBuilder& b, ValueId x) { return Expm1Of({&b, x}).id; }

ValueId Log(KernelBuilder& b, ValueId x) { return LogOf({&b, x}).id; }

ValueId Log1p(KernelBuilder& b, ValueId x) { return Log1pOf({&b, x}).id; }

ValueId Tanh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  // 1 to the last bit beyond the bound.
  Real magnitude = Min(Abs(x), x.Constant(x.IsDouble() ? 20 : 10));
  Real t = Expm1Of(magnitude * 2);
  return WithSign(t / (t + 2), x).id;
}

ValueId Logistic(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real e = ExpOf(-Abs(x));
  return (Select(x < 0, e, x.Constant(1)) / (e + 1)).id;
}

// x E(x^2) up to 1; 1 - erfc(x) beyond, where log(erfc(x)) + x^2 is a polynomial.
ValueId Erf(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  Real low = x * OfType(x, kErfLow32, kErfLow64, Min(magnitude, x.Constant(1)) * magnitude);
  Real bounded = Min(magnitude, x.Constant(x.IsDouble() ? 6 : 4));
  auto log_erfc = [&](double center, double half, absl::Span<const double> c) {
    return Polynomial((bounded - center) / half, c) - bounded * bounded;
  };
  Real high = x.IsDouble() ? Select(bounded < 3, log_erfc(2, 1, kErfcLogNear64),
                                    log_erfc(4.5, 1.5, kErfcLogFar64))
                           : log_erfc(2.5, 1.5, kErfcLog32);
  Real erf = WithSign(1 - ExpOf(high), x);
  return Select(IsNan(x), x, Select(magnitude < 1, low, erf)).id;
}

ValueId Sinh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  Real e = Expm1Of(magnitude);
  Real small = (e + e / (e + 1)) * 0.5;
  Truth large = x.Constant(x.IsDouble() ? 700 : 85) < magnitude;
  return WithSign(Select(large, HalfExp(magnitude), small), x).id;
}

ValueId Cosh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real half = HalfExp(Abs(x));
  return (half + 0.25 / half).id;
}

ValueId Asinh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  Real square = magnitude * magnitude;
  Real small = Log1pOf(magnitude + square / (Sqrt(square + 1) + 1));
  Truth large = x.Constant(x.IsDouble() ? 0x1p28 : 0x1p12) < magnitude;
  return WithSign(Select(large, LogOf(magnitude) + M_LN2, small), x).id;
}

ValueId Acosh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real t = x - 1;
  Real small = Log1pOf(t + Sqrt(Fma(t, t, t * 2)));
  Truth large = x.Constant(x.IsDouble() ? 0x1p28 : 0x1p12) < x;
  return Select(x < 1, NAN, Select(large, LogOf(x) + M_LN2, small)).id;
}

ValueId Atanh(KernelBuilder& b, ValueId value) {
  Real x{&b, value};
  Real magnitude = Abs(x);
  return WithSign(Log1pOf(magnitude * 2 / (1 - magnitude)) * 0.5, x).id;
}

ValueId Pow(KernelBuilder& b, ValueId x, ValueId y) { return PowOf({&b, x}, {&b, y}).id; }

}  // namespace eqsat::codegen::math
