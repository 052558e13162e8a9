// Kernels of the elementwise operations of one operand.
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>

#include "ir/interpret/complex_functions.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/kernel.h"

namespace eqsat::ir {
namespace {

// A scalar operation on floats and complex numbers that the standard library has under one name.
// Complex ones are computed in f64, for the last bit of c64.
#define EQSAT_FLOAT_OR_COMPLEX(Name, function)                   \
  struct Name {                                                  \
    template <RealFloat T>                                       \
    static T Apply(T x) {                                        \
      return std::function(x);                                   \
    }                                                            \
    template <ComplexNumber T>                                   \
    static T Apply(T z) {                                        \
      return complex_functions::Rounded<typename T::value_type>( \
          std::function(complex_functions::Complex128(z)));      \
    }                                                            \
  };
EQSAT_FLOAT_OR_COMPLEX(Acos, acos)
EQSAT_FLOAT_OR_COMPLEX(Acosh, acosh)
EQSAT_FLOAT_OR_COMPLEX(Asin, asin)
EQSAT_FLOAT_OR_COMPLEX(Asinh, asinh)
EQSAT_FLOAT_OR_COMPLEX(Atanh, atanh)
EQSAT_FLOAT_OR_COMPLEX(Log, log)
EQSAT_FLOAT_OR_COMPLEX(Sqrt, sqrt)
EQSAT_FLOAT_OR_COMPLEX(Tan, tan)
EQSAT_FLOAT_OR_COMPLEX(Tanh, tanh)
#undef EQSAT_FLOAT_OR_COMPLEX

// The same with a complex function of our own.
#define EQSAT_FLOAT_AND_COMPLEX(Name, function, complex_function) \
  struct Name {                                                   \
    template <RealFloat T>                                        \
    static T Apply(T x) {                                         \
      return std::function(x);                                    \
    }                                                             \
    template <ComplexNumber T>                                    \
    static T Apply(T z) {                                         \
      return complex_functions::Rounded<typename T::value_type>(  \
          complex_functions::complex_function(z));                \
    }                                                             \
  };
EQSAT_FLOAT_AND_COMPLEX(Cbrt, cbrt, Cbrt)
EQSAT_FLOAT_AND_COMPLEX(Cosh, cosh, Cosh)
EQSAT_FLOAT_AND_COMPLEX(Cosine, cos, Cos)
EQSAT_FLOAT_AND_COMPLEX(Exponential, exp, Exp)
EQSAT_FLOAT_AND_COMPLEX(Sine, sin, Sin)
EQSAT_FLOAT_AND_COMPLEX(Sinh, sinh, Sinh)
#undef EQSAT_FLOAT_AND_COMPLEX

#define EQSAT_FLOAT(Name, function) \
  struct Name {                     \
    template <RealFloat T>          \
    static T Apply(T x) {           \
      return std::function(x);      \
    }                               \
  };
EQSAT_FLOAT(Erf, erf)
EQSAT_FLOAT(Ceil, ceil)
EQSAT_FLOAT(Floor, floor)
EQSAT_FLOAT(RoundNearestAfz, round)
EQSAT_FLOAT(RoundNearestEven, nearbyint)
#undef EQSAT_FLOAT

struct ExponentialMinusOne {
  template <RealFloat T>
  static T Apply(T x) {
    return std::expm1(x);
  }
  template <ComplexNumber T>
  static T Apply(T z) {
    return complex_functions::Rounded<typename T::value_type>(complex_functions::Expm1(z));
  }
};

struct LogPlusOne {
  template <RealFloat T>
  static T Apply(T x) {
    return std::log1p(x);
  }
  template <ComplexNumber T>
  static T Apply(T z) {
    return complex_functions::Rounded<typename T::value_type>(complex_functions::Log1p(z));
  }
};

struct Logistic {
  template <RealFloat T>
  static T Apply(T x) {
    return T(1) / (T(1) + std::exp(-x));
  }
  template <ComplexNumber T>
  static T Apply(T z) {
    return complex_functions::Rounded<typename T::value_type>(complex_functions::Logistic(z));
  }
};

struct Rsqrt {
  template <RealFloat T>
  static T Apply(T x) {
    return T(1) / std::sqrt(x);
  }
  template <ComplexNumber T>
  static T Apply(T z) {
    return complex_functions::Rounded<typename T::value_type>(
        1.0 / std::sqrt(complex_functions::Complex128(z)));
  }
};

struct Abs {
  template <RealFloat T>
  static T Apply(T x) {
    return std::fabs(x);
  }
  template <SignedWhole T>
  static T Apply(T x) {
    using U = std::make_unsigned_t<T>;
    return x < 0 ? static_cast<T>(U{0} - static_cast<U>(x)) : x;
  }
  template <UnsignedWhole T>
  static T Apply(T x) {
    return x;
  }
  template <ComplexNumber T>
  static typename T::value_type Apply(T z) {
    return std::abs(z);
  }
};

struct Negate {
  template <typename T>
    requires RealFloat<T> || ComplexNumber<T>
  static T Apply(T x) {
    return -x;
  }
  template <WholeNumber T>
  static T Apply(T x) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(U{0} - static_cast<U>(x));
  }
};

struct Not {
  template <WholeNumber T>
  static T Apply(T x) {
    return static_cast<T>(~x);
  }
  template <typename T>
    requires std::is_same_v<T, bool>
  static T Apply(T x) {
    return !x;
  }
};

struct Sign {
  // Zeros keep their sign, NaN stays.
  template <RealFloat T>
  static T Apply(T x) {
    return x > 0 ? T(1) : x < 0 ? T(-1) : x;
  }
  template <WholeNumber T>
  static T Apply(T x) {
    return static_cast<T>((x > 0) - (x < 0));
  }
  template <ComplexNumber T>
  static T Apply(T z) {
    return z == T(0) ? T(0) : z / std::abs(z);
  }
};

// The significant bits of a whole number as an unsigned one.
template <WholeNumber T>
uint64_t Pattern(const KernelCall& call, T x) {
  int unused = 64 - BitWidth(call.operand_type);
  return static_cast<uint64_t>(x) << unused >> unused;
}

struct CountLeadingZeros {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T x) {
    return static_cast<T>(std::countl_zero(Pattern(call, x)) - (64 - BitWidth(call.operand_type)));
  }
};

struct Popcnt {
  template <WholeNumber T>
  static T Apply(const KernelCall& call, T x) {
    return static_cast<T>(std::popcount(Pattern(call, x)));
  }
};

struct IsFinite {
  template <RealFloat T>
  static bool Apply(T x) {
    return std::isfinite(x);
  }
};

struct Real {
  template <RealFloat T>
  static T Apply(T x) {
    return x;
  }
  template <ComplexNumber T>
  static typename T::value_type Apply(T z) {
    return z.real();
  }
};

struct Imag {
  template <RealFloat T>
  static T Apply(T) {
    return 0;
  }
  template <ComplexNumber T>
  static typename T::value_type Apply(T z) {
    return z.imag();
  }
};

}  // namespace

void AddUnaryKernels(EvaluatorTable& table) {
#define EQSAT_UNARY(Name) table[OpCode::k##Name].kernel = UnaryKernel<Name>;
  EQSAT_UNARY(Acos)
  EQSAT_UNARY(Acosh)
  EQSAT_UNARY(Asin)
  EQSAT_UNARY(Asinh)
  EQSAT_UNARY(Atanh)
  EQSAT_UNARY(Cbrt)
  EQSAT_UNARY(Cosh)
  EQSAT_UNARY(Cosine)
  EQSAT_UNARY(Erf)
  EQSAT_UNARY(Exponential)
  EQSAT_UNARY(ExponentialMinusOne)
  EQSAT_UNARY(Log)
  EQSAT_UNARY(LogPlusOne)
  EQSAT_UNARY(Logistic)
  EQSAT_UNARY(Rsqrt)
  EQSAT_UNARY(Sine)
  EQSAT_UNARY(Sinh)
  EQSAT_UNARY(Sqrt)
  EQSAT_UNARY(Tan)
  EQSAT_UNARY(Tanh)
  EQSAT_UNARY(Abs)
  EQSAT_UNARY(Ceil)
  EQSAT_UNARY(CountLeadingZeros)
  EQSAT_UNARY(Floor)
  EQSAT_UNARY(Imag)
  EQSAT_UNARY(IsFinite)
  EQSAT_UNARY(Negate)
  EQSAT_UNARY(Not)
  EQSAT_UNARY(Popcnt)
  EQSAT_UNARY(Real)
  EQSAT_UNARY(RoundNearestAfz)
  EQSAT_UNARY(RoundNearestEven)
  EQSAT_UNARY(Sign)
#undef EQSAT_UNARY
}

}  // namespace eqsat::ir
