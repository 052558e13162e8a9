#include "codegen/targets/nvptx/nvptx_dialect.h"

#include "ir/base/strings.h"
#include "llvm/IR/IntrinsicsNVPTX.h"

namespace eqsat::codegen {
namespace {

// Of a shuffle: that it spans the wave, and which lanes take part.
constexpr uint32_t kWholeWave = 31;

llvm::Value* Members(llvm::IRBuilder<>& b, int64_t lanes) {
  return b.getInt32(lanes >= 32 ? 0xffffffff : (uint32_t{1} << lanes) - 1);
}

}  // namespace

llvm::Value* NvptxDialect::WorkItemId(llvm::IRBuilder<>& b) const {
  return b.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x, {});
}

llvm::Value* NvptxDialect::GroupId(llvm::IRBuilder<>& b) const {
  return b.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x, {});
}

void NvptxDialect::Barrier(llvm::IRBuilder<>& b) const {
  b.CreateIntrinsic(llvm::Intrinsic::nvvm_barrier_cta_sync_aligned_all, {b.getInt32(0)});
}

llvm::Value* NvptxDialect::ShuffleDown(llvm::IRBuilder<>& b, llvm::Value* value, llvm::Value*,
                                       int64_t distance, int64_t lanes) const {
  return b.CreateIntrinsic(llvm::Intrinsic::nvvm_shfl_sync_down_i32,
                           {Members(b, lanes), value, b.getInt32(static_cast<uint32_t>(distance)),
                            b.getInt32(kWholeWave)});
}

llvm::Value* NvptxDialect::BroadcastFirst(llvm::IRBuilder<>& b, llvm::Value* value,
                                          int64_t lanes) const {
  return b.CreateIntrinsic(llvm::Intrinsic::nvvm_shfl_sync_idx_i32,
                           {Members(b, lanes), value, b.getInt32(0), b.getInt32(kWholeWave)});
}

void NvptxDialect::MarkKernel(llvm::Function& function, int64_t group_size) const {
  function.setCallingConv(llvm::CallingConv::PTX_Kernel);
  function.addFnAttr("nvvm.maxntid", base::StrCat(group_size, ",1,1"));
}

}  // namespace eqsat::codegen
