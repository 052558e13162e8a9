// Kernels as GPU entry points: what NVPTX and AMDGPU share.
//
// A kItem kernel runs in flat groups, one work-item a point; a kGroup kernel one group a point.
// Grids beyond kMaxGroups groups loop over the points that are left.
#ifndef EQSAT_CODEGEN_LLVM_GPU_KERNEL_H_
#define EQSAT_CODEGEN_LLVM_GPU_KERNEL_H_

#include <cstdint>

#include "codegen/kernel_ir/kernel.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace eqsat::codegen {

// Address spaces, the same numbers in both families.
inline constexpr unsigned kGlobalMemory = 1;
inline constexpr unsigned kGroupMemory = 3;

inline constexpr int64_t kMaxGroups = int64_t{1} << 22;

// A GPU family in LLVM: its intrinsics and attributes.
class GpuDialect {
 public:
  virtual ~GpuDialect() = default;

  // Work-items that run in step and can exchange registers.
  virtual int64_t wave_size() const = 0;
  virtual llvm::Value* WorkItemId(llvm::IRBuilder<>& builder) const = 0;  // in the group, i32
  virtual llvm::Value* GroupId(llvm::IRBuilder<>& builder) const = 0;     // i32
  virtual void Barrier(llvm::IRBuilder<>& builder) const = 0;
  // The i32 `value` of the work-item `distance` further on in the wave; undefined past its end. Of
  // each wave the first `lanes` work-items exist and take part.
  virtual llvm::Value* ShuffleDown(llvm::IRBuilder<>& builder, llvm::Value* value,
                                   llvm::Value* lane, int64_t distance, int64_t lanes) const = 0;
  // The i32 `value` of the wave's first work-item.
  virtual llvm::Value* BroadcastFirst(llvm::IRBuilder<>& builder, llvm::Value* value,
                                      int64_t lanes) const = 0;
  // Makes `function` an entry point for groups of `group_size`.
  virtual void MarkKernel(llvm::Function& function, int64_t group_size) const = 0;
};

// Points of a kItem kernel are put into groups of this size.
inline constexpr int64_t kItemGroupSize = 256;

struct GpuGrid {
  int64_t groups = 1;
  int64_t group_size = 1;
};

GpuGrid GridOf(const Kernel& kernel, const GpuDialect& dialect);

// Adds `kernel` to `module` as an entry point of its name.
void EmitGpuKernel(llvm::Module& module, const Kernel& kernel, const GpuDialect& dialect);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_GPU_KERNEL_H_
