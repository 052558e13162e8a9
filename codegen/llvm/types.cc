#include "codegen/llvm/types.h"

#include "ir/base/check.h"
#include "llvm/IR/DerivedTypes.h"

namespace eqsat::codegen {
namespace {

// f32 and its bits.
llvm::Type* FloatLike(llvm::Value* v) {
  return SameShape(v->getType(), llvm::Type::getFloatTy(v->getContext()));
}
llvm::Type* IntLike(llvm::Value* v, unsigned bits) {
  return SameShape(v->getType(), llvm::Type::getIntNTy(v->getContext(), bits));
}
llvm::Constant* Int(llvm::Value* like, uint64_t value) {
  return llvm::ConstantInt::get(like->getType(), value);
}

llvm::Value* BFloatToFloat(llvm::IRBuilder<>& b, llvm::Value* bits) {
  llvm::Value* wide = b.CreateZExt(bits, IntLike(bits, 32));
  return b.CreateBitCast(b.CreateShl(wide, 16), FloatLike(bits));
}

// Adds half of the last kept place, less one unless that place is odd, and cuts. A NaN stays one:
// its quiet bit is set rather than carried away.
llvm::Value* FloatToBFloat(llvm::IRBuilder<>& b, llvm::Value* value) {
  llvm::Value* bits = b.CreateBitCast(value, IntLike(value, 32));
  llvm::Value* odd = b.CreateAnd(b.CreateLShr(bits, 16), Int(bits, 1));
  llvm::Value* rounded = b.CreateAdd(bits, b.CreateAdd(odd, Int(bits, 0x7fff)));
  llvm::Value* quiet = b.CreateOr(bits, Int(bits, 0x400000));
  llvm::Value* is_nan = b.CreateFCmpUNO(value, value);
  llvm::Value* high = b.CreateLShr(b.CreateSelect(is_nan, quiet, rounded), 16);
  return b.CreateTrunc(high, IntLike(value, 16));
}

// f64 to f32, to odd: an inexact result has its last bit set. Rounding it again to a type with at
// least two bits less gives what rounding the f64 once does.
llvm::Value* DoubleToFloatOdd(llvm::IRBuilder<>& b, llvm::Value* value) {
  llvm::Value* nearest = b.CreateFPTrunc(value, FloatLike(value));
  llvm::Value* back = b.CreateFPExt(nearest, value->getType());
  llvm::Value* bits = b.CreateBitCast(nearest, IntLike(value, 32));
  llvm::Value* grew = b.CreateFCmpOGT(b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, back),
                                      b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value));
  llvm::Value* cut = b.CreateSub(bits, b.CreateZExt(grew, bits->getType()));
  llvm::Value* inexact = b.CreateFCmpONE(back, value);
  llvm::Value* odd = b.CreateSelect(inexact, b.CreateOr(cut, Int(bits, 1)), bits);
  return b.CreateBitCast(odd, nearest->getType());
}

llvm::Value* HalfToFloat(llvm::IRBuilder<>& b, llvm::Value* bits) {
  llvm::Type* half = SameShape(bits->getType(), b.getHalfTy());
  return b.CreateFPExt(b.CreateBitCast(bits, half), FloatLike(bits));
}

llvm::Value* FloatToHalf(llvm::IRBuilder<>& b, llvm::Value* value) {
  llvm::Value* half = b.CreateFPTrunc(value, SameShape(value->getType(), b.getHalfTy()));
  return b.CreateBitCast(half, IntLike(value, 16));
}

}  // namespace

llvm::Type* ToLlvm(llvm::LLVMContext& context, Scalar scalar) {
  if (scalar == Scalar::kF32) return llvm::Type::getFloatTy(context);
  if (scalar == Scalar::kF64) return llvm::Type::getDoubleTy(context);
  return llvm::Type::getIntNTy(context, static_cast<unsigned>(BitWidth(scalar)));
}

llvm::Type* ToLlvm(llvm::LLVMContext& context, Type type) {
  llvm::Type* element = ToLlvm(context, type.scalar);
  if (type.width == 1) return element;
  return llvm::FixedVectorType::get(element, static_cast<unsigned>(type.width));
}

llvm::Constant* ConstantOf(llvm::LLVMContext& context, Type type, uint64_t bits) {
  llvm::Type* llvm_type = ToLlvm(context, type);
  llvm::Type* element = llvm_type->getScalarType();
  if (element->isIntegerTy()) return llvm::ConstantInt::get(llvm_type, bits);
  llvm::APInt pattern(element->getScalarSizeInBits(), bits);
  return llvm::ConstantFP::get(llvm_type, llvm::APFloat(element->getFltSemantics(), pattern));
}

llvm::Type* SameShape(llvm::Type* type, llvm::Type* element) {
  if (auto* vector = llvm::dyn_cast<llvm::VectorType>(type))
    return llvm::VectorType::get(element, vector->getElementCount());
  return element;
}

llvm::Value* ConvertFloat(llvm::IRBuilder<>& b, llvm::Value* value, Scalar from, Scalar to) {
  EQSAT_CHECK(IsFloat(from) && IsFloat(to));
  if (from == to) return value;
  if (from == Scalar::kF16) {
    value = HalfToFloat(b, value);
  } else if (from == Scalar::kBF16) {
    value = BFloatToFloat(b, value);
  } else if (from == Scalar::kF64) {
    if (to == Scalar::kF32) return b.CreateFPTrunc(value, FloatLike(value));
    value = DoubleToFloatOdd(b, value);
  }
  if (to == Scalar::kF16) return FloatToHalf(b, value);
  if (to == Scalar::kBF16) return FloatToBFloat(b, value);
  if (to == Scalar::kF64) return b.CreateFPExt(value, SameShape(value->getType(), b.getDoubleTy()));
  return value;
}

}  // namespace eqsat::codegen
