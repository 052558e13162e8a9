#include "codegen/targets/amdgpu/amdgpu_dialect.h"

#include "ir/base/strings.h"
#include "llvm/IR/IntrinsicsAMDGPU.h"

namespace eqsat::codegen {

llvm::Value* AmdgpuDialect::WorkItemId(llvm::IRBuilder<>& b) const {
  return b.CreateIntrinsic(llvm::Intrinsic::amdgcn_workitem_id_x, {});
}

llvm::Value* AmdgpuDialect::GroupId(llvm::IRBuilder<>& b) const {
  return b.CreateIntrinsic(llvm::Intrinsic::amdgcn_workgroup_id_x, {});
}

void AmdgpuDialect::Barrier(llvm::IRBuilder<>& b) const {
  llvm::SyncScope::ID group = b.getContext().getOrInsertSyncScopeID("workgroup");
  b.CreateFence(llvm::AtomicOrdering::Release, group);
  b.CreateIntrinsic(llvm::Intrinsic::amdgcn_s_barrier, {});
  b.CreateFence(llvm::AtomicOrdering::Acquire, group);
}

llvm::Value* AmdgpuDialect::ShuffleDown(llvm::IRBuilder<>& b, llvm::Value* value, llvm::Value* lane,
                                        int64_t distance, int64_t) const {
  // The source is named by the byte offset of its register in the wave.
  llvm::Value* source = b.CreateAnd(b.CreateAdd(lane, b.getInt32(static_cast<uint32_t>(distance))),
                                    b.getInt32(static_cast<uint32_t>(wave_size_ - 1)));
  return b.CreateIntrinsic(llvm::Intrinsic::amdgcn_ds_bpermute, {b.CreateShl(source, 2), value});
}

llvm::Value* AmdgpuDialect::BroadcastFirst(llvm::IRBuilder<>& b, llvm::Value* value,
                                           int64_t) const {
  return b.CreateIntrinsic(llvm::Intrinsic::amdgcn_readfirstlane, {b.getInt32Ty()}, {value});
}

void AmdgpuDialect::MarkKernel(llvm::Function& function, int64_t group_size) const {
  function.setCallingConv(llvm::CallingConv::AMDGPU_KERNEL);
  function.addFnAttr("amdgpu-flat-work-group-size", base::StrCat(group_size, ",", group_size));
  function.addFnAttr("uniform-work-group-size", "true");
  for (const char* unused :
       {"amdgpu-no-dispatch-ptr", "amdgpu-no-queue-ptr", "amdgpu-no-dispatch-id",
        "amdgpu-no-implicitarg-ptr", "amdgpu-no-workgroup-id-y", "amdgpu-no-workgroup-id-z",
        "amdgpu-no-workitem-id-y", "amdgpu-no-workitem-id-z", "amdgpu-no-lds-kernel-id"})
    function.addFnAttr(unused);
}

}  // namespace eqsat::codegen
