#include "codegen/llvm/masked_logic.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace eqsat::codegen {
namespace {

// VPTERNLOG has forms for 32 and 64 bits; masks of other widths do not fit it.
bool IsTernaryLogic(const llvm::Value* value) {
  auto* cast = llvm::dyn_cast<llvm::BitCastInst>(value);
  const llvm::Value* source = cast ? cast->getOperand(0) : value;
  auto* logic = llvm::dyn_cast<llvm::BinaryOperator>(source);
  if (!logic || !logic->isBitwiseLogicOp()) return false;
  unsigned bits = value->getType()->getScalarSizeInBits();
  return bits == 32 || bits == 64;
}

// The value behind a fence, which selection does not look through and which emits nothing. Fences
// are defined for floating-point types alone.
llvm::Value* Fenced(llvm::IRBuilder<>& builder, llvm::Value* value) {
  auto* type = llvm::cast<llvm::VectorType>(value->getType());
  llvm::Type* element =
      type->getScalarSizeInBits() == 32 ? builder.getFloatTy() : builder.getDoubleTy();
  llvm::Type* floats = llvm::VectorType::get(element, type->getElementCount());
  llvm::Value* fence = builder.CreateArithmeticFence(builder.CreateBitCast(value, floats), floats);
  return builder.CreateBitCast(fence, type);
}

}  // namespace

void SeparateLogicFromSelects(llvm::Module& module) {
  llvm::SmallVector<llvm::SelectInst*> selects;
  for (llvm::Function& function : module) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      auto* select = llvm::dyn_cast<llvm::SelectInst>(&instruction);
      if (select && select->getCondition()->getType()->isVectorTy()) selects.push_back(select);
    }
  }
  for (llvm::SelectInst* select : selects) {
    llvm::IRBuilder<> builder(select);
    if (IsTernaryLogic(select->getTrueValue()))
      select->setTrueValue(Fenced(builder, select->getTrueValue()));
    if (IsTernaryLogic(select->getFalseValue()))
      select->setFalseValue(Fenced(builder, select->getFalseValue()));
  }
}

}  // namespace eqsat::codegen
