#include "codegen/llvm/body_emitter.h"

#include <cstddef>

#include "codegen/llvm/pure_ops.h"
#include "codegen/llvm/types.h"
#include "ir/base/check.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Metadata.h"

namespace eqsat::codegen {
namespace {

llvm::BasicBlock* NewBlock(llvm::IRBuilder<>& builder, const char* name) {
  return llvm::BasicBlock::Create(builder.getContext(), name,
                                  builder.GetInsertBlock()->getParent());
}

// `!llvm.loop` metadata that asks for full unrolling.
llvm::MDNode* UnrollRequest(llvm::LLVMContext& context) {
  llvm::MDNode* property =
      llvm::MDNode::get(context, llvm::MDString::get(context, "llvm.loop.unroll.enable"));
  llvm::MDNode* loop = llvm::MDNode::getDistinct(context, {nullptr, property});
  loop->replaceOperandWith(0, loop);
  return loop;
}

}  // namespace

LlvmValues EmitLoop(
    llvm::IRBuilder<>& builder, llvm::Value* begin, llvm::Value* end, llvm::Value* step,
    absl::Span<llvm::Value* const> initial, LoopHint hint,
    const std::function<LlvmValues(llvm::Value*, absl::Span<llvm::Value* const>)>& body) {
  llvm::BasicBlock* before = builder.GetInsertBlock();
  llvm::BasicBlock* header = NewBlock(builder, "for");
  llvm::BasicBlock* inside = NewBlock(builder, "body");
  llvm::BasicBlock* after = NewBlock(builder, "end");
  builder.CreateBr(header);

  builder.SetInsertPoint(header);
  llvm::PHINode* index = builder.CreatePHI(begin->getType(), 2);
  index->addIncoming(begin, before);
  std::vector<llvm::PHINode*> phis;
  LlvmValues carried;
  for (llvm::Value* value : initial) {
    phis.push_back(builder.CreatePHI(value->getType(), 2));
    phis.back()->addIncoming(value, before);
    carried.push_back(phis.back());
  }
  builder.CreateCondBr(builder.CreateICmpSLT(index, end), inside, after);

  builder.SetInsertPoint(inside);
  LlvmValues next = body(index, carried);
  EQSAT_CHECK(next.size() == phis.size());
  llvm::BasicBlock* latch = builder.GetInsertBlock();
  index->addIncoming(builder.CreateNSWAdd(index, step), latch);
  for (size_t i = 0; i < phis.size(); ++i) phis[i]->addIncoming(next[i], latch);
  llvm::BranchInst* back = builder.CreateBr(header);
  if (hint == LoopHint::kUnroll)
    back->setMetadata(llvm::LLVMContext::MD_loop, UnrollRequest(builder.getContext()));

  builder.SetInsertPoint(after);
  return carried;
}

void EmitGuarded(llvm::IRBuilder<>& builder, llvm::Value* condition,
                 const std::function<void()>& body) {
  llvm::BasicBlock* inside = NewBlock(builder, "then");
  llvm::BasicBlock* after = NewBlock(builder, "endif");
  builder.CreateCondBr(condition, inside, after);
  builder.SetInsertPoint(inside);
  body();
  builder.CreateBr(after);
  builder.SetInsertPoint(after);
}

LlvmValues EmitDelinearize(llvm::IRBuilder<>& builder, llvm::Value* linear,
                           absl::Span<const int64_t> extents) {
  LlvmValues indices(extents.size(), llvm::ConstantInt::get(linear->getType(), 0));
  size_t outermost = 0;
  while (outermost < extents.size() && extents[outermost] == 1) ++outermost;
  for (size_t d = extents.size(); d-- > outermost;) {
    if (d == outermost) {
      indices[d] = linear;
    } else if (extents[d] != 1) {
      llvm::Value* extent = llvm::ConstantInt::get(linear->getType(), extents[d]);
      indices[d] = builder.CreateURem(linear, extent);
      linear = builder.CreateUDiv(linear, extent);
    }
  }
  return indices;
}

llvm::Value* SoleWorkItem::Lane(llvm::IRBuilder<>& builder) { return builder.getInt32(0); }

void SoleWorkItem::Barrier(llvm::IRBuilder<>&) {}

llvm::Value* SoleWorkItem::Scratch(llvm::IRBuilder<>& builder, llvm::Type* element, int64_t size) {
  llvm::AllocaInst* memory =
      builder.CreateAlloca(llvm::ArrayType::get(element, static_cast<uint64_t>(size)));
  memory->setAlignment(llvm::Align(64));
  return memory;
}

LlvmValues SoleWorkItem::GroupReduce(llvm::IRBuilder<>&, const LlvmValues& values,
                                     const EmitCombination&) {
  return values;
}

BodyEmitter::BodyEmitter(llvm::IRBuilder<>& builder, const Kernel& kernel, WorkItem& work_item,
                         absl::Span<llvm::Value* const> parameters)
    : builder_(builder),
      kernel_(kernel),
      work_item_(work_item),
      buffers_(parameters.begin(), parameters.end()),
      values_(kernel.values.size(), nullptr) {
  for (size_t i = parameters.size(); i < kernel.buffers.size(); ++i) {
    const Buffer& buffer = kernel.buffers[i];
    EQSAT_CHECK(buffer.role == BufferRole::kScratch);
    llvm::Type* element = ToLlvm(builder.getContext(), buffer.element);
    buffers_.push_back(work_item.Scratch(builder, element, buffer.size));
  }
}

void BodyEmitter::EmitPoint(absl::Span<llvm::Value* const> indices) {
  EmitBlock(kernel_.body, indices);
}

LlvmValues BodyEmitter::Values(absl::Span<const ValueId> ids) const {
  LlvmValues result;
  for (ValueId id : ids) {
    EQSAT_CHECK(Value(id) != nullptr);
    result.push_back(Value(id));
  }
  return result;
}

void BodyEmitter::Define(absl::Span<const ValueId> ids, absl::Span<llvm::Value* const> values) {
  EQSAT_CHECK(ids.size() == values.size());
  for (size_t i = 0; i < ids.size(); ++i) values_[ids[i].value()] = values[i];
}

LlvmValues BodyEmitter::EmitBlock(const Block& block, absl::Span<llvm::Value* const> arguments) {
  Define(block.arguments, arguments);
  for (const Statement& statement : block.statements) EmitStatement(statement);
  return Values(block.yields);
}

void BodyEmitter::EmitStatement(const Statement& statement) {
  OpFamily family = Family(statement.op);
  if (family == OpFamily::kMemory) {
    EmitMemory(statement);
  } else if (family == OpFamily::kControl) {
    EmitControl(statement);
  } else if (statement.op == Op::kLane) {
    Define(statement.results, {LaneIndex()});
  } else {
    Define(statement.results, {EmitPure(builder_, kernel_, statement, Values(statement.operands))});
  }
}

llvm::Value* BodyEmitter::LaneIndex() {
  return builder_.CreateZExt(work_item_.Lane(builder_),
                             ToLlvm(builder_.getContext(), kernel_.index_type));
}

void BodyEmitter::EmitControl(const Statement& statement) {
  if (statement.op == Op::kFor) {
    EmitFor(statement);
  } else if (statement.op == Op::kIf) {
    EmitIf(statement);
  } else {
    EmitGroupReduce(statement);
  }
}

void BodyEmitter::EmitFor(const Statement& statement) {
  LlvmValues x = Values(statement.operands);
  const Block& block = statement.blocks[0];
  LlvmValues last =
      EmitLoop(builder_, x[0], x[1], x[2], absl::MakeConstSpan(x).subspan(3), statement.hint,
               [&](llvm::Value* index, absl::Span<llvm::Value* const> carried) {
                 LlvmValues arguments = {index};
                 arguments.insert(arguments.end(), carried.begin(), carried.end());
                 return EmitBlock(block, arguments);
               });
  Define(statement.results, last);
}

void BodyEmitter::EmitIf(const Statement& statement) {
  llvm::BasicBlock* branches[] = {NewBlock(builder_, "then"), NewBlock(builder_, "else")};
  llvm::BasicBlock* after = NewBlock(builder_, "endif");
  builder_.CreateCondBr(Value(statement.operands[0]), branches[0], branches[1]);
  LlvmValues results[2];
  for (int i = 0; i < 2; ++i) {
    builder_.SetInsertPoint(branches[i]);
    results[i] = EmitBlock(statement.blocks[static_cast<size_t>(i)], {});
    branches[i] = builder_.GetInsertBlock();
    builder_.CreateBr(after);
  }
  builder_.SetInsertPoint(after);
  LlvmValues merged;
  for (size_t k = 0; k < results[0].size(); ++k) {
    llvm::PHINode* phi = builder_.CreatePHI(results[0][k]->getType(), 2);
    for (int i = 0; i < 2; ++i) phi->addIncoming(results[i][k], branches[i]);
    merged.push_back(phi);
  }
  Define(statement.results, merged);
}

void BodyEmitter::EmitGroupReduce(const Statement& statement) {
  const Block& block = statement.blocks[0];
  auto combine = [&](absl::Span<llvm::Value* const> a, absl::Span<llvm::Value* const> b) {
    LlvmValues arguments(a.begin(), a.end());
    arguments.insert(arguments.end(), b.begin(), b.end());
    return EmitBlock(block, arguments);
  };
  Define(statement.results, work_item_.GroupReduce(builder_, Values(statement.operands), combine));
}

llvm::Value* BodyEmitter::ElementAddress(const Statement& statement) {
  // An index is in bounds, so it is not negative.
  llvm::Value* index = builder_.CreateZExt(Value(statement.operands[0]), builder_.getInt64Ty(), "",
                                           /*IsNonNeg=*/true);
  llvm::Type* element = ToLlvm(builder_.getContext(), kernel_[statement.buffer].element);
  return builder_.CreateInBoundsGEP(element, buffers_[statement.buffer.value()], index);
}

void BodyEmitter::EmitMemory(const Statement& statement) {
  if (statement.op == Op::kBarrier) return work_item_.Barrier(builder_);
  llvm::Align alignment(static_cast<uint64_t>(ByteWidth(kernel_[statement.buffer].element)));
  llvm::Value* address = ElementAddress(statement);
  if (statement.op == Op::kStore) {
    builder_.CreateAlignedStore(Value(statement.operands[1]), address, alignment);
    return;
  }
  llvm::Type* type = ToLlvm(builder_.getContext(), kernel_.type(statement.results[0]));
  Define(statement.results, {builder_.CreateAlignedLoad(type, address, alignment)});
}

}  // namespace eqsat::codegen
