// AMDGPU in LLVM: intrinsics and attributes.
#ifndef EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_DIALECT_H_
#define EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_DIALECT_H_

#include "codegen/llvm/gpu_kernel.h"

namespace eqsat::codegen {

class AmdgpuDialect : public GpuDialect {
 public:
  // 64 on CDNA, 32 on RDNA.
  explicit AmdgpuDialect(int64_t wave_size) : wave_size_(wave_size) {}

  int64_t wave_size() const override { return wave_size_; }
  llvm::Value* WorkItemId(llvm::IRBuilder<>& builder) const override;
  llvm::Value* GroupId(llvm::IRBuilder<>& builder) const override;
  void Barrier(llvm::IRBuilder<>& builder) const override;
  llvm::Value* ShuffleDown(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Value* lane,
                           int64_t distance, int64_t lanes) const override;
  llvm::Value* BroadcastFirst(llvm::IRBuilder<>& builder, llvm::Value* value,
                              int64_t lanes) const override;
  void MarkKernel(llvm::Function& function, int64_t group_size) const override;

 private:
  int64_t wave_size_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_DIALECT_H_
