#include "ir/interpret/compare.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

bool Near(double expected, double actual, const Tolerance& tolerance) {
  if (std::isnan(expected) || std::isnan(actual)) return std::isnan(expected) == std::isnan(actual);
  if (expected == actual) return true;
  if (std::isinf(expected) || std::isinf(actual)) return false;
  return std::fabs(actual - expected) <= tolerance.abs + tolerance.rel * std::fabs(expected);
}

bool IsExact(ElementType type) { return !IsFloat(type) && !IsComplex(type); }

bool NearAt(const Literal& expected, const Literal& actual, int64_t i, const Tolerance& tolerance) {
  const ElementType type = expected.shape().element_type();
  if (IsExact(type)) {
    const int64_t a = expected.AsInt64(i);
    const int64_t b = actual.AsInt64(i);
    return a == b || Near(expected.AsDouble(i), actual.AsDouble(i), tolerance);
  }
  const std::complex<double> a = expected.AsComplex(i);
  const std::complex<double> b = actual.AsComplex(i);
  return Near(a.real(), b.real(), tolerance) && Near(a.imag(), b.imag(), tolerance);
}

std::string ElementText(const Literal& literal, int64_t i) {
  const ElementType type = literal.shape().element_type();
  if (type == ElementType::kU64) return base::StrCat(static_cast<uint64_t>(literal.AsInt64(i)));
  if (IsExact(type)) return base::StrCat(literal.AsInt64(i));
  if (!IsComplex(type)) return absl::StrFormat("%.9g", literal.AsDouble(i));
  const std::complex<double> value = literal.AsComplex(i);
  return absl::StrFormat("(%.9g, %.9g)", value.real(), value.imag());
}

std::string IndexText(const Shape& shape, int64_t position) {
  std::vector<int64_t> index(shape.rank());
  for (int64_t d = shape.rank(); d-- > 0;) {
    index[d] = position % shape.dimension(d);
    position /= shape.dimension(d);
  }
  return base::StrCat("[", base::Join(index, ","), "]");
}

std::optional<std::string> CompareArrays(const Literal& expected, const Literal& actual,
                                         const Tolerance& tolerance, const std::string& path) {
  for (int64_t i = 0; i < expected.shape().ElementCount(); ++i) {
    if (NearAt(expected, actual, i, tolerance)) continue;
    return base::StrCat(path, IndexText(expected.shape(), i), ": ", ElementText(expected, i),
                        " expected, ", ElementText(actual, i), " found");
  }
  return std::nullopt;
}

std::optional<std::string> CompareAt(const Literal& expected, const Literal& actual,
                                     const std::optional<Tolerance>& tolerance,
                                     const std::string& path) {
  if (!Shape::Compatible(expected.shape(), actual.shape())) {
    return base::StrCat(path, expected.shape().ToString(), " expected, ", actual.shape().ToString(),
                        " found");
  }
  if (expected.is_unknown() || actual.is_unknown()) return base::StrCat(path, "a value is unknown");
  if (expected.shape().IsArray()) {
    return CompareArrays(expected, actual,
                         tolerance.value_or(Tolerance::Default(expected.shape().element_type())),
                         path);
  }
  for (size_t i = 0; i < expected.elements().size(); ++i) {
    if (auto difference = CompareAt(expected.elements()[i], actual.elements()[i], tolerance,
                                    base::StrCat(path, "{", i, "}")))
      return difference;
  }
  return std::nullopt;
}

}  // namespace

Tolerance Tolerance::Default(ElementType type) {
  if (IsExact(type)) return {};
  // Half the significand's digits of f64, two thirds of f32's; a few units in the last place below.
  const ElementType part = IsComplex(type) ? ComplexPart(type) : type;
  if (part == ElementType::kF64) return {.abs = 1e-9, .rel = 1e-9};
  if (part == ElementType::kF32) return {.abs = 1e-5, .rel = 1e-4};
  const double unit = std::ldexp(1.0, -FormatOf(part).mantissa_bits);
  return {.abs = unit, .rel = 4 * unit};
}

std::optional<std::string> CompareLiterals(const Literal& expected, const Literal& actual,
                                           const std::optional<Tolerance>& tolerance) {
  return CompareAt(expected, actual, tolerance, "");
}

}  // namespace eqsat::ir
