// Kernels as text, for people and tests.
#ifndef EQSAT_CODEGEN_KERNEL_IR_PRINT_H_
#define EQSAT_CODEGEN_KERNEL_IR_PRINT_H_

#include <string>

#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

std::string ToString(const Kernel& kernel);
// One statement on one line, its blocks left out.
std::string ToString(const Kernel& kernel, const Statement& statement);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_PRINT_H_
