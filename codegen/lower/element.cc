#include "codegen/lower/element.h"

#include "codegen/lower/float8.h"
#include "ir/base/check.h"

namespace eqsat::codegen {
namespace {

using ir::ElementKind;
using ir::ElementType;

// A float of any computed or stored type to another.
ValueId ToFloat(KernelBuilder& b, Scalar to, ValueId value) {
  return b.type(value).scalar == to ? value : b.Convert(Op::kFloatConvert, to, value);
}

ValueId ResizeInteger(KernelBuilder& b, bool is_signed, Scalar to, ValueId value) {
  int from_bits = BitWidth(b.type(value).scalar);
  if (BitWidth(to) == from_bits) return value;
  if (BitWidth(to) < from_bits) return b.Convert(Op::kTruncate, to, value);
  return b.Convert(is_signed ? Op::kSignExtend : Op::kZeroExtend, to, value);
}

ValueId IsNonZero(KernelBuilder& b, ValueId value) {
  ValueId zero = b.Bits(b.type(value), 0);
  return b.Binary(IsFloat(b.type(value).scalar) ? Op::kFNe : Op::kNe, value, zero);
}

}  // namespace

bool HasKernelType(ElementType type) {
  switch (type) {
    case ElementType::kPred:
    case ElementType::kF16:
    case ElementType::kBF16:
    case ElementType::kF32:
    case ElementType::kF64:
      return true;
    default:
      if (IsFloat8(type)) return true;
      return (ir::Kind(type) == ElementKind::kSigned || ir::Kind(type) == ElementKind::kUnsigned) &&
             ir::BitWidth(type) >= 8;
  }
}

Scalar StorageScalar(ElementType type) {
  EQSAT_CHECK(HasKernelType(type));
  if (type == ElementType::kF16) return Scalar::kF16;
  if (type == ElementType::kBF16) return Scalar::kBF16;
  bool is_float = ir::IsFloat(type);
  switch (ir::BitWidth(type)) {
    case 16:
      return Scalar::kI16;
    case 32:
      return is_float ? Scalar::kF32 : Scalar::kI32;
    case 64:
      return is_float ? Scalar::kF64 : Scalar::kI64;
    default:
      return Scalar::kI8;
  }
}

Scalar ComputeScalar(ElementType type) {
  if (type == ElementType::kPred) return Scalar::kI1;
  return RoundsAfterOps(type) ? Scalar::kF32 : StorageScalar(type);
}

ValueId FromStorage(KernelBuilder& b, ElementType type, ValueId stored) {
  if (type == ElementType::kPred) return IsNonZero(b, stored);
  if (IsFloat8(type)) return DecodeFloat8(b, type, stored);
  return RoundsAfterOps(type) ? ToFloat(b, Scalar::kF32, stored) : stored;
}

ValueId ToStorage(KernelBuilder& b, ElementType type, ValueId value) {
  if (type == ElementType::kPred) return b.Convert(Op::kZeroExtend, Scalar::kI8, value);
  if (IsFloat8(type)) return EncodeFloat8(b, type, value);
  return RoundsAfterOps(type) ? ToFloat(b, StorageScalar(type), value) : value;
}

ValueId RoundTo(KernelBuilder& b, ElementType type, ValueId value) {
  return RoundsAfterOps(type) ? FromStorage(b, type, ToStorage(b, type, value)) : value;
}

ValueId ConvertElement(KernelBuilder& b, ElementType from, ElementType to, ValueId value) {
  Scalar target = ComputeScalar(to);
  bool from_signed = ir::Kind(from) == ElementKind::kSigned;
  if (from == to) return value;
  if (to == ElementType::kPred) return IsNonZero(b, value);
  if (!ir::IsFloat(to)) {
    bool to_signed = ir::Kind(to) == ElementKind::kSigned;
    if (!ir::IsFloat(from)) return ResizeInteger(b, from_signed, target, value);
    return b.Convert(to_signed ? Op::kFloatToSigned : Op::kFloatToUnsigned, target, value);
  }
  // Straight to the stored type where the target rounds, so that a value is rounded once.
  if (ir::IsFloat(from)) {
    return RoundsAfterOps(to) ? RoundTo(b, to, value) : ToFloat(b, target, value);
  }
  Op op = from_signed ? Op::kSignedToFloat : Op::kUnsignedToFloat;
  if (!RoundsAfterOps(to)) return b.Convert(op, target, value);
  // Every integer below 2^53 is an f64, from which rounding to the type is one step.
  ValueId exact = b.Convert(op, ir::BitWidth(from) > 16 ? Scalar::kF64 : Scalar::kF32, value);
  return RoundTo(b, to, exact);
}

}  // namespace eqsat::codegen
