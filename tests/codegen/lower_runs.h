// Lowering one group made of a whole HLO module, and running it on the kernel evaluator.
#ifndef EQSAT_TESTS_CODEGEN_LOWER_RUNS_H_
#define EQSAT_TESTS_CODEGEN_LOWER_RUNS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/schedule/schedule.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::codegen {

// Parameters are the inputs, the root (or its operands, if it is a tuple) the outputs.
FusionGroup GroupOf(const ir::Computation& computation, KernelForm form);

// The entry of `hlo` as one group, a kernel for `target`.
absl::StatusOr<Kernel> LowerHlo(std::string_view hlo, KernelForm form,
                                const ScheduleTarget& target = {});

// … and what the kernel makes of `arguments`: one literal an output. Of a kUpdate group, the
// update's target holds operand 0 before.
absl::StatusOr<std::vector<ir::Literal>> RunHlo(std::string_view hlo, KernelForm form,
                                                absl::Span<const ir::Literal> arguments,
                                                const ScheduleTarget& target = {});

// A CPU, and a GPU with small groups.
std::vector<ScheduleTarget> TargetsToLowerFor();

// Elements of all outputs' first one, as doubles.
std::vector<double> Doubles(const ir::Literal& literal);
ir::Literal Floats(std::initializer_list<int64_t> dimensions, absl::Span<const double> values,
                   ir::ElementType type = ir::ElementType::kF32);
// 0, 1, 2, … scaled and wrapped into small, exactly representable values.
ir::Literal Ramp(std::initializer_list<int64_t> dimensions,
                 ir::ElementType type = ir::ElementType::kF32);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_LOWER_RUNS_H_
