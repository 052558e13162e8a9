// Elementwise ops of two and three operands.
#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

using type_rules::kAny;
using type_rules::kFloat;
using type_rules::kFloatOrComplex;
using type_rules::kInteger;
using type_rules::kLogical;
using type_rules::kNumeric;
using type_rules::kOrdered;

template <const TypeRule& rule>
absl::StatusOr<Shape> InferBinary(const OpContext& context) {
  return InferSameShape(context, rule);
}

absl::StatusOr<Shape> InferComplex(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape part, InferSameShape(context, kFloat));
  switch (part.element_type()) {
    case ElementType::kF32:
      return ArrayLike(part, ElementType::kC64);
    case ElementType::kF64:
      return ArrayLike(part, ElementType::kC128);
    default:
      return OpError(context, "the parts must be f32 or f64, but are %s", part.ToString());
  }
}

absl::StatusOr<Shape> InferStochasticConvert(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 0, kFloat));
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 1, kInteger));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& value = context.operands[0];
  const Shape& random = context.operands[1];
  if (!IsUnsigned(random.element_type()) ||
      BitWidth(random.element_type()) != BitWidth(value.element_type())) {
    return OpError(context, "the random bits %s must be unsigned and as wide as the value %s",
                   random.ToString(), value.ToString());
  }
  EQSAT_ASSIGN_OR_RETURN(Shape merged,
                         MergeDimensions(context, declared.element_type(), context.operands));
  if (DimensionsAgree(merged, declared)) return merged;
  return OpError(context, "the operands are %s, but the result is %s", merged.ToString(),
                 declared.ToString());
}

// Which `type=` a comparison of elements may state.
bool ComparisonFits(ElementType element, ComparisonType type) {
  switch (type) {
    case ComparisonType::kDefault:
      return true;
    case ComparisonType::kFloat:
      return IsFloat(element) || IsComplex(element);
    case ComparisonType::kFloatTotalOrder:
      return IsFloat(element);
    case ComparisonType::kSigned:
      return IsSigned(element);
    case ComparisonType::kUnsigned:
      return IsUnsigned(element) || element == ElementType::kPred;
  }
  return false;
}

absl::StatusOr<Shape> InferCompare(const OpContext& context) {
  const auto& attributes = context.attr<CompareAttributes>();
  EQSAT_ASSIGN_OR_RETURN(Shape shape, InferSameShape(context, kAny));
  if (!ComparisonFits(shape.element_type(), attributes.type)) {
    return OpError(context, "type=%s does not fit operands %s", EnumName(attributes.type),
                   shape.ToString());
  }
  bool equality = attributes.direction == ComparisonDirection::kEq ||
                  attributes.direction == ComparisonDirection::kNe;
  if (IsComplex(shape.element_type()) && !equality) {
    return OpError(context, "direction=%s does not order complex operands %s",
                   EnumName(attributes.direction), shape.ToString());
  }
  return ArrayLike(shape, ElementType::kPred);
}

// The bounds of a clamp may be scalars.
absl::StatusOr<Shape> InferClamp(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const Shape& value = context.operands[1];
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 1, kOrdered));
  for (int64_t bound : {0, 2}) {
    const Shape& shape = context.operands[bound];
    if (shape.element_type() == value.element_type() &&
        (shape.IsScalar() || DimensionsAgree(shape, value)))
      continue;
    return OpError(context, "bound %s does not fit the value %s", shape.ToString(),
                   value.ToString());
  }
  return value.WithoutLayout();
}

// The predicate may be a scalar.
absl::StatusOr<Shape> InferSelect(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const Shape& pred = context.operands[0];
  const Shape& on_true = context.operands[1];
  const Shape& on_false = context.operands[2];
  if (pred.element_type() != ElementType::kPred)
    return OpError(context, "the predicate must be pred, but is %s", pred.ToString());
  if (on_true.element_type() != on_false.element_type()) {
    return OpError(context, "the choices must have one element type, but are %s and %s",
                   on_true.ToString(), on_false.ToString());
  }
  if (pred.IsScalar())
    return MergeDimensions(context, on_true.element_type(), context.operands.subspan(1));
  return MergeDimensions(context, on_true.element_type(), context.operands);
}

OpInfo Elementwise(std::string_view doc, absl::StatusOr<Shape> (*infer)(const OpContext&),
                   std::initializer_list<OpTrait> traits = {}) {
  return {.traits = Traits(traits) | Traits({OpTrait::kElementwise}),
          .doc = doc,
          .attributes = NoAttributes{},
          .infer = infer,
          .indexing = ElementwiseIndexing,
          .work = ElementwiseWork};
}

OpInfo TranscendentalBinary(std::string_view doc) {
  OpInfo info = Elementwise(doc, InferBinary<kFloatOrComplex>, {OpTrait::kTranscendental});
  info.work = TranscendentalWork;
  return info;
}

constexpr std::initializer_list<OpTrait> kCommutativeMonoid = {OpTrait::kCommutative,
                                                               OpTrait::kAssociative};

}  // namespace

OpInfo DefinekAdd() {
  return Elementwise("The sum of elements; of pred, their or.", InferBinary<kAny>,
                     kCommutativeMonoid);
}
OpInfo DefinekAnd() {
  return Elementwise("The logical and of pred, the bitwise one of integers.", InferBinary<kLogical>,
                     kCommutativeMonoid);
}
OpInfo DefinekAtan2() {
  return TranscendentalBinary("The angle of the point (second operand, first operand).");
}
OpInfo DefinekComplex() {
  return Elementwise("Complex numbers from real and imaginary parts.", InferComplex);
}
OpInfo DefinekDivide() {
  return Elementwise("The quotient of elements; of integers, rounded towards zero.",
                     InferBinary<kNumeric>);
}
OpInfo DefinekMaximum() {
  return Elementwise("The larger of two elements; NaN if either is.", InferBinary<kAny>,
                     kCommutativeMonoid);
}
OpInfo DefinekMinimum() {
  return Elementwise("The smaller of two elements; NaN if either is.", InferBinary<kAny>,
                     kCommutativeMonoid);
}
OpInfo DefinekMulhi() {
  return Elementwise("The upper half of the bits of the product of integers.",
                     InferBinary<kInteger>, {OpTrait::kCommutative});
}
OpInfo DefinekMultiply() {
  return Elementwise("The product of elements; of pred, their and.", InferBinary<kAny>,
                     kCommutativeMonoid);
}
OpInfo DefinekOr() {
  return Elementwise("The logical or of pred, the bitwise one of integers.", InferBinary<kLogical>,
                     kCommutativeMonoid);
}
OpInfo DefinekPower() {
  OpInfo info = TranscendentalBinary("The first operand to the power of the second.");
  info.infer = InferBinary<kNumeric>;
  return info;
}
OpInfo DefinekRemainder() {
  return Elementwise("The remainder of division rounded towards zero, signed as the dividend.",
                     InferBinary<kNumeric>);
}
OpInfo DefinekShiftLeft() {
  return Elementwise("The bits of the first operand moved up; zero from the full width on.",
                     InferBinary<kInteger>);
}
OpInfo DefinekShiftRightArithmetic() {
  return Elementwise("The bits of the first operand moved down, filled with copies of the sign.",
                     InferBinary<kInteger>);
}
OpInfo DefinekShiftRightLogical() {
  return Elementwise("The bits of the first operand moved down, filled with zeros.",
                     InferBinary<kInteger>);
}
OpInfo DefinekStochasticConvert() {
  return Elementwise("Each element converted, rounding up or down as the random bits decide.",
                     InferStochasticConvert, {OpTrait::kShapeDeclared});
}
OpInfo DefinekSubtract() {
  return Elementwise("The difference of elements.", InferBinary<kNumeric>);
}
OpInfo DefinekXor() {
  return Elementwise("The logical exclusive or of pred, the bitwise one of integers.",
                     InferBinary<kLogical>, kCommutativeMonoid);
}

OpInfo DefinekCompare() {
  OpInfo info = Elementwise("Whether elements compare as the direction says.", InferCompare);
  info.attributes = CompareAttributes{};
  return info;
}

OpInfo DefinekClamp() {
  return Elementwise("The second operand, raised to the first and then lowered to the third.",
                     InferClamp);
}
OpInfo DefinekSelect() {
  return Elementwise("Elements of the second operand where the first is true, else of the third.",
                     InferSelect);
}

}  // namespace eqsat::ir
