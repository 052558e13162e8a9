// sin, cos, tan and their inverses.
#include <cmath>

#include "codegen/kernel_ir/math.h"
#include "codegen/kernel_ir/math_coefficients.h"
#include "codegen/kernel_ir/quarter_turns.h"
#include "codegen/kernel_ir/real.h"

namespace eqsat::codegen::math {
namespace {

struct SinCos {
  Real sin;
  Real cos;
};

// Of r, |r| <= pi / 4.
SinCos Kernel(Real r) {
  Real z = r * r;
  bool wide = r.IsDouble();
  Real s = wide ? Polynomial(z, kSinTail64) : Polynomial(z, kSinTail32);
  Real c = wide ? Polynomial(z, kCosTail64) : Polynomial(z, kCosTail32);
  return {Fma(r * z, s, r), Fma(z * z, c, Fma(z, -0.5, r.Constant(1)))};
}

SinCos SinCosOf(Real x) {
  QuarterTurns turns = ReduceAngle(x);
  Real n = turns.quarters;
  SinCos kernel = Kernel(turns.rest.To(x.type().scalar));
  // The quadrant: n mod 4, exact in floats of any size.
  Real quadrant = n - Unary(Op::kFFloor, n * 0.25) * 4;
  Truth odd = (quadrant == 1) | (quadrant == 3);
  Truth sin_negative = n.Constant(2) <= quadrant;
  Truth cos_negative = (quadrant == 1) | (quadrant == 2);
  Real sin = Select(odd, kernel.cos, kernel.sin);
  Real cos = Select(odd, kernel.sin, kernel.cos);
  sin = Select(sin_negative, -sin, sin);
  return {Select(x == 0, x, sin), Select(cos_negative, -cos, cos)};
}

// atan of q in [0, 1].
Real AtanOfRatio(Real q) {
  constexpr double kTanEighthPi = 0.41421356237309504880;
  Truth high = q.Constant(kTanEighthPi) < q;
  Real t = Select(high, (q - 1) / (q + 1), q);
  Real z = t * t;
  Real tail = q.IsDouble() ? Polynomial(z, kAtanTail64) : Polynomial(z, kAtanTail32);
  Real atan = Fma(t * z, tail, t);
  return Select(high, atan + M_PI_4, atan);
}

Real Atan2Of(Real y, Real x) {
  Real ax = Abs(x), ay = Abs(y);
  Truth steep = ax < ay;
  Real small = Select(steep, ax, ay), large = Select(steep, ay, ax);
  Real q = Select(small == large, 1, small / large);
  q = Select(small == 0, small, q);
  Real angle = AtanOfRatio(q);
  angle = Select(steep, M_PI_2 - angle, angle);
  angle = Select(IsNegative(x), M_PI - angle, angle);
  Real result = CopySign(angle, y);
  return Select(IsNan(x) | IsNan(y), NAN, result);
}

// The cosine of an angle from its sine, and the other way round; NaN beyond [-1, 1].
Real Complement(Real x) { return Sqrt((1 - x) * (x + 1)); }

}  // namespace

ValueId Sin(KernelBuilder& b, ValueId x) { return SinCosOf({&b, x}).sin.id; }

ValueId Cos(KernelBuilder& b, ValueId x) { return SinCosOf({&b, x}).cos.id; }

ValueId Tan(KernelBuilder& b, ValueId x) {
  SinCos both = SinCosOf({&b, x});
  return (both.sin / both.cos).id;
}

ValueId Asin(KernelBuilder& b, ValueId x) {
  Real sine{&b, x};
  return Atan2Of(sine, Complement(sine)).id;
}

ValueId Acos(KernelBuilder& b, ValueId x) {
  Real cosine{&b, x};
  return Atan2Of(Complement(cosine), cosine).id;
}

ValueId Atan2(KernelBuilder& b, ValueId y, ValueId x) { return Atan2Of({&b, y}, {&b, x}).id; }

}  // namespace eqsat::codegen::math
