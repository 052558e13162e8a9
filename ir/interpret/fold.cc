#include "ir/interpret/fold.h"

#include <complex>
#include <type_traits>

#include "ir/interpret/kernel.h"
#include "ir/interpret/scalar_arithmetic.h"

namespace eqsat::ir {
namespace {

template <typename T>
struct OwnAccumulator {
  using Type = T;
};
template <typename T>
struct WideAccumulator : OwnAccumulator<T> {};
template <RealFloat T>
struct WideAccumulator<T> {
  using Type = double;
};
template <ComplexNumber T>
struct WideAccumulator<T> {
  using Type = std::complex<double>;
};

template <typename Op, typename T, typename Acc>
struct TypedFold {
  static void Start(const void* initial, ScalarSlot* accumulator) {
    accumulator->Store(static_cast<Acc>(*static_cast<const T*>(initial)));
  }
  static void Run(const void* first, int64_t stride, int64_t count, ScalarSlot* accumulator) {
    const T* elements = static_cast<const T*>(first);
    Acc value = accumulator->Load<Acc>();
    for (int64_t i = 0; i < count; ++i)
      value = Op::Apply(value, static_cast<Acc>(elements[i * stride]));
    accumulator->Store(value);
  }
  static void Finish(const ScalarSlot& accumulator, void* result) {
    *static_cast<T*>(result) = static_cast<T>(accumulator.Load<Acc>());
  }
};

template <typename Op, template <typename> typename Accumulator = OwnAccumulator>
std::optional<Fold> FoldBy(ElementType type) {
  return DispatchCompute(type, []<typename T>() -> std::optional<Fold> {
    if constexpr (DefinedOn<Op, T, T>) {
      using Typed = TypedFold<Op, T, typename Accumulator<T>::Type>;
      return Fold{Typed::Start, Typed::Run, Typed::Finish};
    } else {
      return std::nullopt;
    }
  });
}

}  // namespace

std::optional<Fold> FindFold(OpCode opcode, ElementType type, SumPrecision sums) {
  switch (opcode) {
    case OpCode::kAdd:
      return sums == SumPrecision::kF64 ? FoldBy<Add, WideAccumulator>(type) : FoldBy<Add>(type);
    case OpCode::kMultiply:
      return FoldBy<Multiply>(type);
    case OpCode::kMaximum:
      return FoldBy<Maximum>(type);
    case OpCode::kMinimum:
      return FoldBy<Minimum>(type);
    case OpCode::kAnd:
      return FoldBy<And>(type);
    case OpCode::kOr:
      return FoldBy<Or>(type);
    case OpCode::kXor:
      return FoldBy<Xor>(type);
    default:
      return std::nullopt;
  }
}

}  // namespace eqsat::ir
