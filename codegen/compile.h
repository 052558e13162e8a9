// From a module to running it: fusion, lowering, code generation and the plan of launches.
#ifndef EQSAT_CODEGEN_COMPILE_H_
#define EQSAT_CODEGEN_COMPILE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/runtime/artifact.h"
#include "codegen/runtime/executable.h"
#include "codegen/runtime/launch_plan.h"
#include "cost_models/targets/target.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

struct CompileOptions {
  FusionLimits fusion;
  // That generate code, 0 for as many as there are processors; the code is the same for any number.
  size_t threads = 0;
};

// A module's distinct kernels and what to do with them, before any machine code.
struct LoweredModule {
  ir::Module module;
  cost_models::Target target;
  std::vector<Kernel> kernels;  // no two structurally equal, names distinct
  LaunchPlan plan;
  // How many instructions of each op (by its text name) the reference interpreter runs, because
  // nothing lowers them.
  std::map<std::string, int64_t> interpreted_ops;
};

struct CompiledModule {
  LoweredModule lowered;
  Artifact artifact;  // of lowered.kernels
};

// Errors: the target's family has no code generator.
absl::StatusOr<LoweredModule> LowerModule(const ir::Module& module,
                                          const cost_models::Target& target,
                                          const CompileOptions& options = {});

// LowerModule, then code. Deterministic.
absl::StatusOr<CompiledModule> CompileModule(const ir::Module& module,
                                             const cost_models::Target& target,
                                             const CompileOptions& options = {});

// Loads the kernels onto the machine of the module's target; Unavailable if there is none here.
absl::StatusOr<std::unique_ptr<Executable>> LoadModule(const CompiledModule& compiled);

// The launch plan as JSON, for who launches the artifact without us: programs with their arenas and
// parameters, steps with kernel symbol, grid and buffers. launch_plan_json.cc says what the keys
// are.
std::string LaunchPlanJson(const CompiledModule& compiled);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_COMPILE_H_
