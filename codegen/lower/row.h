// Kernels that reduce: KernelForm::kRow.
#ifndef EQSAT_CODEGEN_LOWER_ROW_H_
#define EQSAT_CODEGEN_LOWER_ROW_H_

#include "absl/status/statusor.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/lower/kernel_frame.h"

namespace eqsat::codegen {

// One point a row: the reductions in passes, each over the whole row, then the row's outputs. On a
// GPU the lanes of a group share the row. A reduction over a major dimension, whose rows are
// strided, instead has a vector (on a GPU, a work-item) run over neighbouring rows.
absl::StatusOr<Kernel> LowerRows(const LoweringTask& task);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_ROW_H_
