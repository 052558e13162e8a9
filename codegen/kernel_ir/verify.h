// Checks the invariants of a kernel.
#ifndef EQSAT_CODEGEN_KERNEL_IR_VERIFY_H_
#define EQSAT_CODEGEN_KERNEL_IR_VERIFY_H_

#include "absl/status/status.h"
#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

// Internal if one does not hold, with the statement: types fit op.def, definitions dominate uses,
// loads and stores respect roles, accesses are in bounds where interval arithmetic on the indices
// can tell, group_reduce and barrier are reached by all lanes. Linear in the kernel's size.
absl::Status VerifyKernel(const Kernel& kernel);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_VERIFY_H_
