// From a fusion group to its kernel.
#ifndef EQSAT_CODEGEN_LOWER_LOWER_GROUP_H_
#define EQSAT_CODEGEN_LOWER_LOWER_GROUP_H_

#include "absl/status/statusor.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/schedule/schedule.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

// The kernel of a GroupKind::kKernel group. Its parameters are the array leaves of group.inputs in
// order, then those of group.outputs; elements are dense and row-major, bytes for pred. A kUpdate
// group's output is kInOut and holds operand 0 already; operand 0, where it is an input, is a
// parameter that nothing reads.
//
// The name derives from the form and the first output's name. Deterministic. The result verifies;
// Unimplemented names a member that has no lowering.
absl::StatusOr<Kernel> LowerGroup(const ir::Module& module, const ir::Computation& computation,
                                  const FusionGroup& group, const ScheduleTarget& target);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_LOWER_GROUP_H_
