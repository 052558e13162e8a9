// Kernels of the conversions between element types and precisions.
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "ir/interpret/evaluator.h"
#include "ir/interpret/kernel.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

// Truncates towards zero; clamps to the type's range; NaN gives 0.
template <WholeNumber To, RealFloat From>
To Saturate(From x, ElementType to) {
  if (std::isnan(x)) return 0;
  const int value_bits = BitWidth(to) - (std::is_signed_v<To> ? 1 : 0);
  const double limit = std::ldexp(1.0, value_bits);  // one past the largest
  const auto largest = static_cast<To>(~uint64_t{0} >> (64 - value_bits));
  const To least = std::is_signed_v<To> ? static_cast<To>(-largest - 1) : To{0};
  const double value = std::trunc(static_cast<double>(x));
  if (value >= limit) return largest;
  if (value <= static_cast<double>(least)) return least;
  return static_cast<To>(value);
}

template <typename To, typename From>
To ConvertScalar(const KernelCall& call, From x) {
  if constexpr (ComplexNumber<From> && !ComplexNumber<To>) {
    return ConvertScalar<To>(call, x.real());
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From{};
  } else if constexpr (ComplexNumber<To>) {
    using Part = typename To::value_type;
    if constexpr (ComplexNumber<From>) {
      return To(static_cast<Part>(x.real()), static_cast<Part>(x.imag()));
    } else {
      return To(static_cast<Part>(x));
    }
  } else if constexpr (RealFloat<From> && WholeNumber<To>) {
    return Saturate<To>(x, call.result_type);
  } else {
    return static_cast<To>(x);  // integers keep their low bits
  }
}

// `To` is float standing for a smaller type, or float itself: one rounding from the exact value.
template <typename To, typename From>
void ConvertLoop(const KernelCall& call) {
  const auto* from = static_cast<const From*>(call.operands[0]);
  auto* to = static_cast<To*>(call.result);
  constexpr bool kMayRoundTwice = std::is_same_v<To, float> && !ComplexNumber<From> &&
                                  sizeof(From) >= 4 && !std::is_same_v<From, float>;
  if constexpr (kMayRoundTwice) {
    if (IsWidened(call.result_type)) {
      for (int64_t i = 0; i < call.count; ++i)
        to[i] = RoundTo(call.result_type, static_cast<double>(from[i * call.steps[0]]));
      return;
    }
  }
  for (int64_t i = 0; i < call.count; ++i) to[i] = ConvertScalar<To>(call, from[i * call.steps[0]]);
}

Kernel ChooseConvert(const KernelSignature& signature) {
  return DispatchCompute(signature.operands[0], [&]<typename From>() -> Kernel {
    return DispatchCompute(signature.result,
                           []<typename To>() -> Kernel { return &ConvertLoop<To, From>; });
  });
}

template <typename T>
void CopyLoop(const KernelCall& call) {
  const auto* from = static_cast<const T*>(call.operands[0]);
  auto* to = static_cast<T*>(call.result);
  for (int64_t i = 0; i < call.count; ++i) to[i] = from[i * call.steps[0]];
}

Kernel ChooseCopy(const KernelSignature& signature) {
  if (signature.operands[0] != signature.result) return nullptr;
  return DispatchCompute(signature.result, []<typename T>() -> Kernel { return &CopyLoop<T>; });
}

// Rounds an IEEE bit pattern to fewer exponent and mantissa bits, ties to even: what is too large
// becomes an infinity, what is too small for a normal number becomes a zero of its sign.
uint64_t ReducePattern(const FloatFormat& f, uint64_t bits, int exponent_bits, int mantissa_bits) {
  const uint64_t sign = bits & (uint64_t{1} << (f.bits - 1));
  uint64_t magnitude = bits ^ sign;
  const uint64_t infinity = ((uint64_t{1} << f.exponent_bits) - 1) << f.mantissa_bits;
  if (magnitude > infinity) {
    // A NaN without mantissa bits would become an infinity.
    return mantissa_bits > 0 ? bits : sign | infinity;
  }
  if (mantissa_bits < f.mantissa_bits) {
    const int dropped = f.mantissa_bits - mantissa_bits;
    const uint64_t odd = magnitude >> dropped & 1;
    magnitude += (uint64_t{1} << (dropped - 1)) - 1 + odd;
    magnitude = magnitude >> dropped << dropped;
  }
  if (exponent_bits >= f.exponent_bits || magnitude == 0) return sign | magnitude;
  const int64_t bias = (int64_t{1} << (exponent_bits - 1)) - 1;
  const int64_t exponent = static_cast<int64_t>(magnitude >> f.mantissa_bits) - f.bias;
  if (exponent > bias) return sign | infinity;
  if (exponent <= -bias) return sign;
  return sign | magnitude;
}

template <RealFloat T>
void ReducePrecisionLoop(const KernelCall& call) {
  const auto& attributes = std::get<ReducePrecisionAttributes>(*call.attributes);
  const auto exponent_bits = static_cast<int>(attributes.exponent_bits);
  const auto mantissa_bits = static_cast<int>(attributes.mantissa_bits);
  const FloatFormat& format = FormatOf(call.operand_type);
  const auto* from = static_cast<const T*>(call.operands[0]);
  auto* to = static_cast<T*>(call.result);
  for (int64_t i = 0; i < call.count; ++i) {
    uint64_t bits = EncodeFloat(format, from[i * call.steps[0]]);
    uint64_t reduced = ReducePattern(format, bits, exponent_bits, mantissa_bits);
    to[i] = static_cast<T>(DecodeFloat(format, reduced));
  }
}

Kernel ChooseReducePrecision(const KernelSignature& signature) {
  ElementType type = signature.operands[0];
  if (!IsFloat(type) || signature.result != type) return nullptr;
  if (FormatOf(type).specials != Specials::kIeee) return nullptr;
  return type == ElementType::kF64 ? &ReducePrecisionLoop<double> : &ReducePrecisionLoop<float>;
}

}  // namespace

void AddConversionKernels(EvaluatorTable& table) {
  table[OpCode::kConvert].kernel = ChooseConvert;
  table[OpCode::kCopy].kernel = ChooseCopy;
  table[OpCode::kReducePrecision].kernel = ChooseReducePrecision;
}

}  // namespace eqsat::ir
