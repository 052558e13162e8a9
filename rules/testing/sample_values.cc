#include "rules/testing/sample_values.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/shape/float_format.h"
#include "ir/shape/number_limits.h"

namespace eqsat::rules {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double SampleFloat(base::Random& random, ir::ElementType type, Numerics numerics) {
  if (numerics >= Numerics::kReassoc) {
    double magnitude = 0.5 + 1.5 * random.Unit();
    return random.Chance(30) ? -magnitude : magnitude;
  }
  if (random.Chance(35)) {
    std::vector<double> values = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0};
    if (numerics == Numerics::kExact) {
      double largest = ir::LargestFinite(type);
      double smallest = std::ldexp(1.0, 1 - ir::FormatOf(type).bias);
      for (double value : {kInfinity, -kInfinity, kNaN, largest, -largest, smallest, smallest / 2})
        values.push_back(value);
    }
    return random.Pick(values);
  }
  double magnitude = std::ldexp(random.Unit(), static_cast<int>(random.Between(-3, 4)));
  return random.Chance(50) ? -magnitude : magnitude;
}

int64_t SampleInteger(base::Random& random, ir::ElementType type) {
  if (random.Chance(25)) {
    return random.Pick(
        std::vector<int64_t>{0, 1, -1, ir::HighestInteger(type), ir::LowestInteger(type)});
  }
  if (random.Chance(20)) return static_cast<int64_t>(random.Bits());
  return random.Between(ir::IsSigned(type) ? -9 : 0, 9);
}

// Complex numbers of these parts, as they come.
ir::Literal FromParts(const ir::Shape& shape, const std::function<double()>& part) {
  auto make = [&]<typename T>(T) {
    std::vector<std::complex<T>> values;
    for (int64_t i = 0; i < shape.ElementCount(); ++i) {
      const T real = static_cast<T>(part());
      values.emplace_back(real, static_cast<T>(part()));
    }
    return ir::Literal::Of<std::complex<T>>(shape, values);
  };
  return shape.element_type() == ir::ElementType::kC128 ? make(double()) : make(float());
}

double EpsilonOf(ir::ElementType type) {
  return std::ldexp(1.0, -ir::FormatOf(type).mantissa_bits);
}

bool SameFloat(double left, double right, ir::ElementType type, const Tolerance& tolerance,
               int64_t i) {
  if (std::isnan(left) && std::isnan(right)) return true;
  switch (tolerance.numerics) {
    case Numerics::kExact:
      return left == right && std::signbit(left) == std::signbit(right);
    case Numerics::kSpecial:
      return left == right || !std::isfinite(left) || std::isinf(right) ||
             (tolerance.any_infinite && std::isnan(right));
    case Numerics::kReassoc:
    case Numerics::kApprox:
      break;
  }
  // What was lost on the left cannot be compared; the right may not lose more.
  if (left == right || !std::isfinite(left)) return true;
  if (std::isnan(right)) return tolerance.any_infinite;
  // Rounding anywhere on the way is relative to what was rounded there.
  constexpr double kRoundings = 32;
  double rounding = kRoundings * EpsilonOf(type) * std::max(tolerance.largest, 1e-3);
  double allowed =
      tolerance.bound * (tolerance.scale ? tolerance.scale->AsDouble(i) : tolerance.largest);
  return std::abs(left - right) <= rounding + allowed;
}

bool SameElement(const ir::Literal& left, const ir::Literal& right, int64_t i,
                 const Tolerance& tolerance) {
  ir::ElementType type = left.shape().element_type();
  if (ir::IsComplex(type)) {
    ir::ElementType part = ir::ComplexPart(type);
    std::complex<double> a = left.AsComplex(i);
    std::complex<double> b = right.AsComplex(i);
    return SameFloat(a.real(), b.real(), part, tolerance, i) &&
           SameFloat(a.imag(), b.imag(), part, tolerance, i);
  }
  if (ir::IsFloat(type)) return SameFloat(left.AsDouble(i), right.AsDouble(i), type, tolerance, i);
  return left.AsInt64(i) == right.AsInt64(i);
}

}  // namespace

std::string ShowElement(const ir::Literal& literal, int64_t i) {
  ir::ElementType type = literal.shape().element_type();
  if (ir::IsComplex(type)) {
    std::complex<double> value = literal.AsComplex(i);
    return absl::StrFormat("%.9g%+.9gi", value.real(), value.imag());
  }
  if (ir::IsFloat(type)) return absl::StrFormat("%.9g", literal.AsDouble(i));
  return absl::StrFormat("%d", literal.AsInt64(i));
}

ir::Literal SampleLiteral(base::Random& random, const ir::Shape& shape, Numerics numerics) {
  ir::ElementType type = shape.element_type();
  if (ir::IsComplex(type)) {
    const ir::ElementType part = ir::ComplexPart(type);
    return FromParts(shape, [&] { return SampleFloat(random, part, numerics); });
  }
  if (ir::IsFloat(type)) {
    std::vector<double> values;
    for (int64_t i = 0; i < shape.ElementCount(); ++i)
      values.push_back(SampleFloat(random, type, numerics));
    return ir::Literal::FromDoubles(shape, values);
  }
  std::vector<int64_t> values;
  for (int64_t i = 0; i < shape.ElementCount(); ++i)
    values.push_back(type == ir::ElementType::kPred ? random.Between(0, 1)
                                                    : SampleInteger(random, type));
  return ir::Literal::FromInt64s(shape, values);
}

ir::Literal SampleScalar(base::Random& random, ir::ElementType type) {
  ir::Shape scalar(type, {});
  if (type == ir::ElementType::kPred)
    return ir::Literal::FromInt64s(scalar, {random.Between(0, 1)});
  if (ir::IsInteger(type)) return ir::Literal::FromInt64s(scalar, {SampleInteger(random, type)});
  static const auto* const kValues = new std::vector<double>{
      0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 4.0, -2.0, 3.0, 0.25, kInfinity, -kInfinity, kNaN, 1.5};
  const double value = random.Pick(*kValues);
  // Rules know real numbers: most complex ones should be.
  if (!ir::IsComplex(type) || random.Chance(60)) return ir::Literal::FromDoubles(scalar, {value});
  return FromParts(scalar, [&] { return random.Pick(*kValues); });
}

std::optional<std::string> FirstMismatch(const ir::Literal& left, const ir::Literal& right,
                                         const Tolerance& tolerance) {
  if (!ir::Shape::Compatible(left.shape(), right.shape())) {
    return absl::StrFormat("shapes %s and %s", left.shape().ToString(), right.shape().ToString());
  }
  for (size_t i = 0; i < left.elements().size(); ++i) {
    auto inner = FirstMismatch(left.elements()[i], right.elements()[i], tolerance);
    if (inner) return inner;
  }
  if (!left.shape().IsArray()) return std::nullopt;
  for (int64_t i = 0; i < left.shape().ElementCount(); ++i) {
    if (SameElement(left, right, i, tolerance)) continue;
    return absl::StrFormat("element %d of %s is %s on the left and %s on the right", i,
                           left.shape().ToString(), ShowElement(left, i), ShowElement(right, i));
  }
  return std::nullopt;
}

}  // namespace eqsat::rules
