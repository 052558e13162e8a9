// Facts about operands whose value is known.

#include <cmath>
#include <limits>

#include "ir/shape/float_format.h"
#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;

// Whether all elements are known and `test` holds for each. Real types and pred only.
template <typename Test>
bool EveryElement(const Facts& facts, ClassId x, Test test) {
  const ir::Literal* value = facts.splat(x);
  if (!value) value = facts.literal(x);
  if (!value || value->is_unknown() || !value->shape().IsArray()) return false;
  if (ir::IsComplex(value->shape().element_type())) return false;
  for (int64_t i = 0; i < value->shape().ElementCount(); ++i)
    if (!test(value->AsDouble(i))) return false;
  return true;
}

// The one integer that every element equals.
std::optional<int64_t> IntegerValue(const Facts& facts, const ClassId& x) {
  const ir::Literal* value = facts.splat(x);
  if (!value || !ir::IsInteger(value->shape().element_type())) return std::nullopt;
  return value->AsInt64(0);
}

// ±2^k whose reciprocal the element type holds exactly, so that x / c and x * (1 / c) agree in
// every bit.
bool HasExactReciprocal(const Facts& facts, const ClassId& x) {
  ir::ElementType type = facts.shape(x).element_type();
  if (!ir::IsFloat(type)) return false;
  const ir::FloatFormat& format = ir::FormatOf(type);
  return EveryElement(facts, x, [&](double value) {
    int exponent;
    if (!std::isfinite(value) || std::abs(std::frexp(value, &exponent)) != 0.5) return false;
    // 2^(exponent - 1) and 2^(1 - exponent) are both normal.
    int k = exponent - 1;
    int lowest = 1 - format.bias;
    return k >= lowest && -k >= lowest && k < format.bias && -k < format.bias;
  });
}

std::optional<Ints> IntegerValues(const Facts& facts, const ClassId& x) {
  const ir::Literal* value = facts.literal(x);
  if (!value || value->is_unknown() || !value->shape().IsArray()) return std::nullopt;
  if (!ir::IsInteger(value->shape().element_type())) return std::nullopt;
  constexpr int64_t kMaxElements = 1024;
  if (value->shape().ElementCount() > kMaxElements) return std::nullopt;
  Ints result;
  for (int64_t i = 0; i < value->shape().ElementCount(); ++i) result.push_back(value->AsInt64(i));
  return result;
}

std::optional<Ints> ScalarValues(const Facts& facts, const std::vector<ClassId>& operands) {
  Ints result;
  for (ClassId operand : operands) {
    std::optional<int64_t> value = IntegerValue(facts, operand);
    if (!value) return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

// For unsigned integers, all are non-negative whether known or not.
bool IsNonNegative(const Facts& facts, const ClassId& x) {
  if (ir::IsUnsigned(facts.shape(x).element_type())) return true;
  return EveryElement(facts, x, [](double value) { return value >= 0; });
}

bool IsLowest(const Facts& facts, const ClassId& x) {
  ir::ElementType type = facts.shape(x).element_type();
  if (type == ir::ElementType::kPred || ir::IsUnsigned(type))
    return EveryElement(facts, x, [](double value) { return value == 0; });
  return EveryElement(facts, x, [type](double value) {
    return ir::IsFloat(type) ? value == -std::numeric_limits<double>::infinity()
                             : value == -std::ldexp(1.0, ir::BitWidth(type) - 1);
  });
}

// Compared as integers: the highest of 64 bits is not a double.
bool IsHighest(const Facts& facts, const ClassId& x) {
  ir::ElementType type = facts.shape(x).element_type();
  if (ir::IsFloat(type)) {
    return EveryElement(
        facts, x, [](double value) { return value == std::numeric_limits<double>::infinity(); });
  }
  if (type == ir::ElementType::kPred)
    return EveryElement(facts, x, [](double value) { return value == 1; });
  std::optional<int64_t> value = IntegerValue(facts, x);
  if (!value) return false;
  int magnitude = ir::BitWidth(type) - (ir::IsSigned(type) ? 1 : 0);
  uint64_t highest = magnitude == 0 ? 0 : ~uint64_t{0} >> (64 - magnitude);
  return static_cast<uint64_t>(*value) == highest;
}

}  // namespace

std::vector<Function> ConstantFunctions() {
  return {
      Define(
          "is_constant", "Whether the whole value is known.",
          +[](const Facts& facts, const ClassId& x) {
            return facts.literal(x) != nullptr || facts.splat(x) != nullptr;
          }),
      Define(
          "is_splat", "Whether all elements are known to have the same bits.",
          +[](const Facts& facts, const ClassId& x) { return facts.splat(x) != nullptr; }),
      Define(
          "is_zero", "Whether all elements are known to be zero, of either sign.",
          +[](const Facts& facts, const ClassId& x) {
            return EveryElement(facts, x, [](double value) { return value == 0; });
          }),
      Define(
          "is_one", "Whether all elements are known to be one.",
          +[](const Facts& facts, const ClassId& x) {
            return EveryElement(facts, x, [](double value) { return value == 1; });
          }),
      Define(
          "is_finite_constant", "Whether all elements are known and finite.",
          +[](const Facts& facts, const ClassId& x) {
            return EveryElement(facts, x, [](double value) { return std::isfinite(value); });
          }),
      Define(
          "is_nan", "Whether all elements are known not to be numbers.",
          +[](const Facts& facts, const ClassId& x) {
            return EveryElement(facts, x, [](double value) { return std::isnan(value); });
          }),
      Define("is_non_negative", "Whether all elements are known to be zero or above.",
             IsNonNegative),
      Define(
          "is_positive", "Whether all elements are known to be above zero.",
          +[](const Facts& facts, const ClassId& x) {
            return EveryElement(facts, x, [](double value) { return value > 0; });
          }),
      Define("is_lowest", "Whether all elements are the lowest of their type (-inf for floats).",
             IsLowest),
      Define("is_highest", "Whether all elements are the highest of their type (inf for floats).",
             IsHighest),
      Define("has_exact_reciprocal", "Whether 1 / c is exact for every element c.",
             HasExactReciprocal),
      Define("int_value", "The integer that every element equals.", IntegerValue),
      Define("int_values", "The elements of an integer constant.", IntegerValues),
      Define("scalar_values", "The values of a sequence of integer scalars.", ScalarValues),
  };
}

}  // namespace eqsat::rules
