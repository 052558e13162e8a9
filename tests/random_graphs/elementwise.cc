#include <algorithm>

#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

bool HasSign(ElementType type) { return IsNumber(type) && !ir::IsUnsigned(type); }

template <TypePredicate kFits>
void Unary(Draft& d, OpCode opcode) {
  d.Add(opcode, {d.Any(kFits)});
}

template <TypePredicate kFits>
void Binary(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(kFits);
  InstructionId b = d.Of(d.shape(a));
  if (d.Chance(50)) std::swap(a, b);
  d.Add(opcode, {a, b});
}

void Compare(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny);
  ElementType type = d.shape(a).element_type();
  ir::CompareAttributes attributes;
  attributes.direction =
      static_cast<ir::ComparisonDirection>(d.Between(0, ir::IsComplex(type) ? 1 : 5));
  if (ir::IsFloat(type) && d.Chance(20)) attributes.type = ir::ComparisonType::kFloatTotalOrder;
  d.Add(opcode, {a, d.Of(d.shape(a))}, attributes);
}

void Select(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny);
  const Shape shape = d.shape(a);
  bool scalar = d.Chance(20);
  InstructionId choice =
      d.Of(scalar ? Shape(ElementType::kPred, {}) : shape.WithElementType(ElementType::kPred));
  d.Add(opcode, {choice, a, d.Of(shape)});
}

void Clamp(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  const Shape bound = d.Chance(50) ? Shape(shape.element_type(), {}) : shape;
  d.Add(opcode, {d.Of(bound), a, d.Of(bound)});
}

void Convert(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsOrdered);
  Shape result = d.shape(a).WithElementType(d.Type(IsOrdered));
  d.Add(opcode, {a}, &result);
}

void BitcastConvert(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsReal);
  const Shape shape = d.shape(a);
  ElementType type = d.Type(IsReal);
  if (ir::BitWidth(type) != ir::BitWidth(shape.element_type())) type = shape.element_type();
  Shape result = shape.WithElementType(type);
  d.Add(opcode, {a}, &result);
}

void ReducePrecision(Draft& d, OpCode opcode) {
  ir::ReducePrecisionAttributes attributes;
  attributes.exponent_bits = d.Between(3, 11);
  attributes.mantissa_bits = d.Between(1, 24);
  d.Add(opcode, {d.Any(IsFloating)}, attributes);
}

void Complex(Draft& d, OpCode opcode) {
  InstructionId a = d.Any([](ElementType t) { return t == ElementType::kF32; });
  d.Add(opcode, {a, d.Of(d.shape(a))});
}

void Map(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  ir::DimensionsAttributes attributes;
  for (int64_t i = 0; i < shape.rank(); ++i) attributes.dimensions.push_back(i);
  OpCode inner = d.Chance(50) ? OpCode::kAdd : OpCode::kMaximum;
  d.Add(opcode, {a, d.Of(shape)}, attributes, {d.ScalarRegion(inner, shape.element_type())});
}

}  // namespace

void AddElementwise(Recipes& recipes) {
  using enum OpCode;
  for (OpCode op :
       {kAcos, kAcosh, kAsin, kAsinh, kAtanh, kCosh, kCosine, kExponential, kExponentialMinusOne,
        kLog, kLogPlusOne, kLogistic, kRsqrt, kSine, kSinh, kSqrt, kTan, kTanh})
    recipes.push_back({op, Unary<IsFloatOrComplex>});
  for (OpCode op : {kCbrt, kErf, kCeil, kFloor, kRoundNearestAfz, kRoundNearestEven, kIsFinite})
    recipes.push_back({op, Unary<IsFloating>});
  for (OpCode op : {kReal, kImag}) recipes.push_back({op, Unary<ir::IsComplex>});
  for (OpCode op : {kAbs, kSign}) recipes.push_back({op, Unary<HasSign>});
  for (OpCode op : {kCountLeadingZeros, kPopcnt}) recipes.push_back({op, Unary<IsIntegral>});
  for (OpCode op : {kCopy, kOptBarrier}) recipes.push_back({op, Unary<IsAny>});
  recipes.push_back({kNegate, Unary<IsNumber>});
  recipes.push_back({kNot, Unary<IsBits>});
  for (OpCode op : {kAdd, kMultiply, kMaximum, kMinimum}) recipes.push_back({op, Binary<IsAny>});
  for (OpCode op : {kSubtract, kDivide}) recipes.push_back({op, Binary<IsNumber>});
  for (OpCode op : {kPower, kRemainder}) recipes.push_back({op, Binary<IsReal>});
  recipes.push_back({kAtan2, Binary<IsFloating>});
  for (OpCode op : {kAnd, kOr, kXor}) recipes.push_back({op, Binary<IsBits>});
  for (OpCode op : {kShiftLeft, kShiftRightArithmetic, kShiftRightLogical})
    recipes.push_back({op, Binary<IsIntegral>});
  recipes.push_back({kCompare, Compare});
  recipes.push_back({kSelect, Select});
  recipes.push_back({kClamp, Clamp});
  recipes.push_back({kConvert, Convert});
  recipes.push_back({kBitcastConvert, BitcastConvert});
  recipes.push_back({kReducePrecision, ReducePrecision});
  recipes.push_back({kComplex, Complex});
  recipes.push_back({kMap, Map});
}

const Recipes& AllRecipes() {
  static const auto* const recipes = [] {
    auto* all = new Recipes;
    AddElementwise(*all);
    AddMovement(*all);
    AddReductions(*all);
    AddContractions(*all);
    AddIndexed(*all);
    AddControl(*all);
    AddCollectives(*all);
    return all;
  }();
  return *recipes;
}

}  // namespace eqsat::random_graphs
