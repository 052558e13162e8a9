// Angles modulo quarter turns, for every finite argument of sin, cos and tan.
#ifndef EQSAT_CODEGEN_KERNEL_IR_QUARTER_TURNS_H_
#define EQSAT_CODEGEN_KERNEL_IR_QUARTER_TURNS_H_

#include "codegen/kernel_ir/real.h"

namespace eqsat::codegen::math {

// angle = (quarters + 4 k) * pi / 2 + rest for some integer k; |rest| is at most pi / 4 and a
// rounding error, and NaN for infinities and NaN. Both are f64; `quarters` is an integer.
struct QuarterTurns {
  Real quarters;
  Real rest;
};

// Of an f32 or f64; the rest is as exact as the angle's own type can hold it.
QuarterTurns ReduceAngle(Real angle);

}  // namespace eqsat::codegen::math

#endif  // EQSAT_CODEGEN_KERNEL_IR_QUARTER_TURNS_H_
