// Equality of kernels up to their names: repeated layers compile once.
#ifndef EQSAT_CODEGEN_KERNEL_IR_STRUCTURE_H_
#define EQSAT_CODEGEN_KERNEL_IR_STRUCTURE_H_

#include <cstdint>

#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

// Everything but the name: buffers (not what is bound to them), extents, mapping, body. The hash is
// the same in every run.
bool StructurallyEqual(const Kernel& a, const Kernel& b);
uint64_t StructuralHash(const Kernel& kernel);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_STRUCTURE_H_
