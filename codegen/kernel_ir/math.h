// Transcendental and other functions that hardware lacks, as kernel IR: the same polynomials on
// every target.
//
// Arguments are f32 or f64 values of any width; results have the argument's type. NaN in, NaN out;
// infinities, zeros (with their sign), overflow and denormals as C's <math.h> has them.
//
// Greatest error in units of the last place over 600,000 arguments of each type, against the host's
// long double (f32, f64): exp 1.1, 1.0; expm1 1.5, 1.8; log 0.8, 0.8; log1p 2.2, 2.2;
// tanh 2.2, 2.5; logistic 2.2, 2.0; erf 2.4, 1.6; sin, cos 1.6, 1.6; tan 3.3, 3.3; asin,
// acos 3.5, 3.1; atan2 2.9, 2.6; sinh, cosh 2.8, 3.0; asinh, acosh, atanh 3.0, 2.9; cbrt 0.8, 0.8;
// rsqrt 1.5, 1.5; pow 0.5, 1.4; remainder and rounding exact.
#ifndef EQSAT_CODEGEN_KERNEL_IR_MATH_H_
#define EQSAT_CODEGEN_KERNEL_IR_MATH_H_

#include "codegen/kernel_ir/builder.h"

namespace eqsat::codegen::math {

ValueId Exp(KernelBuilder& b, ValueId x);
ValueId Expm1(KernelBuilder& b, ValueId x);
ValueId Log(KernelBuilder& b, ValueId x);
ValueId Log1p(KernelBuilder& b, ValueId x);
ValueId Tanh(KernelBuilder& b, ValueId x);
// 1 / (1 + exp(-x))
ValueId Logistic(KernelBuilder& b, ValueId x);
ValueId Erf(KernelBuilder& b, ValueId x);
ValueId Sin(KernelBuilder& b, ValueId x);
ValueId Cos(KernelBuilder& b, ValueId x);
ValueId Tan(KernelBuilder& b, ValueId x);
ValueId Asin(KernelBuilder& b, ValueId x);
ValueId Acos(KernelBuilder& b, ValueId x);
ValueId Atan2(KernelBuilder& b, ValueId y, ValueId x);
ValueId Sinh(KernelBuilder& b, ValueId x);
ValueId Cosh(KernelBuilder& b, ValueId x);
ValueId Asinh(KernelBuilder& b, ValueId x);
ValueId Acosh(KernelBuilder& b, ValueId x);
ValueId Atanh(KernelBuilder& b, ValueId x);
ValueId Cbrt(KernelBuilder& b, ValueId x);
ValueId Rsqrt(KernelBuilder& b, ValueId x);
ValueId Pow(KernelBuilder& b, ValueId x, ValueId y);
// C's fmod, exactly.
ValueId Remainder(KernelBuilder& b, ValueId x, ValueId y);
// To the nearest integer, halves away from zero.
ValueId RoundAwayFromZero(KernelBuilder& b, ValueId x);

}  // namespace eqsat::codegen::math

#endif  // EQSAT_CODEGEN_KERNEL_IR_MATH_H_
