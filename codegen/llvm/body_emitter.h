// A kernel's body as LLVM instructions: control flow, memory and the computing statements.
//
// What differs between targets - who the work-item is and how a group works together - is asked of
// a WorkItem.
#ifndef EQSAT_CODEGEN_LLVM_BODY_EMITTER_H_
#define EQSAT_CODEGEN_LLVM_BODY_EMITTER_H_

#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"
#include "llvm/IR/IRBuilder.h"

namespace eqsat::codegen {

using LlvmValues = std::vector<llvm::Value*>;

// Combines two lists of values, as a group_reduce's block does.
using EmitCombination =
    std::function<LlvmValues(absl::Span<llvm::Value* const>, absl::Span<llvm::Value* const>)>;

// One thread of execution in a group of `group_size`.
class WorkItem {
 public:
  virtual ~WorkItem() = default;

  // Its position in the group, i32.
  virtual llvm::Value* Lane(llvm::IRBuilder<>& builder) = 0;
  virtual void Barrier(llvm::IRBuilder<>& builder) = 0;
  // The start of scratch memory that the group shares.
  virtual llvm::Value* Scratch(llvm::IRBuilder<>& builder, llvm::Type* element, int64_t size) = 0;
  virtual LlvmValues GroupReduce(llvm::IRBuilder<>& builder, const LlvmValues& values,
                                 const EmitCombination& combine) = 0;
};

// The work-item of a group of one: its scratch is the stack.
class SoleWorkItem : public WorkItem {
 public:
  llvm::Value* Lane(llvm::IRBuilder<>& builder) override;
  void Barrier(llvm::IRBuilder<>& builder) override;
  llvm::Value* Scratch(llvm::IRBuilder<>& builder, llvm::Type* element, int64_t size) override;
  LlvmValues GroupReduce(llvm::IRBuilder<>& builder, const LlvmValues& values,
                         const EmitCombination& combine) override;
};

class BodyEmitter {
 public:
  // `parameters`: pointers to the kernel's parameter buffers. Scratch is made at the builder's
  // position, once.
  BodyEmitter(llvm::IRBuilder<>& builder, const Kernel& kernel, WorkItem& work_item,
              absl::Span<llvm::Value* const> parameters);

  // The body at one point; `indices` as the kernel's index type. Leaves the builder behind it.
  void EmitPoint(absl::Span<llvm::Value* const> indices);

 private:
  LlvmValues EmitBlock(const Block& block, absl::Span<llvm::Value* const> arguments);
  void EmitStatement(const Statement& statement);
  void EmitControl(const Statement& statement);
  void EmitFor(const Statement& statement);
  void EmitIf(const Statement& statement);
  void EmitGroupReduce(const Statement& statement);
  void EmitMemory(const Statement& statement);
  llvm::Value* ElementAddress(const Statement& statement);
  llvm::Value* LaneIndex();

  llvm::Value* Value(ValueId id) const { return values_[id.value()]; }
  LlvmValues Values(absl::Span<const ValueId> ids) const;
  void Define(absl::Span<const ValueId> ids, absl::Span<llvm::Value* const> values);

  llvm::IRBuilder<>& builder_;
  const Kernel& kernel_;
  WorkItem& work_item_;
  LlvmValues buffers_;  // by BufferId
  LlvmValues values_;   // by ValueId; null before its definition
};

// Emits `for (index = begin; index < end; index += step)` around what `body` emits, and leaves the
// builder behind it. Returns the last carried values; `body` gets the index and the carried values
// and returns the next ones.
LlvmValues EmitLoop(
    llvm::IRBuilder<>& builder, llvm::Value* begin, llvm::Value* end, llvm::Value* step,
    absl::Span<llvm::Value* const> initial, LoopHint hint,
    const std::function<LlvmValues(llvm::Value*, absl::Span<llvm::Value* const>)>& body);

// Emits `if (condition)` around what `body` emits, and leaves the builder behind it.
void EmitGuarded(llvm::IRBuilder<>& builder, llvm::Value* condition,
                 const std::function<void()>& body);

// The indices of the point at row-major position `linear` of `extents`.
LlvmValues EmitDelinearize(llvm::IRBuilder<>& builder, llvm::Value* linear,
                           absl::Span<const int64_t> extents);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_BODY_EMITTER_H_
