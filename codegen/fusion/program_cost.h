// The predicted time of a whole program as it will run: kernels after fusion, the bytes that cross
// their boundaries, launches, loops.
#ifndef EQSAT_CODEGEN_FUSION_PROGRAM_COST_H_
#define EQSAT_CODEGEN_FUSION_PROGRAM_COST_H_

#include <cstdint>
#include <vector>

#include "codegen/fusion/fusion_plan.h"
#include "codegen/runtime/buffer_plan.h"
#include "cost_models/analytic/roofline.h"
#include "cost_models/targets/target.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

// Iterations of a loop whose count cannot be read off it (ir/graph/trip_count.h).
inline constexpr double kAssumedTrips = 10;

// One group that runs; alias groups do not.
struct GroupCost {
  ir::ComputationId computation;
  int64_t group = 0;             // position in its FusionPlan
  double executions = 1;         // a branch of a conditional counts its share
  cost_models::KernelCost cost;  // of one execution
};

// Invariant: seconds is finite, and > 0 unless nothing runs. A function of module, plan and target
// alone.
struct ProgramCost {
  double seconds = 0;
  double flops = 0;
  double bytes = 0;
  double launches = 0;
  int64_t loops_of_unknown_length = 0;
  std::vector<GroupCost> groups;  // in order of computations, callers last, and of execution
};

// Linear in the module's size: a computation that several loops call is priced once. `use` says
// whether the entry may write into its parameters, as the body of a loop may.
ProgramCost PredictProgram(const ir::Module& module, const ModulePlan& plan,
                           const cost_models::Target& target,
                           ParameterUse use = ParameterUse::kKeep);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_PROGRAM_COST_H_
