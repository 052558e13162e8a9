// Folds by one known operation: typed loops for reduce and reduce-window with a one-op region.
#ifndef EQSAT_IR_INTERPRET_FOLD_H_
#define EQSAT_IR_INTERPRET_FOLD_H_

#include <cstdint>
#include <optional>

#include "ir/interpret/compute_type.h"
#include "ir/ops/opcode.h"

namespace eqsat::ir {

// What sums of floats are accumulated in.
enum class SumPrecision : uint8_t { kOwn, kF64 };

// The accumulator is a ScalarSlot: of the compute type, but for wide sums of floats.
struct Fold {
  void (*start)(const void* initial, ScalarSlot* accumulator);
  // Takes in `count` elements, `stride` apart.
  void (*run)(const void* first, int64_t stride, int64_t count, ScalarSlot* accumulator);
  void (*finish)(const ScalarSlot& accumulator, void* result);
};

// nullopt where the op is no fold (add, multiply, maximum, minimum, and, or, xor are) or not
// defined on the type.
std::optional<Fold> FindFold(OpCode opcode, ElementType type, SumPrecision sums);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_FOLD_H_
