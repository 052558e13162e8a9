// The accuracy of the math expansions, measured on the kernel evaluator against the host's libm in
// a wider type.
#include "codegen/kernel_ir/math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "codegen/kernel_ir/evaluate.h"
#include "codegen/kernel_ir/scalar.h"
#include "codegen/kernel_ir/verify.h"

namespace eqsat::codegen {
namespace {

using Wide = long double;
using EmitUnary = ValueId (*)(KernelBuilder& b, ValueId x);
using EmitBinary = ValueId (*)(KernelBuilder& b, ValueId x, ValueId y);

template <typename T>
std::vector<T> Run(EmitUnary emit, EmitBinary emit2, std::vector<T> x, std::vector<T> y) {
  Scalar type = sizeof(T) == 4 ? Scalar::kF32 : Scalar::kF64;
  int64_t n = static_cast<int64_t>(x.size());
  KernelBuilder b("k", {n}, Scalar::kI64);
  BufferId in = b.AddBuffer(type, n, BufferRole::kIn), in2 = b.AddBuffer(type, n, BufferRole::kIn);
  BufferId out = b.AddBuffer(type, n, BufferRole::kOut);
  ValueId i = b.point()[0];
  ValueId value = emit ? emit(b, b.Load(in, i)) : emit2(b, b.Load(in, i), b.Load(in2, i));
  b.Store(out, i, value);
  Kernel kernel = std::move(b).Build();
  absl::Status verified = VerifyKernel(kernel);
  EXPECT_TRUE(verified.ok()) << verified.message();
  std::vector<T> result(x.size());
  auto bytes = [](std::vector<T>& v) {
    return absl::Span<uint8_t>(reinterpret_cast<uint8_t*>(v.data()), v.size() * sizeof(T));
  };
  std::vector<absl::Span<uint8_t>> buffers = {bytes(x), bytes(y), bytes(result)};
  absl::Status status = EvaluateKernel(kernel, buffers);
  EXPECT_TRUE(status.ok()) << status.message();
  return result;
}

// How far `actual` is from `expected`, in units of T's last place there.
template <typename T>
double UlpsOff(T actual, Wide expected) {
  T rounded = static_cast<T>(expected);
  if (std::isnan(rounded) || std::isnan(actual))
    return std::isnan(rounded) == std::isnan(actual) ? 0 : INFINITY;
  if (rounded == actual) return 0;
  // One past the greatest finite number is as good as infinity.
  if (std::isinf(rounded) || std::isinf(actual))
    return std::nextafter(actual, rounded) == rounded ? 1 : INFINITY;
  T magnitude = std::max(std::fabs(rounded), std::numeric_limits<T>::min());
  Wide ulp =
      static_cast<Wide>(std::nextafter(magnitude, std::numeric_limits<T>::infinity())) - magnitude;
  return static_cast<double>(std::fabs(actual - expected) / ulp);
}

int Samples() {
  const char* text = std::getenv("EQSAT_MATH_SAMPLES");
  return text ? std::atoi(text) : 4000;
}

// Corners, bit patterns all over the type, and numbers in [low, high].
template <typename T>
std::vector<T> Arguments(double low, double high) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  using Limits = std::numeric_limits<T>;
  std::vector<T> x = {0,
                      -T{0},
                      1,
                      -1,
                      T{0.5},
                      Limits::infinity(),
                      -Limits::infinity(),
                      2,
                      -2,
                      T{-0.5},
                      Limits::quiet_NaN(),
                      Limits::denorm_min(),
                      Limits::min(),
                      Limits::max(),
                      Limits::lowest(),
                      -Limits::denorm_min()};
  uint64_t state = 12345;
  for (int i = 0; i < Samples(); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = state ^ (state >> 29);
    if (i % 4 == 0) x.push_back(std::bit_cast<T>(static_cast<Bits>(bits)));
    if (i % 4 != 0) {
      double unit = static_cast<double>(bits >> 11) * 0x1p-53;
      x.push_back(static_cast<T>(low + (high - low) * (i % 4 == 1 ? unit * unit * unit : unit)));
    }
  }
  return x;
}

template <typename T>
void Measure(const char* name, EmitUnary emit, Wide (*reference)(Wide), double low, double high,
             double max_ulps) {
  std::vector<T> x = Arguments<T>(low, high);
  std::vector<T> result = Run<T>(emit, nullptr, x, x);
  double worst = 0;
  T worst_at = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    double off = UlpsOff<T>(result[i], reference(x[i]));
    if (off > worst) {
      worst = off;
      worst_at = x[i];
    }
    if (x[i] == 0 && reference(x[i]) == 0) {
      EXPECT_EQ(std::signbit(result[i]), std::signbit(reference(x[i]))) << name << " of a zero";
    }
  }
  EXPECT_LE(worst, max_ulps) << name << " at " << worst_at << " is "
                             << Run<T>(emit, nullptr, {worst_at}, {worst_at})[0] << ", not "
                             << reference(worst_at);
  if (std::getenv("EQSAT_MATH_SAMPLES")) std::printf("%s%zu %.2f\n", name, 8 * sizeof(T), worst);
}

Wide Logistic(Wide x) { return 1 / (1 + std::exp(-x)); }
Wide Rsqrt(Wide x) { return 1 / std::sqrt(x); }

struct Function {
  const char* name;
  EmitUnary emit;
  Wide (*reference)(Wide);
  double low, high;
  double ulps32, ulps64;
};

const Function kFunctions[] = {
    {"exp", math::Exp, std::exp, -110, 100, 1.5, 1.5},
    {"expm1", math::Expm1, std::expm1, -20, 90, 2, 2},
    {"log", math::Log, std::log, 0, 20, 1, 1},
    {"log1p", math::Log1p, std::log1p, -1, 2, 2.5, 2.5},
    {"tanh", math::Tanh, std::tanh, -10, 10, 3, 3},
    {"logistic", math::Logistic, Logistic, -100, 100, 3, 3},
    {"erf", math::Erf, std::erf, -4, 4, 2.5, 2.5},
    {"sin", math::Sin, std::sin, -100, 100, 1.75, 1.75},
    {"cos", math::Cos, std::cos, -100, 100, 1.75, 1.75},
    {"tan", math::Tan, std::tan, -100, 100, 3.5, 3.5},
    {"asin", math::Asin, std::asin, -1, 1, 4, 4},
    {"acos", math::Acos, std::acos, -1, 1, 4, 4},
    {"sinh", math::Sinh, std::sinh, -90, 90, 3, 3},
    {"cosh", math::Cosh, std::cosh, -90, 90, 3.5, 3.5},
    {"asinh", math::Asinh, std::asinh, -10, 10, 4, 4},
    {"acosh", math::Acosh, std::acosh, 1, 10, 4, 4},
    {"atanh", math::Atanh, std::atanh, -1, 1, 4, 4},
    {"cbrt", math::Cbrt, std::cbrt, -100, 100, 1.5, 1.5},
    {"rsqrt", math::Rsqrt, Rsqrt, 0, 100, 1.5, 1.5},
    {"round", math::RoundAwayFromZero, std::round, -10, 10, 0, 0},
};

TEST(MathTest, FunctionsOfF32) {
  for (const Function& f : kFunctions)
    Measure<float>(f.name, f.emit, f.reference, f.low, f.high, f.ulps32);
}

TEST(MathTest, FunctionsOfF64) {
  for (const Function& f : kFunctions)
    Measure<double>(f.name, f.emit, f.reference, f.low, f.high, f.ulps64);
}

// Where reducing the angle is hard: around each power of two, and as near to multiples of pi / 2 as
// the type comes (the literals).
template <typename T>
std::vector<T> LargeAngles() {
  std::vector<T> x = {T(0x1.f9cbe2p7),           T(0x1.5d5e76p+65), T(0x1.ddebdep+119),
                      T(0x1.6ac5b262ca1ffp+849), T(0x1.37p+30),     T(1e22),
                      T(0x1.fffffep+127)};
  for (int e = 20; e < std::numeric_limits<T>::max_exponent; ++e) {
    T power = std::ldexp(T{1}, e);
    for (T value : {std::nextafter(power, T{0}), power, std::nextafter(power, power * T{1.5}),
                    power * T{1.2345678901234567}})
      x.insert(x.end(), {value, -value});
  }
  return x;
}

template <typename T>
void MeasureLargeAngles() {
  const std::vector<T> x = LargeAngles<T>();
  const std::pair<EmitUnary, Wide (*)(Wide)> functions[] = {
      {math::Sin, std::sin}, {math::Cos, std::cos}, {math::Tan, std::tan}};
  for (auto [emit, reference] : functions) {
    std::vector<T> result = Run<T>(emit, nullptr, x, x);
    for (size_t i = 0; i < x.size(); ++i) {
      if (std::isinf(x[i])) continue;  // of a literal that this type does not reach
      EXPECT_LE(UlpsOff<T>(result[i], reference(x[i])), 3.5) << x[i];
    }
  }
}

TEST(MathTest, AnglesOfAnySize) {
  MeasureLargeAngles<float>();
  MeasureLargeAngles<double>();
}

template <typename T>
void Measure2(const char* name, EmitBinary emit, Wide (*reference)(Wide, Wide), double low,
              double high, double max_ulps) {
  std::vector<T> x = Arguments<T>(low, high), y = x;
  // Every corner with every corner, then others at random.
  constexpr size_t kCorners = 16;
  std::vector<T> xs, ys;
  for (size_t i = 0; i < kCorners; ++i) {
    for (size_t j = 0; j < kCorners; ++j) {
      xs.push_back(x[i]);
      ys.push_back(y[j]);
    }
  }
  for (size_t i = kCorners; i + 1 < x.size(); i += 2) {
    xs.push_back(x[i]);
    ys.push_back(y[i + 1]);
  }
  std::vector<T> result = Run<T>(nullptr, emit, xs, ys);
  double worst = 0;
  size_t worst_at = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    double off = UlpsOff<T>(result[i], reference(xs[i], ys[i]));
    if (off > worst) {
      worst = off;
      worst_at = i;
    }
  }
  EXPECT_LE(worst, max_ulps) << name << " of " << xs[worst_at] << " and " << ys[worst_at] << " is "
                             << result[worst_at] << ", not "
                             << reference(xs[worst_at], ys[worst_at]);
  if (std::getenv("EQSAT_MATH_SAMPLES")) std::printf("%s%zu %.2f\n", name, 8 * sizeof(T), worst);
}

TEST(MathTest, FunctionsOfTwo) {
  Measure2<float>("pow", math::Pow, std::pow, -20, 20, 1);
  Measure2<double>("pow", math::Pow, std::pow, -20, 20, 3);
  Measure2<float>("atan2", math::Atan2, std::atan2, -3, 3, 3);
  Measure2<double>("atan2", math::Atan2, std::atan2, -3, 3, 3);
  Measure2<float>("remainder", math::Remainder, std::fmod, -30, 30, 0);
  Measure2<double>("remainder", math::Remainder, std::fmod, -30, 30, 0);
}

}  // namespace
}  // namespace eqsat::codegen
