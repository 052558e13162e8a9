// Kernel IR types in LLVM.
//
// f16 and bf16 are their bits, i16: kernel IR only moves, selects and converts them, and integers
// need no library routine on any target.
#ifndef EQSAT_CODEGEN_LLVM_TYPES_H_
#define EQSAT_CODEGEN_LLVM_TYPES_H_

#include "codegen/kernel_ir/type.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Type.h"

namespace eqsat::codegen {

llvm::Type* ToLlvm(llvm::LLVMContext& context, Scalar scalar);
llvm::Type* ToLlvm(llvm::LLVMContext& context, Type type);

// `bits` in every element of `type`.
llvm::Constant* ConstantOf(llvm::LLVMContext& context, Type type, uint64_t bits);

// `type` with its elements replaced by `element`; the same vector or scalar shape.
llvm::Type* SameShape(llvm::Type* type, llvm::Type* element);

// The float type `from` (as its representation above) to `to`, to nearest even, rounded once.
llvm::Value* ConvertFloat(llvm::IRBuilder<>& builder, llvm::Value* value, Scalar from, Scalar to);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_TYPES_H_
