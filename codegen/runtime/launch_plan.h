// What running a compiled module means: for each computation that runs on its own, the steps in
// order and the buffers that they touch. Independent of how kernels are compiled.
#ifndef EQSAT_CODEGEN_RUNTIME_LAUNCH_PLAN_H_
#define EQSAT_CODEGEN_RUNTIME_LAUNCH_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/runtime/buffer_plan.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

// One array in memory, seen from one program.
struct BufferRef {
  enum class Place : uint8_t {
    kArena,      // `position` bytes into the program's arena
    kParameter,  // array number `position` of the program's flattened parameters
    kConstant,   // constant number `position` of the launch plan
  };
  Place place = Place::kArena;
  int64_t position = 0;
  int64_t bytes = 0;
  bool operator==(const BufferRef&) const = default;
};

struct KernelStep {
  int64_t kernel = 0;  // of the compiled kernels
  std::vector<BufferRef> buffers;
};

struct CopyStep {
  BufferRef from;
  BufferRef to;
};

// `state` starts as a copy of `initial`; while the condition program says so of it, the body
// program's results replace it.
struct WhileStep {
  int64_t condition = 0;  // of the programs
  int64_t body = 0;
  std::vector<BufferRef> initial;
  std::vector<BufferRef> state;
};

// Runs a program and copies its results.
struct CallStep {
  int64_t program = 0;  // of the programs
  std::vector<BufferRef> arguments;
  std::vector<BufferRef> results;
};

// Runs the branch that `selector` names - 0 for a true pred, 1 for a false one; an s32 out of range
// names the last - and copies its results.
struct ConditionalStep {
  struct Branch {
    int64_t program = 0;
    std::vector<BufferRef> arguments;
  };
  BufferRef selector;
  bool selects_by_pred = false;
  std::vector<Branch> branches;
  std::vector<BufferRef> results;
};

// Instructions that the reference interpreter evaluates, in order, because no kernel can.
struct InterpretedStep {
  struct Value {
    ir::InstructionId id;
    std::vector<BufferRef> leaves;
  };
  ir::ComputationId computation;
  std::vector<ir::InstructionId> members;
  std::vector<Value> inputs;
  std::vector<Value> outputs;
};

using Step =
    std::variant<KernelStep, CopyStep, WhileStep, CallStep, ConditionalStep, InterpretedStep>;

// Invariant: programs that a step names come before it in the launch plan.
struct Program {
  std::string name;
  std::vector<Step> steps;
  int64_t arena_bytes = 0;
  std::vector<int64_t> parameter_bytes;  // of the flattened parameters
  std::vector<BufferRef> results;        // the result's arrays, depth first
};

// Array number `leaf` (depth first) of a constant.
struct ConstantRef {
  ir::ComputationId computation;
  ir::InstructionId instruction;
  int64_t leaf = 0;
  int64_t bytes = 0;
  bool operator==(const ConstantRef&) const = default;
};

struct LaunchPlan {
  std::vector<Program> programs;  // the entry last
  std::vector<ConstantRef> constants;

  const Program& entry() const { return programs.back(); }
};

// For each computation of a ModulePlan and each of its groups: the compiled kernel; kNothing for
// groups that write no byte and for alias and control groups; kInterpreted for the others.
inline constexpr int64_t kInterpreted = -1;
inline constexpr int64_t kNothing = -2;
using KernelNumbers = std::map<ir::ComputationId, std::vector<int64_t>>;

// Deterministic. ResourceExhausted if a program's memory cannot be counted in 64 bits.
absl::StatusOr<LaunchPlan> BuildLaunchPlan(const ir::Module& module, const ModulePlan& plan,
                                           const KernelNumbers& kernels);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_LAUNCH_PLAN_H_
