#include "codegen/targets/cpu/range_function.h"

#include "codegen/llvm/body_emitter.h"
#include "codegen/llvm/types.h"
#include "ir/base/check.h"

namespace eqsat::codegen {
namespace {

// The work: parameters as arguments of their own, so that LLVM knows that they do not overlap.
llvm::Function* DeclareWork(llvm::Module& module, const Kernel& kernel) {
  llvm::LLVMContext& context = module.getContext();
  size_t count = static_cast<size_t>(kernel.NumParameters());
  std::vector<llvm::Type*> arguments(count, llvm::PointerType::getUnqual(context));
  arguments.insert(arguments.end(), 2, llvm::Type::getInt64Ty(context));
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), arguments, false);
  auto* function =
      llvm::Function::Create(type, llvm::Function::InternalLinkage, kernel.name + ".work", module);
  for (unsigned i = 0; i < count; ++i) {
    function->addParamAttr(i, llvm::Attribute::NoAlias);
    function->addParamAttr(i, llvm::Attribute::getWithAlignment(context, llvm::Align(64)));
    if (kernel.buffers[i].role == BufferRole::kIn)
      function->addParamAttr(i, llvm::Attribute::ReadOnly);
  }
  // Inlined, its arguments would be loads that may overlap.
  function->addFnAttr(llvm::Attribute::NoInline);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  return function;
}

// Loops over the dimensions from indices.size() on, and the body inside.
void EmitInnerLoops(llvm::IRBuilder<>& b, const Kernel& kernel, BodyEmitter& body,
                    const LlvmValues& indices) {
  if (indices.size() == kernel.extents.size()) return body.EmitPoint(indices);
  llvm::Type* type = ToLlvm(b.getContext(), kernel.index_type);
  int64_t extent = kernel.extents[indices.size()];
  auto emit_rest = [&](llvm::Value* index) {
    LlvmValues longer = indices;
    longer.push_back(index);
    EmitInnerLoops(b, kernel, body, longer);
  };
  llvm::Value* zero = llvm::ConstantInt::get(type, 0);
  if (extent == 1) return emit_rest(zero);
  llvm::Value* end = llvm::ConstantInt::get(type, static_cast<uint64_t>(extent));
  EmitLoop(b, zero, end, llvm::ConstantInt::get(type, 1), {}, LoopHint::kNone,
           [&](llvm::Value* index, absl::Span<llvm::Value* const>) {
             emit_rest(index);
             return LlvmValues();
           });
}

void EmitWork(llvm::Function& function, const Kernel& kernel) {
  llvm::LLVMContext& context = function.getContext();
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "entry", &function));
  size_t count = static_cast<size_t>(kernel.NumParameters());
  LlvmValues parameters;
  for (size_t i = 0; i < count; ++i) parameters.push_back(function.getArg(i));
  SoleWorkItem work_item;
  BodyEmitter body(b, kernel, work_item, parameters);
  llvm::Type* type = ToLlvm(context, kernel.index_type);
  llvm::Value* begin = b.CreateTrunc(function.getArg(count), type);
  llvm::Value* end = b.CreateTrunc(function.getArg(count + 1), type);
  absl::Span<const int64_t> outer =
      absl::MakeConstSpan(kernel.extents).subspan(0, SplitOf(kernel).outer_rank);
  EmitLoop(b, begin, end, llvm::ConstantInt::get(type, 1), {}, LoopHint::kNone,
           [&](llvm::Value* position, absl::Span<llvm::Value* const>) {
             EmitInnerLoops(b, kernel, body, EmitDelinearize(b, position, outer));
             return LlvmValues();
           });
  b.CreateRetVoid();
}

}  // namespace

RangeSplit SplitOf(const Kernel& kernel) {
  size_t innermost = 0;  // the last extent that is longer than 1
  for (size_t d = 0; d < kernel.extents.size(); ++d)
    if (kernel.extents[d] > 1) innermost = d;
  RangeSplit split;
  while (split.outer_rank < kernel.extents.size() && split.length < kEnoughPieces &&
         (split.outer_rank < innermost || split.length == 1))
    split.length *= kernel.extents[split.outer_rank++];
  return split;
}

void EmitRangeFunction(llvm::Module& module, const Kernel& kernel) {
  EQSAT_CHECK(kernel.mapping == Mapping::kItem);
  llvm::Function* work = DeclareWork(module, kernel);
  EmitWork(*work, kernel);
  llvm::LLVMContext& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer, i64, i64}, false);
  auto* entry = llvm::Function::Create(type, llvm::Function::ExternalLinkage, kernel.name, module);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context, "entry", entry));
  LlvmValues arguments;
  for (int64_t i = 0; i < kernel.NumParameters(); ++i) {
    llvm::Value* slot =
        b.CreateConstInBoundsGEP1_64(pointer, entry->getArg(0), static_cast<uint64_t>(i));
    arguments.push_back(b.CreateLoad(pointer, slot));
  }
  arguments.push_back(entry->getArg(1));
  arguments.push_back(entry->getArg(2));
  b.CreateCall(work, arguments);
  b.CreateRetVoid();
}

}  // namespace eqsat::codegen
