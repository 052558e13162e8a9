// Elementwise ops of one operand.
#include <cmath>

#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

using type_rules::kFloat;
using type_rules::kFloatOrComplex;
using type_rules::kInteger;
using type_rules::kLogical;
using type_rules::kNumeric;
using type_rules::kSigned;

// The operand's shape, where `rule` accepts its elements.
template <const TypeRule& rule>
absl::StatusOr<Shape> InferUnary(const OpContext& context) {
  return InferSameShape(context, rule);
}

// As InferUnary; a stated tolerance is a bound that results can keep.
template <const TypeRule& rule>
absl::StatusOr<Shape> InferTranscendental(const OpContext& context) {
  const ResultAccuracy& accuracy = context.attr<AccuracyAttributes>().result_accuracy;
  for (double bound : {accuracy.atol, accuracy.rtol}) {
    if (!std::isfinite(bound) || bound < 0)
      return OpError(context, "a tolerance of %g must be finite and not negative", bound);
  }
  if (accuracy.ulps < 0)
    return OpError(context, "a tolerance of %d ulps must not be negative", accuracy.ulps);
  return InferUnary<rule>(context);
}

// As InferUnary, but complex elements give their real type.
template <const TypeRule& rule>
absl::StatusOr<Shape> InferRealPart(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, InferSameShape(context, rule));
  if (!IsComplex(shape.element_type())) return shape;
  return ArrayLike(shape, ComplexPart(shape.element_type()));
}

absl::StatusOr<Shape> InferIsFinite(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, InferSameShape(context, kFloat));
  return ArrayLike(shape, ElementType::kPred);
}

// The declared element type with the operand's dimensions.
absl::StatusOr<Shape> InferConvert(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& operand = context.operands[0];
  if (!DimensionsAgree(operand, declared)) {
    return OpError(context, "the operand %s and the result %s must have equal dimensions",
                   operand.ToString(), declared.ToString());
  }
  if (IsComplex(operand.element_type()) && !IsComplex(declared.element_type())) {
    return OpError(context, "the complex operand %s cannot become %s", operand.ToString(),
                   declared.ToString());
  }
  return ArrayLike(operand, declared.element_type());
}

absl::StatusOr<Shape> InferReducePrecision(const OpContext& context) {
  const auto& attributes = context.attr<ReducePrecisionAttributes>();
  if (attributes.exponent_bits < 1 || attributes.mantissa_bits < 0) {
    return OpError(context, "exponent_bits=%d must be at least 1 and mantissa_bits=%d at least 0",
                   attributes.exponent_bits, attributes.mantissa_bits);
  }
  return InferSameShape(context, kFloat);
}

OpInfo Transcendental(std::string_view doc, absl::StatusOr<Shape> (*infer)(const OpContext&) =
                                                InferTranscendental<kFloatOrComplex>) {
  return {.traits = Traits({OpTrait::kElementwise, OpTrait::kTranscendental}),
          .doc = doc,
          .attributes = AccuracyAttributes{},
          .infer = infer,
          .indexing = ElementwiseIndexing,
          .work = TranscendentalWork};
}

OpInfo Arithmetic(std::string_view doc, absl::StatusOr<Shape> (*infer)(const OpContext&)) {
  return {.traits = Traits({OpTrait::kElementwise}),
          .doc = doc,
          .attributes = NoAttributes{},
          .infer = infer,
          .indexing = ElementwiseIndexing,
          .work = ElementwiseWork};
}

}  // namespace

OpInfo DefinekAcos() { return Transcendental("The arc cosine of each element."); }
OpInfo DefinekAcosh() { return Transcendental("The inverse hyperbolic cosine of each element."); }
OpInfo DefinekAsin() { return Transcendental("The arc sine of each element."); }
OpInfo DefinekAsinh() { return Transcendental("The inverse hyperbolic sine of each element."); }
OpInfo DefinekAtanh() { return Transcendental("The inverse hyperbolic tangent of each element."); }
OpInfo DefinekCbrt() { return Transcendental("The cube root of each element."); }
OpInfo DefinekCosh() { return Transcendental("The hyperbolic cosine of each element."); }
OpInfo DefinekCosine() { return Transcendental("The cosine of each element."); }
OpInfo DefinekErf() {
  return Transcendental("The error function of each element.", InferTranscendental<kFloat>);
}
OpInfo DefinekExponential() { return Transcendental("e to the power of each element."); }
OpInfo DefinekExponentialMinusOne() {
  return Transcendental("e to the power of each element, minus one, exact near zero.");
}
OpInfo DefinekLog() { return Transcendental("The natural logarithm of each element."); }
OpInfo DefinekLogPlusOne() {
  return Transcendental("The natural logarithm of each element plus one, exact near zero.");
}
OpInfo DefinekLogistic() { return Transcendental("1 / (1 + exp(-x)) of each element x."); }
OpInfo DefinekRsqrt() {
  return Transcendental("The reciprocal of the square root of each element.");
}
OpInfo DefinekSine() { return Transcendental("The sine of each element."); }
OpInfo DefinekSinh() { return Transcendental("The hyperbolic sine of each element."); }
OpInfo DefinekSqrt() { return Transcendental("The square root of each element."); }
OpInfo DefinekTan() { return Transcendental("The tangent of each element."); }
OpInfo DefinekTanh() { return Transcendental("The hyperbolic tangent of each element."); }

OpInfo DefinekAbs() {
  return Arithmetic("The absolute value of each element, the modulus of a complex one.",
                    InferRealPart<kSigned>);
}
OpInfo DefinekCeil() {
  return Arithmetic("The smallest integral value not below each element.", InferUnary<kFloat>);
}
OpInfo DefinekCountLeadingZeros() {
  return Arithmetic("The number of zero bits above the highest set bit of each element.",
                    InferUnary<kInteger>);
}
OpInfo DefinekFloor() {
  return Arithmetic("The largest integral value not above each element.", InferUnary<kFloat>);
}
OpInfo DefinekImag() {
  return Arithmetic("The imaginary part of each element, zero for a real one.",
                    InferRealPart<kFloatOrComplex>);
}
OpInfo DefinekIsFinite() {
  return Arithmetic("Whether each element is neither an infinity nor a NaN.", InferIsFinite);
}
OpInfo DefinekNegate() {
  return Arithmetic("Each element with its sign reversed; integers wrap.", InferUnary<kNumeric>);
}
OpInfo DefinekNot() {
  return Arithmetic("The logical negation of each pred, the bitwise one of each integer.",
                    InferUnary<kLogical>);
}
OpInfo DefinekPopcnt() {
  return Arithmetic("The number of set bits of each element.", InferUnary<kInteger>);
}
OpInfo DefinekReal() {
  return Arithmetic("The real part of each element.", InferRealPart<kFloatOrComplex>);
}
OpInfo DefinekRoundNearestAfz() {
  return Arithmetic("Each element rounded to the nearest integral value, ties away from zero.",
                    InferUnary<kFloat>);
}
OpInfo DefinekRoundNearestEven() {
  return Arithmetic("Each element rounded to the nearest integral value, ties to even.",
                    InferUnary<kFloat>);
}
OpInfo DefinekSign() {
  return Arithmetic("-1, 0 or 1 by the sign of each element; x / |x| of a complex one.",
                    InferUnary<kNumeric>);
}

OpInfo DefinekConvert() {
  OpInfo info = Arithmetic("Each element converted to the result's element type.", InferConvert);
  info.traits |= Traits({OpTrait::kShapeDeclared});
  return info;
}

OpInfo DefinekReducePrecision() {
  OpInfo info =
      Arithmetic("Each element rounded to a format of fewer exponent and mantissa bits and back.",
                 InferReducePrecision);
  info.attributes = ReducePrecisionAttributes{};
  return info;
}

}  // namespace eqsat::ir
