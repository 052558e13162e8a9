// Scalar operations of two operands, shared by elementwise kernels, folds and dots.
#ifndef EQSAT_IR_INTERPRET_SCALAR_ARITHMETIC_H_
#define EQSAT_IR_INTERPRET_SCALAR_ARITHMETIC_H_

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "ir/interpret/compute_type.h"

namespace eqsat::ir {

template <typename T>
concept LogicalValue = std::is_same_v<T, bool>;
template <typename T>
concept InexactNumber = RealFloat<T> || ComplexNumber<T>;

// Wide enough that no narrow operand is promoted to a signed int, whose overflow is undefined.
template <WholeNumber T>
using Wrapping = std::conditional_t<(sizeof(T) < 8), uint32_t, uint64_t>;

struct Add {
  template <InexactNumber T>
  static T Apply(T a, T b) {
    return a + b;
  }
  template <WholeNumber T>
  static T Apply(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  }
  template <LogicalValue T>
  static T Apply(T a, T b) {
    return a || b;
  }
};

struct Multiply {
  template <RealFloat T>
  static T Apply(T a, T b) {
    return a * b;
  }
  // By its definition: std::complex would repair infinities.
  template <ComplexNumber T>
  static T Apply(T a, T b) {
    return T(a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real());
  }
  template <WholeNumber T>
  static T Apply(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  }
  template <LogicalValue T>
  static T Apply(T a, T b) {
    return a && b;
  }
};

// Complex numbers are ordered by their real parts, then by their imaginary ones, then by the signs
// of zeros. A NaN in either part of either makes the whole result NaN, so that operands may be
// exchanged.
template <ComplexNumber T>
bool ComesBefore(T a, T b) {
  if (a.real() != b.real()) return a.real() < b.real();
  if (a.imag() != b.imag()) return a.imag() < b.imag();
  if (std::signbit(a.real()) != std::signbit(b.real())) return std::signbit(a.real());
  return std::signbit(a.imag()) && !std::signbit(b.imag());
}
template <ComplexNumber T>
bool EitherIsNaN(T a, T b) {
  return std::isnan(a.real()) || std::isnan(a.imag()) || std::isnan(b.real()) ||
         std::isnan(b.imag());
}
template <ComplexNumber T>
constexpr T kComplexNaN(std::numeric_limits<typename T::value_type>::quiet_NaN(),
                        std::numeric_limits<typename T::value_type>::quiet_NaN());

// NaN wins; of the zeros the positive one is larger (IEEE 754-2019 maximum).
struct Maximum {
  template <ComplexNumber T>
  static T Apply(T a, T b) {
    if (EitherIsNaN(a, b)) return kComplexNaN<T>;
    return ComesBefore(a, b) ? b : a;
  }
  template <RealFloat T>
  static T Apply(T a, T b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
    if (a == b) return std::signbit(a) ? b : a;
    return a > b ? a : b;
  }
  template <typename T>
    requires WholeNumber<T> || LogicalValue<T>
  static T Apply(T a, T b) {
    return a < b ? b : a;
  }
};

struct Minimum {
  template <ComplexNumber T>
  static T Apply(T a, T b) {
    if (EitherIsNaN(a, b)) return kComplexNaN<T>;
    return ComesBefore(b, a) ? b : a;
  }
  template <RealFloat T>
  static T Apply(T a, T b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
    if (a == b) return std::signbit(a) ? a : b;
    return a < b ? a : b;
  }
  template <typename T>
    requires WholeNumber<T> || LogicalValue<T>
  static T Apply(T a, T b) {
    return b < a ? b : a;
  }
};

// Bitwise on integers, logical on pred.
#define EQSAT_BITWISE(Name, op)                  \
  struct Name {                                  \
    template <typename T>                        \
      requires WholeNumber<T> || LogicalValue<T> \
    static T Apply(T a, T b) {                   \
      return static_cast<T>(a op b);             \
    }                                            \
  };
EQSAT_BITWISE(And, &)
EQSAT_BITWISE(Or, |)
EQSAT_BITWISE(Xor, ^)
#undef EQSAT_BITWISE

// An integer that orders as IEEE's totalOrder: -NaN < -inf < … < -0 < +0 < … < inf < NaN.
template <RealFloat T>
auto TotalOrderKey(T x) {
  using Int = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  auto bits = std::bit_cast<Int>(x);
  return bits < 0 ? static_cast<Int>(bits ^ std::numeric_limits<Int>::max()) : bits;
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SCALAR_ARITHMETIC_H_
