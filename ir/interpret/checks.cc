#include "ir/interpret/checks.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/base/check.h"
#include "ir/interpret/compare.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

constexpr uint64_t kFar = std::numeric_limits<uint64_t>::max();

// The number of a value in the order of its format's values; zeros are 0.
int64_t Rank(const FloatFormat& format, double value) {
  const auto magnitude = static_cast<int64_t>(EncodeFloat(format, std::fabs(value)));
  return value < 0 ? -magnitude : magnitude;
}

uint64_t UlpDifference(const FloatFormat& format, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b) ? 0 : kFar;
  if (a == b) return 0;
  if (std::isinf(a) || std::isinf(b)) return kFar;
  const auto x = static_cast<uint64_t>(Rank(format, a));
  const auto y = static_cast<uint64_t>(Rank(format, b));
  return a < b ? y - x : x - y;
}

uint64_t IntegerDifference(const Literal& a, const Literal& b, int64_t i) {
  const auto x = static_cast<uint64_t>(a.AsInt64(i));
  const auto y = static_cast<uint64_t>(b.AsInt64(i));
  const bool less = a.shape().element_type() == ElementType::kU64
                        ? x < y
                        : static_cast<int64_t>(x) < static_cast<int64_t>(y);
  return less ? y - x : x - y;
}

double FewUlps(ElementType type) { return std::ldexp(8.0, -FormatOf(type).mantissa_bits); }

// Errors of either part are as large as the number, not the part, lets them be.
std::optional<std::string> AlmostEqualComplexFault(const Literal& expected, const Literal& actual,
                                                   double tolerance) {
  const double rel = FewUlps(ComplexPart(expected.shape().element_type()));
  auto near = [&](std::complex<double> x, std::complex<double> y) {
    return std::abs(x - y) <= tolerance + rel * std::abs(x);
  };
  bool all = true;
  for (int64_t i = 0; all && i < expected.shape().ElementCount(); ++i)
    all = near(expected.AsComplex(i), actual.AsComplex(i));
  if (all) return std::nullopt;
  return CompareLiterals(expected, actual, Tolerance{.abs = tolerance, .rel = rel});
}

}  // namespace

uint64_t LargestUlpDifference(const Literal& a, const Literal& b) {
  EQSAT_CHECK(Shape::Compatible(a.shape(), b.shape()));
  const ElementType type = a.shape().element_type();
  uint64_t largest = 0;
  for (int64_t i = 0; i < a.shape().ElementCount(); ++i) {
    if (IsFloat(type)) {
      largest = std::max(largest, UlpDifference(FormatOf(type), a.AsDouble(i), b.AsDouble(i)));
    } else if (IsComplex(type)) {
      const FloatFormat& format = FormatOf(ComplexPart(type));
      const std::complex<double> x = a.AsComplex(i);
      const std::complex<double> y = b.AsComplex(i);
      largest = std::max({largest, UlpDifference(format, x.real(), y.real()),
                          UlpDifference(format, x.imag(), y.imag())});
    } else {
      largest = std::max(largest, IntegerDifference(a, b, i));
    }
  }
  return largest;
}

std::optional<std::string> AlmostEqualFault(const Literal& expected, const Literal& actual,
                                            double tolerance) {
  const ElementType type = expected.shape().element_type();
  if (IsComplex(type)) return AlmostEqualComplexFault(expected, actual, tolerance);
  Tolerance near{.abs = tolerance, .rel = 0};
  if (IsFloat(type)) near.rel = FewUlps(type);
  return CompareLiterals(expected, actual, near);
}

}  // namespace eqsat::ir
