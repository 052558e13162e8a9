// The statements of kernel IR that only compute, as LLVM instructions.
#ifndef EQSAT_CODEGEN_LLVM_PURE_OPS_H_
#define EQSAT_CODEGEN_LLVM_PURE_OPS_H_

#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"
#include "llvm/IR/IRBuilder.h"

namespace eqsat::codegen {

// The result of `statement`, whose op is an integer, float, compare, select, convert or vector one,
// or a constant. `operands` are its operands in LLVM. No call to a library is ever emitted.
llvm::Value* EmitPure(llvm::IRBuilder<>& builder, const Kernel& kernel, const Statement& statement,
                      absl::Span<llvm::Value* const> operands);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_PURE_OPS_H_
