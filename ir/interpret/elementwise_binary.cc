// Kernels of the elementwise operations of two and three operands.
#include <algorithm>
#include <cmath>
#include <complex>
#include <type_traits>

#include "ir/interpret/complex_functions.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/kernel.h"
#include "ir/interpret/scalar_arithmetic.h"

namespace eqsat::ir {
namespace {

struct Subtract {
  template <InexactNumber T>
  static T Apply(T a, T b) {
    return a - b;
  }
  template <WholeNumber T>
  static T Apply(T a, T b) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b));
  }
};

struct Divide {
  template <InexactNumber T>
  static T Apply(T a, T b) {
    return a / b;
  }
  template <WholeNumber T>
  static T Apply(T a, T b) {
    if (b == 0) return static_cast<T>(-1);
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return Subtract::Apply(T{0}, a);
    return static_cast<T>(a / b);
  }
};

struct Remainder {
  template <RealFloat T>
  static T Apply(T a, T b) {
    return std::fmod(a, b);
  }
  template <WholeNumber T>
  static T Apply(T a, T b) {
    if (b == 0) return a;
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
    return static_cast<T>(a % b);
  }
};

struct Power {
  template <RealFloat T>
  static T Apply(T a, T b) {
    return std::pow(a, b);
  }
  template <ComplexNumber T>
  static T Apply(T a, T b) {
    return complex_functions::Rounded<typename T::value_type>(complex_functions::Pow(a, b));
  }
  // By squaring, wrapping. A negative exponent leaves only ±1 whole.
  template <WholeNumber T>
  static T Apply(T base, T exponent) {
    if (std::is_signed_v<T> && exponent < T{0}) {
      if (base == T{1}) return 1;
      if (base == static_cast<T>(-1)) return exponent % 2 == 0 ? T{1} : base;
      return 0;
    }
    T power = 1;
    for (auto e = static_cast<std::make_unsigned_t<T>>(exponent); e != 0; e >>= 1) {
      if (e & 1) power = Multiply::Apply(power, base);
      base = Multiply::Apply(base, base);
    }
    return power;
  }
};

struct Atan2 {
  template <RealFloat T>
  static T Apply(T y, T x) {
    return std::atan2(y, x);
  }
  template <ComplexNumber T>
  static T Apply(T y, T x) {
    return complex_functions::Rounded<typename T::value_type>(complex_functions::Atan2(y, x));
  }
};

struct Complex {
  template <RealFloat T>
  static std::complex<T> Apply(T real, T imaginary) {
    return {real, imaginary};
  }
};

struct Mulhi {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T a, T b) {
    using Wide = std::conditional_t<std::is_signed_v<T>, __int128_t, __uint128_t>;
    return static_cast<T>((static_cast<Wide>(a) * static_cast<Wide>(b)) >>
                          BitWidth(call.operand_type));
  }
};

// An amount of the width or more, read as unsigned, shifts everything out.
template <WholeNumber T>
bool ShiftsOut(const KernelCall& call, T amount) {
  return static_cast<std::make_unsigned_t<T>>(amount) >=
         static_cast<uint64_t>(BitWidth(call.operand_type));
}

struct ShiftLeft {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T a, T amount) {
    if (ShiftsOut(call, amount)) return 0;
    return static_cast<T>(static_cast<Wrapping<T>>(a) << amount);
  }
};

struct ShiftRightArithmetic {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T a, T amount) {
    const int unused = 64 - BitWidth(call.operand_type);
    const int64_t sign_extended =
        static_cast<int64_t>(static_cast<uint64_t>(a) << unused) >> unused;
    return static_cast<T>(sign_extended >>
                          (ShiftsOut(call, amount) ? 63 : static_cast<int>(amount)));
  }
};

struct ShiftRightLogical {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T a, T amount) {
    if (ShiftsOut(call, amount)) return 0;
    const int unused = 64 - BitWidth(call.operand_type);
    return static_cast<T>((static_cast<uint64_t>(a) << unused >> unused) >> amount);
  }
};

template <ComparisonDirection kDirection>
struct Compare {
  template <typename T>
    requires(!ComplexNumber<T>)
  static bool Apply(T a, T b) {
    switch (kDirection) {
      case ComparisonDirection::kEq:
        return a == b;
      case ComparisonDirection::kNe:
        return a != b;
      case ComparisonDirection::kGe:
        return a >= b;
      case ComparisonDirection::kGt:
        return a > b;
      case ComparisonDirection::kLe:
        return a <= b;
      case ComparisonDirection::kLt:
        return a < b;
    }
    return false;
  }
  template <ComplexNumber T>
    requires(kDirection == ComparisonDirection::kEq || kDirection == ComparisonDirection::kNe)
  static bool Apply(T a, T b) {
    return (a == b) == (kDirection == ComparisonDirection::kEq);
  }
};

template <ComparisonDirection kDirection>
struct CompareTotalOrder {
  template <RealFloat T>
  static bool Apply(T a, T b) {
    return Compare<kDirection>::Apply(TotalOrderKey(a), TotalOrderKey(b));
  }
};

template <ComparisonDirection kDirection>
Kernel CompareKernel(const KernelSignature& signature) {
  bool total_order =
      std::get<CompareAttributes>(signature.attributes).type == ComparisonType::kFloatTotalOrder;
  if (total_order && IsFloat(signature.operands[0]))
    return BinaryKernel<CompareTotalOrder<kDirection>>(signature);
  return BinaryKernel<Compare<kDirection>>(signature);
}

Kernel ChooseCompare(const KernelSignature& signature) {
  switch (std::get<CompareAttributes>(signature.attributes).direction) {
    case ComparisonDirection::kEq:
      return CompareKernel<ComparisonDirection::kEq>(signature);
    case ComparisonDirection::kNe:
      return CompareKernel<ComparisonDirection::kNe>(signature);
    case ComparisonDirection::kGe:
      return CompareKernel<ComparisonDirection::kGe>(signature);
    case ComparisonDirection::kGt:
      return CompareKernel<ComparisonDirection::kGt>(signature);
    case ComparisonDirection::kLe:
      return CompareKernel<ComparisonDirection::kLe>(signature);
    case ComparisonDirection::kLt:
      return CompareKernel<ComparisonDirection::kLt>(signature);
  }
  return nullptr;
}

// clamp(low, x, high) = min(max(x, low), high)
template <typename T>
void ClampLoop(const KernelCall& call) {
  const auto* low = static_cast<const T*>(call.operands[0]);
  const auto* x = static_cast<const T*>(call.operands[1]);
  const auto* high = static_cast<const T*>(call.operands[2]);
  auto* result = static_cast<T*>(call.result);
  for (int64_t i = 0; i < call.count; ++i) {
    T raised = Maximum::Apply(x[i * call.steps[1]], low[i * call.steps[0]]);
    result[i] = Minimum::Apply(raised, high[i * call.steps[2]]);
  }
}

bool AllOfType(absl::Span<const ElementType> types, ElementType type) {
  return std::ranges::all_of(types, [type](ElementType t) { return t == type; });
}

Kernel ChooseClamp(const KernelSignature& signature) {
  if (!AllOfType(signature.operands, signature.result)) return nullptr;
  return DispatchCompute(signature.result, []<typename T>() -> Kernel {
    if constexpr (DefinedOn<Maximum, T, T>) {
      return &ClampLoop<T>;
    } else {
      return nullptr;
    }
  });
}

// Only the elements' width matters.
template <typename Word>
void SelectLoop(const KernelCall& call) {
  const auto* predicate = static_cast<const bool*>(call.operands[0]);
  const auto* on_true = static_cast<const Word*>(call.operands[1]);
  const auto* on_false = static_cast<const Word*>(call.operands[2]);
  auto* result = static_cast<Word*>(call.result);
  for (int64_t i = 0; i < call.count; ++i) {
    result[i] =
        predicate[i * call.steps[0]] ? on_true[i * call.steps[1]] : on_false[i * call.steps[2]];
  }
}

Kernel ChooseSelect(const KernelSignature& signature) {
  if (signature.operands[0] != ElementType::kPred ||
      !AllOfType(signature.operands.subspan(1), signature.result))
    return nullptr;
  return DispatchCompute(signature.result, []<typename T>() -> Kernel { return &SelectLoop<T>; });
}

}  // namespace

void AddBinaryKernels(EvaluatorTable& table) {
#define EQSAT_BINARY(Name) table[OpCode::k##Name].kernel = BinaryKernel<Name>;
  EQSAT_BINARY(Add)
  EQSAT_BINARY(And)
  EQSAT_BINARY(Atan2)
  EQSAT_BINARY(Complex)
  EQSAT_BINARY(Divide)
  EQSAT_BINARY(Maximum)
  EQSAT_BINARY(Minimum)
  EQSAT_BINARY(Mulhi)
  EQSAT_BINARY(Multiply)
  EQSAT_BINARY(Or)
  EQSAT_BINARY(Power)
  EQSAT_BINARY(Remainder)
  EQSAT_BINARY(ShiftLeft)
  EQSAT_BINARY(ShiftRightArithmetic)
  EQSAT_BINARY(ShiftRightLogical)
  EQSAT_BINARY(Subtract)
  EQSAT_BINARY(Xor)
#undef EQSAT_BINARY
  table[OpCode::kCompare].kernel = ChooseCompare;
  table[OpCode::kClamp].kernel = ChooseClamp;
  table[OpCode::kSelect].kernel = ChooseSelect;
}

}  // namespace eqsat::ir
