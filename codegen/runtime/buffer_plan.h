// Where each value of a computation lives: offsets in one arena, shared by values whose lifetimes
// do not meet.
#ifndef EQSAT_CODEGEN_RUNTIME_BUFFER_PLAN_H_
#define EQSAT_CODEGEN_RUNTIME_BUFFER_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "codegen/fusion/fusion_plan.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

inline constexpr int64_t kBufferAlignment = 64;

// The storage of one array.
struct BufferSlot {
  enum class Place : uint8_t {
    kArena,      // `offset` in the arena of this computation
    kParameter,  // leaf `leaf` of parameter `number`; the caller's memory
    kConstant,   // leaf `leaf` of the constant `instruction`; the executable's memory
  };
  Place place = Place::kArena;
  int64_t bytes = 0;
  int64_t offset = 0;             // kArena; a multiple of kBufferAlignment
  int64_t number = 0;             // kParameter
  int64_t leaf = 0;               // kParameter, kConstant: depth-first position of the array
  ir::InstructionId instruction;  // kConstant
  // Positions in FusionPlan::groups: written first by `first`, read last by `last`. Slots that hold
  // a part of the result last until the end (the number of groups).
  int64_t first = 0;
  int64_t last = 0;
};

// Invariant: two kArena slots whose [first, last] meet do not overlap in the arena.
struct BufferPlan {
  std::vector<BufferSlot> slots;
  // By instruction id: the slots of its array leaves in depth-first order (one for an array; none
  // for tokens and for values that live inside kernels alone).
  std::vector<std::vector<int32_t>> leaves;
  // By group position: true where a kUpdate kernel's output shares operand 0's buffer, so that no
  // copy is needed.
  std::vector<bool> update_in_place;
  int64_t arena_bytes = 0;
};

enum class ParameterUse : uint8_t {
  kKeep,  // parameters may not be written (the entry's arguments)
  // kUpdate kernels may write into parameter buffers that die (a loop's carried values). No two
  // leaves of the parameters may then share memory.
  kConsume,
};

// Deterministic; best fit over lifetimes. ResourceExhausted if the arena's size passes int64_t.
absl::StatusOr<BufferPlan> PlanBuffers(const ir::Computation& computation, const FusionPlan& plan,
                                       ParameterUse parameters = ParameterUse::kKeep);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_BUFFER_PLAN_H_
