// Which instructions share a kernel: the plan that lowering, running, buffer planning and the cost
// of a program all read.
#ifndef EQSAT_CODEGEN_FUSION_FUSION_PLAN_H_
#define EQSAT_CODEGEN_FUSION_FUSION_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cost_models/targets/target.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

enum class GroupKind : uint8_t {
  kKernel,   // one generated kernel
  kControl,  // one while or conditional; its regions have plans of their own in the ModulePlan
  kLibrary,  // one instruction that no generator lowers (sort, scatter, custom-call, a collective)
  kAlias,    // one instruction without code: parameter, constant, tuple, get-tuple-element,
             // a reshape or bitcast of a whole buffer, opt-barrier, add-dependency, after-all
};

// How a kernel walks its outputs.
enum class KernelForm : uint8_t {
  // No member reduces. All outputs have the same dimensions; each output element is computed from
  // its index.
  kLoop,
  // At least one reduce or reduce-window. The kernel runs over `rows`: every reducing member has
  // `rows` elements, every output rows × k of them, and row r of an output is its elements
  // [r·k, (r+1)·k) in row-major order. Members that depend on a reducing member read row r of it
  // (and of each other) when they compute their own row r, and nothing else: so a row can be
  // computed in passes, one for each level of reduction (max, exp and sum, divide).
  kRow,
  // One dot or convolution, the `hero`, of `rows` elements. Members that depend on it compute
  // element i (in row-major order) from its element i, so all outputs have `rows` elements. The
  // other members feed its operands or its epilogue.
  kContraction,
  // The output is a dynamic-update-slice, the `hero`, whose operand 0 no member computes or reads
  // but the hero. The kernel runs over the update alone and writes it into the output's buffer.
  // Whoever runs it makes that buffer hold operand 0 first: by sharing the buffer if the operand
  // dies here (BufferPlan says), by a copy if it does not.
  kUpdate,
};

// Invariants:
//  - an instruction is an output of at most one group; cheap ones may be members of several, and
//    are then computed anew in each;
//  - every value in `inputs` is an output of an earlier group;
//  - no group but a kernel has more than one member.
struct FusionGroup {
  GroupKind kind = GroupKind::kKernel;
  KernelForm form = KernelForm::kLoop;     // kernels only
  std::vector<ir::InstructionId> members;  // ascending, so in dependency order
  std::vector<ir::InstructionId> inputs;   // ascending; read by members, not members themselves
  std::vector<ir::InstructionId> outputs;  // ascending; members read outside, or the root
  ir::InstructionId hero;                  // kContraction, kUpdate; else invalid
  // Kernels: by position in `members`, how often elements of it are evaluated; more than it has
  // where recomputing is cheaper than storing. An estimate, for prices.
  std::vector<double> evaluations;
  int64_t rows = 0;  // kRow, kContraction
};

// The groups of one computation, in an order of execution. Instructions that nothing reads and that
// have no side effect are in no group.
struct FusionPlan {
  std::vector<FusionGroup> groups;
};

// Plans of the entry and of every computation that control groups reach. Calls and fusions are
// expected to be inlined before; one that remains is a library group and has no plan of its own.
struct ModulePlan {
  std::map<ir::ComputationId, FusionPlan> computations;

  const FusionPlan& at(ir::ComputationId id) const { return computations.at(id); }
};

// What keeps one kernel's code and compile time bounded.
struct FusionLimits {
  int max_members = 64;
  int max_inputs = 32;
  int max_outputs = 8;
};

// Greedy and deterministic, near-linear in the number of instructions. `target` prices the choice
// between recomputing a value and storing it.
FusionPlan PlanComputation(const ir::Module& module, const ir::Computation& computation,
                           const cost_models::Target& target, const FusionLimits& limits = {});
ModulePlan PlanModule(const ir::Module& module, const cost_models::Target& target,
                      const FusionLimits& limits = {});

// Checks the invariants above against the computation; an error names the group. For tests and
// debug builds.
absl::Status VerifyPlan(const ir::Module& module, const ir::Computation& computation,
                        const FusionPlan& plan);

std::string_view Name(GroupKind kind);
std::string_view Name(KernelForm form);

// One line a group: `kernel row rows=128: max.3 exp.5 … -> divide.9`.
std::string ToString(const ir::Computation& computation, const FusionPlan& plan);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_FUSION_PLAN_H_
