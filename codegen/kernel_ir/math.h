// Transcendental and other functions that hardware lacks, as kernel IR: the same polynomials on
// every target.
//
// Arguments are f32 or f64 values of any width; results have the argument's type. NaN in, NaN out;
// infinities, zeros (with their sign), overflow and denormals as C's <math.h> has them.
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
// |magnitude| with the sign bit of `sign`.
ValueId CopySign(KernelBuilder& b, ValueId magnitude, ValueId sign);

}  // namespace eqsat::codegen::math

#endif  // EQSAT_CODEGEN_KERNEL_IR_MATH_H_
