// Facts about operands whose value is known.

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/shape/float_format.h"
#include "ir/shape/number_limits.h"
#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;

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

// Where an integer stands in the order of its type's: doubles do not tell all of 64 bits apart.
uint64_t PlaceOf(int64_t integer, ir::ElementType type) {
  return static_cast<uint64_t>(integer) + (ir::IsSigned(type) ? uint64_t{1} << 63 : 0);
}

// Whether `test` holds of the place of every element.
template <typename Test>
bool EveryInteger(const Facts& facts, const ClassId& x, Test test) {
  const ir::Literal* value = facts.splat(x);
  if (!value) value = facts.literal(x);
  if (!value || value->is_unknown() || !value->shape().IsArray()) return false;
  const ir::ElementType type = value->shape().element_type();
  for (int64_t i = 0; i < value->shape().ElementCount(); ++i)
    if (!test(PlaceOf(value->AsInt64(i), type))) return false;
  return true;
}

// The one integer that every element equals, if 64 bits with a sign hold it.
std::optional<int64_t> IntegerValue(const Facts& facts, const ClassId& x) {
  const ir::Literal* value = facts.splat(x);
  if (!value || !ir::IsInteger(value->shape().element_type())) return std::nullopt;
  const int64_t held = value->AsInt64(0);
  if (held < 0 && ir::IsUnsigned(value->shape().element_type())) return std::nullopt;
  return held;
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

// 2^k for a k of at least 0 that the element type holds.
bool IsPowerOfTwo(const Facts& facts, const ClassId& x) {
  const ElementType type = facts.shape(x).element_type();
  if (ir::IsInteger(type)) {
    std::optional<int64_t> value = IntegerValue(facts, x);
    return value && *value > 0 && (*value & (*value - 1)) == 0;
  }
  return ir::IsFloat(type) && EveryElement(facts, x, [](double value) {
           int exponent;
           return value >= 1 && std::isfinite(value) && std::frexp(value, &exponent) == 0.5;
         });
}

bool IsExactFactor(const Facts& facts, const ClassId& c, const ClassId& d) {
  const ElementType type = facts.shape(c).element_type();
  if (!IsPowerOfTwo(facts, c) || !ir::IsFloat(type)) return false;
  const int top = ir::FormatOf(type).bias + 1;
  double largest = 0;
  EveryElement(facts, c, [&](double value) { return (largest = std::max(largest, value), true); });
  return EveryElement(facts, d, [&](double value) {
    return std::abs(value) >= 1 && std::abs(value) * largest < std::ldexp(1.0, top);
  });
}

bool IsAtMost(const Facts& facts, const ClassId& a, const ClassId& b) {
  if (ir::IsInteger(facts.shape(a).element_type())) {
    uint64_t lowest = std::numeric_limits<uint64_t>::max();
    const bool is_known = EveryInteger(facts, b, [&](uint64_t place) {
      lowest = std::min(lowest, place);
      return true;
    });
    return is_known && EveryInteger(facts, a, [&](uint64_t place) { return place <= lowest; });
  }
  double least = std::numeric_limits<double>::infinity();
  bool has_negative_zero = false;
  const bool known = EveryElement(facts, b, [&](double value) {
    least = std::min(least, value);
    has_negative_zero |= value == 0 && std::signbit(value);
    return !std::isnan(value);
  });
  return known && EveryElement(facts, a, [&](double value) {
           const bool is_positive_zero = value == 0 && !std::signbit(value);
           return value < least || (value == least && !(is_positive_zero && has_negative_zero));
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
  if (ir::IsFloat(type)) {
    return EveryElement(
        facts, x, [](double value) { return value == -std::numeric_limits<double>::infinity(); });
  }
  if (!ir::IsInteger(type)) return false;
  const uint64_t lowest = PlaceOf(ir::LowestInteger(type), type);
  return EveryInteger(facts, x, [&](uint64_t place) { return place == lowest; });
}

bool IsHighest(const Facts& facts, const ClassId& x) {
  ir::ElementType type = facts.shape(x).element_type();
  if (ir::IsFloat(type)) {
    return EveryElement(
        facts, x, [](double value) { return value == std::numeric_limits<double>::infinity(); });
  }
  if (type == ir::ElementType::kPred)
    return EveryElement(facts, x, [](double value) { return value == 1; });
  if (!ir::IsInteger(type)) return false;
  const uint64_t highest = PlaceOf(ir::HighestInteger(type), type);
  return EveryInteger(facts, x, [&](uint64_t place) { return place == highest; });
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
      Define("is_power_of_two", "Whether each element is known to be 1, 2, 4, …", IsPowerOfTwo),
      Define("is_exact_factor",
             "is_exact_factor(c, d): whether x * c * d and x * (c * d) are the same floats for "
             "every x: c is 1, 2, 4, …, d is known and not below 1 in magnitude, and c * d is "
             "finite.",
             IsExactFactor),
      Define("is_at_most",
             "Whether every element of a is known to be no larger than any of b; -0 is below +0.",
             IsAtMost),
      Define(
          "is_even", "Whether all elements are known to be even numbers.",
          +[](const Facts& facts, const ClassId& x) {
            if (ir::IsInteger(facts.shape(x).element_type()))
              return EveryInteger(facts, x, [](uint64_t place) { return place % 2 == 0; });
            return EveryElement(facts, x, [](double value) { return std::fmod(value, 2) == 0; });
          }),
      Define("int_value", "The integer that every element equals.", IntegerValue),
      Define("int_values", "The elements of an integer constant.", IntegerValues),
      Define("scalar_values", "The values of a sequence of integer scalars.", ScalarValues),
  };
}

}  // namespace eqsat::rules
