// Elementwise kernels: one typed loop an operation and compute type, found once per instruction.
//
// A scalar operation is a struct with a static template Apply, constrained to the compute types
// that it is defined on:
//   struct Add { template <WholeNumber T> static T Apply(T a, T b) { … } … };
// UnaryKernel<Add> and its siblings make loops of it and pick the one for an element type.
#ifndef EQSAT_IR_INTERPRET_KERNEL_H_
#define EQSAT_IR_INTERPRET_KERNEL_H_

#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/types/span.h"
#include "ir/interpret/compute_type.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"

namespace eqsat::ir {

// What a kernel is chosen by. Operands and results of a kernel are in compute form.
struct KernelSignature {
  OpCode opcode{};
  absl::Span<const ElementType> operands;
  ElementType result{};
  const Attributes& attributes;
};

// One run over `count` elements. A step of 0 repeats a scalar operand, otherwise it is 1.
struct KernelCall {
  std::array<const void*, 3> operands{};
  std::array<int64_t, 3> steps{};
  void* result = nullptr;
  int64_t count = 0;
  ElementType operand_type{};  // of operand 0
  ElementType result_type{};
  const Attributes* attributes = nullptr;
};

using Kernel = void (*)(const KernelCall& call);

// Chooses a kernel; null where the operation is not defined on these types. The result still needs
// Normalize.
using KernelChooser = Kernel (*)(const KernelSignature& signature);

// The kernel of an elementwise op; null if the op is not elementwise or the types do not fit.
Kernel FindKernel(const KernelSignature& signature);

// --- Loops over scalar operations
// ----------------------------------------------------------------- An Apply may take the
// KernelCall first, to see the element types' widths.

template <typename Op, typename... T>
auto ApplyScalar(const KernelCall& call, T... operands) {
  if constexpr (requires { Op::Apply(call, operands...); }) {
    return Op::Apply(call, operands...);
  } else {
    return Op::Apply(operands...);
  }
}

template <typename Op, typename... T>
concept DefinedOn = requires(const KernelCall& call, T... operands) {
  Op::Apply(call, operands...);
} || requires(T... operands) { Op::Apply(operands...); };

template <typename Op, typename T>
void UnaryLoop(const KernelCall& call) {
  const auto* a = static_cast<const T*>(call.operands[0]);
  using Result = decltype(ApplyScalar<Op>(call, *a));
  auto* result = static_cast<Result*>(call.result);
  const int64_t step = call.steps[0];
  for (int64_t i = 0; i < call.count; ++i) result[i] = ApplyScalar<Op>(call, a[i * step]);
}

template <typename Op, typename T>
void BinaryLoop(const KernelCall& call) {
  const auto* a = static_cast<const T*>(call.operands[0]);
  const auto* b = static_cast<const T*>(call.operands[1]);
  using Result = decltype(ApplyScalar<Op>(call, *a, *b));
  auto* result = static_cast<Result*>(call.result);
  const int64_t step_a = call.steps[0];
  const int64_t step_b = call.steps[1];
  if (step_a == 1 && step_b == 1) {
    for (int64_t i = 0; i < call.count; ++i) result[i] = ApplyScalar<Op>(call, a[i], b[i]);
    return;
  }
  for (int64_t i = 0; i < call.count; ++i)
    result[i] = ApplyScalar<Op>(call, a[i * step_a], b[i * step_b]);
}

// Is T the compute type of `type`?
template <typename T>
bool ComputesAs(ElementType type) {
  return DispatchCompute(type, []<typename Compute>() { return std::is_same_v<T, Compute>; });
}

template <typename Op>
Kernel UnaryKernel(const KernelSignature& signature) {
  return DispatchCompute(signature.operands[0], [&]<typename T>() -> Kernel {
    if constexpr (DefinedOn<Op, T>) {
      using Result = decltype(ApplyScalar<Op>(std::declval<KernelCall>(), T()));
      return ComputesAs<Result>(signature.result) ? &UnaryLoop<Op, T> : nullptr;
    } else {
      return nullptr;
    }
  });
}

// Both operands have one type.
template <typename Op>
Kernel BinaryKernel(const KernelSignature& signature) {
  if (signature.operands[0] != signature.operands[1]) return nullptr;
  return DispatchCompute(signature.operands[0], [&]<typename T>() -> Kernel {
    if constexpr (DefinedOn<Op, T, T>) {
      using Result = decltype(ApplyScalar<Op>(std::declval<KernelCall>(), T(), T()));
      return ComputesAs<Result>(signature.result) ? &BinaryLoop<Op, T> : nullptr;
    } else {
      return nullptr;
    }
  });
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_KERNEL_H_
