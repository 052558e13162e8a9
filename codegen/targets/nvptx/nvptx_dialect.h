// NVPTX in LLVM: intrinsics, attributes and machines.
#ifndef EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_DIALECT_H_
#define EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_DIALECT_H_

#include "codegen/llvm/gpu_kernel.h"

namespace eqsat::codegen {

class NvptxDialect : public GpuDialect {
 public:
  int64_t wave_size() const override { return 32; }
  llvm::Value* WorkItemId(llvm::IRBuilder<>& builder) const override;
  llvm::Value* GroupId(llvm::IRBuilder<>& builder) const override;
  void Barrier(llvm::IRBuilder<>& builder) const override;
  llvm::Value* ShuffleDown(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Value* lane,
                           int64_t distance, int64_t lanes) const override;
  llvm::Value* BroadcastFirst(llvm::IRBuilder<>& builder, llvm::Value* value,
                              int64_t lanes) const override;
  void MarkKernel(llvm::Function& function, int64_t group_size) const override;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_DIALECT_H_
