// Float values of a kernel under construction, with operators: for writing formulas.
#ifndef EQSAT_CODEGEN_KERNEL_IR_REAL_H_
#define EQSAT_CODEGEN_KERNEL_IR_REAL_H_

#include "absl/types/span.h"
#include "codegen/kernel_ir/builder.h"

namespace eqsat::codegen {

// An i1 and an f32 or f64 value of any width, with the builder that holds them.
struct Truth {
  KernelBuilder* b;
  ValueId id;
};
struct Real {
  KernelBuilder* b;
  ValueId id;

  Type type() const { return b->type(id); }
  bool IsDouble() const { return type().scalar == Scalar::kF64; }
  // `value` in this type.
  Real Constant(double value) const { return {b, b->Float(type(), value)}; }
  Real To(Scalar scalar) const {
    return type().scalar == scalar ? *this : Real{b, b->Convert(Op::kFloatConvert, scalar, id)};
  }
  // The value's bits, and back.
  ValueId Bits() const { return b->Convert(Op::kBitcast, BitsOf(type().scalar), id); }
  Real FromBits(ValueId bits) const { return {b, b->Convert(Op::kBitcast, type().scalar, bits)}; }
};

inline Real Binary(Op op, Real x, Real y) { return {x.b, x.b->Binary(op, x.id, y.id)}; }
inline Real Unary(Op op, Real x) { return {x.b, x.b->Unary(op, x.id)}; }

inline Real operator+(Real x, Real y) { return Binary(Op::kFAdd, x, y); }
inline Real operator-(Real x, Real y) { return Binary(Op::kFSub, x, y); }
inline Real operator*(Real x, Real y) { return Binary(Op::kFMul, x, y); }
inline Real operator/(Real x, Real y) { return Binary(Op::kFDiv, x, y); }
inline Real operator+(Real x, double y) { return x + x.Constant(y); }
inline Real operator-(Real x, double y) { return x - x.Constant(y); }
inline Real operator*(Real x, double y) { return x * x.Constant(y); }
inline Real operator/(Real x, double y) { return x / x.Constant(y); }
inline Real operator-(double x, Real y) { return y.Constant(x) - y; }
inline Real operator/(double x, Real y) { return y.Constant(x) / y; }
inline Real operator-(Real x) { return Unary(Op::kFNeg, x); }

inline Real Fma(Real x, Real y, Real z) { return {x.b, x.b->Fma(x.id, y.id, z.id)}; }
inline Real Fma(Real x, double y, Real z) { return Fma(x, x.Constant(y), z); }
inline Real Abs(Real x) { return Unary(Op::kFAbs, x); }
// |x| with the sign bit of `sign`.
inline Real CopySign(Real x, Real sign) { return Binary(Op::kFCopySign, x, sign); }
inline Real Sqrt(Real x) { return Unary(Op::kFSqrt, x); }
inline Real Rint(Real x) { return Unary(Op::kFRint, x); }
inline Real Trunc(Real x) { return Unary(Op::kFTrunc, x); }
// NaN if either is.
inline Real Min(Real x, Real y) { return Binary(Op::kFMin, x, y); }
inline Real Max(Real x, Real y) { return Binary(Op::kFMax, x, y); }
inline Real Clamp(Real x, double low, double high) {
  return Min(Max(x, x.Constant(low)), x.Constant(high));
}

inline Truth operator<(Real x, Real y) { return {x.b, x.b->Binary(Op::kFLt, x.id, y.id)}; }
inline Truth operator<=(Real x, Real y) { return {x.b, x.b->Binary(Op::kFLe, x.id, y.id)}; }
inline Truth operator==(Real x, Real y) { return {x.b, x.b->Binary(Op::kFEq, x.id, y.id)}; }
inline Truth operator<(Real x, double y) { return x < x.Constant(y); }
inline Truth operator<=(Real x, double y) { return x <= x.Constant(y); }
inline Truth operator==(Real x, double y) { return x == x.Constant(y); }
inline Truth IsNan(Real x) { return {x.b, x.b->Binary(Op::kFNe, x.id, x.id)}; }
// The sign bit, that of -0 and NaN too.
inline Truth IsNegative(Real x) {
  ValueId bits = x.Bits();
  return {x.b, x.b->Binary(Op::kLtS, bits, x.b->Int(x.b->type(bits), 0))};
}

inline Truth operator&(Truth x, Truth y) { return {x.b, x.b->Binary(Op::kAnd, x.id, y.id)}; }
inline Truth operator|(Truth x, Truth y) { return {x.b, x.b->Binary(Op::kOr, x.id, y.id)}; }
inline Truth operator!(Truth x) { return {x.b, x.b->Not(x.id)}; }
inline Real Select(Truth c, Real x, Real y) { return {x.b, x.b->Select(c.id, x.id, y.id)}; }
inline Real Select(Truth c, double x, Real y) { return Select(c, y.Constant(x), y); }

// c[0] + c[1] x + c[2] x^2 …, by Horner's rule.
inline Real Polynomial(Real x, absl::Span<const double> c) {
  Real sum = x.Constant(c.back());
  for (size_t i = c.size() - 1; i-- > 0;) sum = Fma(sum, x, x.Constant(c[i]));
  return sum;
}

// 2^n of a value with a small integer value: exact, n in the range of normal exponents.
inline Real PowerOfTwo(Real n) {
  int mantissa = n.IsDouble() ? 52 : 23, bias = n.IsDouble() ? 1023 : 127;
  Scalar integer = BitsOf(n.type().scalar);
  ValueId exponent = n.b->Convert(Op::kFloatToSigned, integer, n.id);
  Type type = n.b->type(exponent);
  ValueId biased = n.b->Binary(Op::kAdd, exponent, n.b->Int(type, bias));
  return n.FromBits(n.b->Binary(Op::kShl, biased, n.b->Int(type, mantissa)));
}

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_REAL_H_
