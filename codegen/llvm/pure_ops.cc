#include "codegen/llvm/pure_ops.h"

#include "codegen/llvm/types.h"
#include "ir/base/check.h"
#include "llvm/IR/Intrinsics.h"

namespace eqsat::codegen {
namespace {

using Operands = absl::Span<llvm::Value* const>;

llvm::Value* EmitInteger(llvm::IRBuilder<>& b, Op op, Operands x) {
  switch (op) {
    case Op::kAdd:
      return b.CreateAdd(x[0], x[1]);
    case Op::kSub:
      return b.CreateSub(x[0], x[1]);
    case Op::kMul:
      return b.CreateMul(x[0], x[1]);
    case Op::kDivS:
      return b.CreateSDiv(x[0], x[1]);
    case Op::kDivU:
      return b.CreateUDiv(x[0], x[1]);
    case Op::kRemS:
      return b.CreateSRem(x[0], x[1]);
    case Op::kRemU:
      return b.CreateURem(x[0], x[1]);
    case Op::kMinS:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::smin, x[0], x[1]);
    case Op::kMaxS:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, x[0], x[1]);
    case Op::kMinU:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::umin, x[0], x[1]);
    case Op::kMaxU:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::umax, x[0], x[1]);
    case Op::kAnd:
      return b.CreateAnd(x[0], x[1]);
    case Op::kOr:
      return b.CreateOr(x[0], x[1]);
    case Op::kXor:
      return b.CreateXor(x[0], x[1]);
    case Op::kShl:
      return b.CreateShl(x[0], x[1]);
    case Op::kShrL:
      return b.CreateLShr(x[0], x[1]);
    case Op::kShrA:
      return b.CreateAShr(x[0], x[1]);
    case Op::kCountLeadingZeros:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, x[0], b.getFalse());
    case Op::kPopCount:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, x[0]);
    default:
      return nullptr;
  }
}

llvm::Value* EmitFma(llvm::IRBuilder<>& b, Operands x) {
  // A chain whose order is free may be split into lanes, which LLVM does for this form alone.
  auto intrinsic =
      b.getFastMathFlags().allowReassoc() ? llvm::Intrinsic::fmuladd : llvm::Intrinsic::fma;
  return b.CreateIntrinsic(intrinsic, {x[0]->getType()}, {x[0], x[1], x[2]});
}

llvm::Value* EmitFloat(llvm::IRBuilder<>& b, Op op, Operands x) {
  switch (op) {
    case Op::kFAdd:
      return b.CreateFAdd(x[0], x[1]);
    case Op::kFSub:
      return b.CreateFSub(x[0], x[1]);
    case Op::kFMul:
      return b.CreateFMul(x[0], x[1]);
    case Op::kFDiv:
      return b.CreateFDiv(x[0], x[1]);
    case Op::kFma:
      return EmitFma(b, x);
    case Op::kFMin:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::minimum, x[0], x[1]);
    case Op::kFMax:
      return b.CreateBinaryIntrinsic(llvm::Intrinsic::maximum, x[0], x[1]);
    case Op::kFCopySign:
      return b.CreateCopySign(x[0], x[1]);
    case Op::kFNeg:
      return b.CreateFNeg(x[0]);
    case Op::kFAbs:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x[0]);
    case Op::kFSqrt:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x[0]);
    case Op::kFFloor:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::floor, x[0]);
    case Op::kFCeil:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::ceil, x[0]);
    case Op::kFTrunc:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::trunc, x[0]);
    case Op::kFRint:
      return b.CreateUnaryIntrinsic(llvm::Intrinsic::roundeven, x[0]);
    default:
      return nullptr;
  }
}

llvm::Value* EmitCompare(llvm::IRBuilder<>& b, Op op, Operands x) {
  switch (op) {
    case Op::kEq:
      return b.CreateICmpEQ(x[0], x[1]);
    case Op::kNe:
      return b.CreateICmpNE(x[0], x[1]);
    case Op::kLtS:
      return b.CreateICmpSLT(x[0], x[1]);
    case Op::kLeS:
      return b.CreateICmpSLE(x[0], x[1]);
    case Op::kLtU:
      return b.CreateICmpULT(x[0], x[1]);
    case Op::kLeU:
      return b.CreateICmpULE(x[0], x[1]);
    case Op::kFEq:
      return b.CreateFCmpOEQ(x[0], x[1]);
    case Op::kFNe:
      return b.CreateFCmpUNE(x[0], x[1]);
    case Op::kFLt:
      return b.CreateFCmpOLT(x[0], x[1]);
    case Op::kFLe:
      return b.CreateFCmpOLE(x[0], x[1]);
    default:
      return nullptr;
  }
}

llvm::Value* EmitConvert(llvm::IRBuilder<>& b, Op op, llvm::Value* x, Scalar from, Type to) {
  llvm::Type* type = ToLlvm(b.getContext(), to);
  switch (op) {
    case Op::kTruncate:
      return b.CreateTrunc(x, type);
    case Op::kSignExtend:
      return b.CreateSExt(x, type);
    case Op::kZeroExtend:
      return b.CreateZExt(x, type);
    case Op::kSignedToFloat:
      return b.CreateSIToFP(x, type);
    case Op::kUnsignedToFloat:
      return b.CreateUIToFP(x, type);
    case Op::kFloatToSigned:
      return b.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {type, x->getType()}, {x});
    case Op::kFloatToUnsigned:
      return b.CreateIntrinsic(llvm::Intrinsic::fptoui_sat, {type, x->getType()}, {x});
    case Op::kFloatConvert:
      return ConvertFloat(b, x, from, to.scalar);
    case Op::kBitcast:
      return b.CreateBitCast(x, type);
    default:
      return nullptr;
  }
}

llvm::Value* EmitVector(llvm::IRBuilder<>& b, const Statement& s, Type type, Operands x) {
  if (s.op == Op::kExtract) return b.CreateExtractElement(x[0], s.bits);
  if (s.op == Op::kSplat) return b.CreateVectorSplat(static_cast<unsigned>(type.width), x[0]);
  llvm::Value* packed = llvm::PoisonValue::get(ToLlvm(b.getContext(), type));
  for (size_t i = 0; i < x.size(); ++i) packed = b.CreateInsertElement(packed, x[i], i);
  return packed;
}

llvm::Value* Emit(llvm::IRBuilder<>& b, const Kernel& kernel, const Statement& s, Operands x) {
  Type type = kernel.type(s.results[0]);
  switch (Family(s.op)) {
    case OpFamily::kInteger:
      return EmitInteger(b, s.op, x);
    case OpFamily::kFloat:
      return EmitFloat(b, s.op, x);
    case OpFamily::kCompareInteger:
    case OpFamily::kCompareFloat:
      return EmitCompare(b, s.op, x);
    case OpFamily::kSelect:
      return b.CreateSelect(x[0], x[1], x[2]);
    case OpFamily::kConvert:
      return EmitConvert(b, s.op, x[0], kernel.type(s.operands[0]).scalar, type);
    case OpFamily::kVector:
      return EmitVector(b, s, type, x);
    case OpFamily::kLeaf:
      return ConstantOf(b.getContext(), type, s.bits);
    default:
      return nullptr;
  }
}

}  // namespace

llvm::Value* EmitPure(llvm::IRBuilder<>& builder, const Kernel& kernel, const Statement& statement,
                      Operands operands) {
  llvm::IRBuilder<>::FastMathFlagGuard guard(builder);
  llvm::FastMathFlags flags;
  flags.setAllowReassoc(statement.reassociate);
  builder.setFastMathFlags(flags);
  llvm::Value* result = Emit(builder, kernel, statement, operands);
  EQSAT_CHECK(result != nullptr);
  return result;
}

}  // namespace eqsat::codegen
