// Functions of complex numbers where the standard library has none, or gives infinities and zeros
// that XLA does not. Like XLA, an exponential whose angle is not finite has no value at all.
#ifndef EQSAT_IR_INTERPRET_COMPLEX_FUNCTIONS_H_
#define EQSAT_IR_INTERPRET_COMPLEX_FUNCTIONS_H_

#include <cmath>
#include <complex>
#include <limits>

namespace eqsat::ir::complex_functions {

using Complex128 = std::complex<double>;

// A result in f64 rounded once, which keeps c64 free of overflow on the way.
template <typename T>
std::complex<T> Rounded(const Complex128& z) {
  return {static_cast<T>(z.real()), static_cast<T>(z.imag())};
}

inline Complex128 NotANumber() {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  return {kNan, kNan};
}

inline Complex128 Exp(Complex128 z) { return std::isfinite(z.imag()) ? std::exp(z) : NotANumber(); }

// The principal root.
inline Complex128 Cbrt(Complex128 z) { return z == 0.0 ? z : std::pow(z, 1.0 / 3); }

// sinh and cosh turn by the imaginary part, sin and cos by the real one.
inline Complex128 Sinh(Complex128 z) {
  return std::isfinite(z.imag()) ? std::sinh(z) : NotANumber();
}
inline Complex128 Cosh(Complex128 z) {
  return std::isfinite(z.imag()) ? std::cosh(z) : NotANumber();
}
inline Complex128 Sin(Complex128 z) { return std::isfinite(z.real()) ? std::sin(z) : NotANumber(); }
inline Complex128 Cos(Complex128 z) { return std::isfinite(z.real()) ? std::cos(z) : NotANumber(); }

// e^(a+bi) - 1 = (expm1(a) cos b - 2 sin²(b/2)) + e^a sin b i, which keeps small results exact.
inline Complex128 Expm1(Complex128 z) {
  if (z.imag() == 0) return {std::expm1(z.real()), z.imag()};
  const double half = std::sin(z.imag() / 2);
  return {std::expm1(z.real()) * std::cos(z.imag()) - 2 * half * half,
          std::exp(z.real()) * std::sin(z.imag())};
}

// |1+z|² - 1 = 2a + a² + b² for z = a + bi, without the error of the squares and sums.
inline double SquaredRadiusLessOne(double a, double b) {
  const double aa = a * a;
  const double bb = b * b;
  double sum = 2 * a;
  double rest = std::fma(a, a, -aa) + std::fma(b, b, -bb);
  for (double term : {aa, bb}) {
    const double next = sum + term;
    const double kept = next - sum;
    rest += (sum - (next - kept)) + (term - kept);
    sum = next;
  }
  return sum + rest;
}

inline Complex128 Log1p(Complex128 z) {
  constexpr double kFar = 4;
  const double a = z.real();
  const double b = z.imag();
  if (!(std::fabs(a) < kFar && std::fabs(b) < kFar)) return std::log(Complex128(1 + a, b));
  const double u = SquaredRadiusLessOne(a, b);
  if (u < -0.75) return std::log(Complex128(1 + a, b));
  return {std::log1p(u) / 2, std::atan2(b, 1 + a)};
}

inline Complex128 Logistic(Complex128 z) { return 1.0 / (1.0 + Exp(-z)); }

// -i log((x + iy) / sqrt(x² + y²))
inline Complex128 Atan2(Complex128 y, Complex128 x) {
  const Complex128 i(0, 1);
  return -i * std::log((x + i * y) / std::sqrt(x * x + y * y));
}

inline Complex128 Pow(Complex128 a, Complex128 b) {
  if (b == 0.0) return 1;
  if (a == 0.0) return b.real() > 0 ? Complex128(0) : NotANumber();
  return std::pow(a, b);
}

}  // namespace eqsat::ir::complex_functions

#endif  // EQSAT_IR_INTERPRET_COMPLEX_FUNCTIONS_H_
