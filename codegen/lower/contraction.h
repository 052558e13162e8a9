// Kernels around a dot or convolution: KernelForm::kContraction.
#ifndef EQSAT_CODEGEN_LOWER_CONTRACTION_H_
#define EQSAT_CODEGEN_LOWER_CONTRACTION_H_

#include "absl/status/statusor.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/lower/kernel_frame.h"

namespace eqsat::codegen {

// On a CPU one point a register tile of the result, with vectors along the last dimension or, where
// both operands are contiguous along it, along the summed one; else one point an element.
absl::StatusOr<Kernel> LowerContraction(const LoweringTask& task);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_CONTRACTION_H_
