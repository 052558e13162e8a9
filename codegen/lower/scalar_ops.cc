#include "codegen/lower/scalar_ops.h"

#include <array>
#include <cmath>
#include <utility>

#include "codegen/kernel_ir/math.h"
#include "codegen/kernel_ir/scalar.h"
#include "codegen/lower/element.h"
#include "ir/ops/attributes.h"

namespace eqsat::codegen {
namespace {

using ir::ElementKind;
using ir::OpCode;

bool IsSigned(const ScalarOp& op) { return ir::Kind(op.type()) == ElementKind::kSigned; }
bool IsFloating(const ScalarOp& op) { return ir::IsFloat(op.type()); }

ValueId Zero(KernelBuilder& b, ValueId like) { return b.Bits(b.type(like), 0); }
ValueId IsNan(KernelBuilder& b, ValueId x) { return b.Binary(Op::kFNe, x, x); }

// `op` on floats, `signed_op` or `unsigned_op` on integers.
template <Op float_op, Op signed_op, Op unsigned_op = signed_op>
ValueId Arithmetic(KernelBuilder& b, const ScalarOp& op) {
  Op chosen = IsFloating(op) ? float_op : IsSigned(op) ? signed_op : unsigned_op;
  return b.Binary(chosen, op.operands[0], op.operands[1]);
}

template <Op op>
ValueId Unary(KernelBuilder& b, const ScalarOp& s) {
  return b.Unary(op, s.operands[0]);
}

template <Op op>
ValueId Bitwise(KernelBuilder& b, const ScalarOp& s) {
  return b.Binary(op, s.operands[0], s.operands[1]);
}

template <ValueId (*function)(KernelBuilder&, ValueId)>
ValueId Function(KernelBuilder& b, const ScalarOp& op) {
  return function(b, op.operands[0]);
}

template <ValueId (*function)(KernelBuilder&, ValueId, ValueId)>
ValueId Function2(KernelBuilder& b, const ScalarOp& op) {
  return function(b, op.operands[0], op.operands[1]);
}

ValueId Identity(KernelBuilder&, const ScalarOp& op) { return op.operands[0]; }

// --- Integers ------------------------------------------------------------------------------------

// Truth values: + is or, × is and.
template <Op float_op, Op integer_op, Op truth_op>
ValueId Ring(KernelBuilder& b, const ScalarOp& op) {
  bool truth = op.type() == ir::ElementType::kPred;
  Op chosen = IsFloating(op) ? float_op : truth ? truth_op : integer_op;
  return b.Binary(chosen, op.operands[0], op.operands[1]);
}

// HLO: x / 0 = -1 (all ones), x % 0 = x, least / -1 = least, least % -1 = 0. The divisor is made 1
// where the machine's division is undefined.
ValueId SafeDivide(KernelBuilder& b, const ScalarOp& op, bool remainder) {
  ValueId x = op.operands[0], y = op.operands[1];
  Type type = b.type(x);
  ValueId one = b.Int(type, 1), ones = b.Int(type, -1);
  ValueId by_zero = b.Binary(Op::kEq, y, Zero(b, y));
  ValueId undefined = by_zero;
  if (IsSigned(op)) {
    ValueId least = b.Bits(type, uint64_t{1} << (BitWidth(type.scalar) - 1));
    ValueId overflows = b.Binary(Op::kAnd, b.Binary(Op::kEq, x, least), b.Binary(Op::kEq, y, ones));
    undefined = b.Binary(Op::kOr, by_zero, overflows);
  }
  ValueId divisor = b.Select(undefined, one, y);
  if (remainder) {
    ValueId rest = b.Binary(IsSigned(op) ? Op::kRemS : Op::kRemU, x, divisor);
    return b.Select(by_zero, x, rest);
  }
  ValueId quotient = b.Binary(IsSigned(op) ? Op::kDivS : Op::kDivU, x, divisor);
  return b.Select(by_zero, ones, quotient);
}

ValueId Divide(KernelBuilder& b, const ScalarOp& op) {
  if (IsFloating(op)) return b.Binary(Op::kFDiv, op.operands[0], op.operands[1]);
  return SafeDivide(b, op, false);
}

ValueId Remainder(KernelBuilder& b, const ScalarOp& op) {
  if (IsFloating(op)) return math::Remainder(b, op.operands[0], op.operands[1]);
  return SafeDivide(b, op, true);
}

// Shifts by the width or more give 0, or the sign.
template <Op shift>
ValueId Shift(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0], amount = op.operands[1];
  Type type = b.type(x);
  ValueId last = b.Int(type, BitWidth(type.scalar) - 1);
  ValueId shifted = b.Binary(shift, x, b.Binary(Op::kMinU, amount, last));
  if (shift == Op::kShrA) return shifted;
  return b.Select(b.Binary(Op::kLtU, last, amount), b.Int(type, 0), shifted);
}

// The high half of the double-width product.
ValueId MulHigh(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0], y = op.operands[1];
  Scalar type = b.type(x).scalar;
  int width = BitWidth(type);
  Op extend = IsSigned(op) ? Op::kSignExtend : Op::kZeroExtend;
  Op shift = IsSigned(op) ? Op::kShrA : Op::kShrL;
  if (width < 64) {
    ValueId product =
        b.Binary(Op::kMul, b.Convert(extend, Scalar::kI64, x), b.Convert(extend, Scalar::kI64, y));
    return b.Convert(Op::kTruncate, type, b.Binary(shift, product, b.Int(b.type(product), width)));
  }
  // By halves; the low halves are unsigned.
  Type wide = b.type(x);
  ValueId half = b.Int(wide, 32), mask = b.Int(wide, 0xffffffff);
  auto low = [&](ValueId v) { return b.Binary(Op::kAnd, v, mask); };
  auto high = [&](ValueId v) { return b.Binary(shift, v, half); };
  ValueId low_low = b.Binary(Op::kMul, low(x), low(y));
  ValueId middle =
      b.Binary(Op::kAdd, b.Binary(Op::kMul, high(x), low(y)), b.Binary(Op::kShrL, low_low, half));
  ValueId other = b.Binary(Op::kAdd, b.Binary(Op::kMul, low(x), high(y)), low(middle));
  ValueId top = b.Binary(Op::kAdd, b.Binary(Op::kMul, high(x), high(y)), high(middle));
  return b.Binary(Op::kAdd, top, high(other));
}

ValueId Power(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0], y = op.operands[1];
  if (IsFloating(op)) return math::Pow(b, x, y);
  // By squaring, over the bits of the exponent. A negative one gives 0, but for the bases 1 and -1
  // whose powers its low bit decides anyway.
  Type type = b.type(x);
  ValueId one = b.Int(type, 1), zero = b.Int(type, 0);
  ValueId result = one, base = x, rest = y;
  for (int bit = 0; bit < BitWidth(type.scalar); ++bit) {
    ValueId odd = b.Binary(Op::kNe, b.Binary(Op::kAnd, rest, one), zero);
    result = b.Select(odd, b.Binary(Op::kMul, result, base), result);
    base = b.Binary(Op::kMul, base, base);
    rest = b.Binary(Op::kShrL, rest, one);
  }
  if (!IsSigned(op)) return result;
  ValueId unit =
      b.Binary(Op::kOr, b.Binary(Op::kEq, x, one), b.Binary(Op::kEq, x, b.Int(type, -1)));
  ValueId vanishes = b.Binary(Op::kAnd, b.Binary(Op::kLtS, y, zero), b.Not(unit));
  return b.Select(vanishes, zero, result);
}

// --- Both kinds ----------------------------------------------------------------------------------

ValueId Abs(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0];
  if (IsFloating(op)) return b.Unary(Op::kFAbs, x);
  if (!IsSigned(op)) return x;
  return b.Select(b.Binary(Op::kLtS, x, Zero(b, x)), b.Binary(Op::kSub, Zero(b, x), x), x);
}

ValueId Negate(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0];
  return IsFloating(op) ? b.Unary(Op::kFNeg, x) : b.Binary(Op::kSub, Zero(b, x), x);
}

ValueId Not(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0];
  return b.Binary(Op::kXor, x, b.Int(b.type(x), -1));
}

// -1, 0 or 1; of a float zero or NaN, itself.
ValueId Sign(KernelBuilder& b, const ScalarOp& op) {
  ValueId x = op.operands[0], zero = Zero(b, x);
  Type type = b.type(x);
  if (IsFloating(op)) {
    ValueId signed_one = b.Binary(Op::kFCopySign, b.Float(type, 1), x);
    ValueId keeps = b.Binary(Op::kOr, b.Binary(Op::kFEq, x, zero), IsNan(b, x));
    return b.Select(keeps, x, signed_one);
  }
  ValueId one = b.Int(type, 1);
  ValueId positive = b.Select(b.Binary(Op::kEq, x, zero), zero, one);
  if (!IsSigned(op)) return positive;
  return b.Select(b.Binary(Op::kLtS, x, zero), b.Int(type, -1), positive);
}

ValueId IsFinite(KernelBuilder& b, const ScalarOp& op) {
  ValueId magnitude = b.Unary(Op::kFAbs, op.operands[0]);
  return b.Binary(Op::kFLt, magnitude, b.Float(b.type(magnitude), INFINITY));
}

ValueId CountLeadingZeros(KernelBuilder& b, const ScalarOp& op) {
  return b.Unary(Op::kCountLeadingZeros, op.operands[0]);
}

ValueId Clamp(KernelBuilder& b, const ScalarOp& op) {
  bool floating = ir::IsFloat(op.type());
  Op max = floating ? Op::kFMax : IsSigned(op) ? Op::kMaxS : Op::kMaxU;
  Op min = floating ? Op::kFMin : IsSigned(op) ? Op::kMinS : Op::kMinU;
  return b.Binary(min, b.Binary(max, op.operands[1], op.operands[0]), op.operands[2]);
}

ValueId Select(KernelBuilder& b, const ScalarOp& op) {
  return b.Select(op.operands[0], op.operands[1], op.operands[2]);
}

// Integers whose order is IEEE 754's totalOrder.
ValueId TotalOrderKey(KernelBuilder& b, ValueId x) {
  Type type = b.type(x);
  ValueId bits = b.Convert(Op::kBitcast, BitsOf(type.scalar), x);
  Type integer = b.type(bits);
  ValueId sign = b.Binary(Op::kShrA, bits, b.Int(integer, BitWidth(type.scalar) - 1));
  return b.Binary(Op::kXor, bits, b.Binary(Op::kShrL, sign, b.Int(integer, 1)));
}

ValueId Compare(KernelBuilder& b, const ScalarOp& op) {
  const auto& attributes = op.instruction.attr<ir::CompareAttributes>();
  ValueId x = op.operands[0], y = op.operands[1];
  bool floating = IsFloating(op), is_signed = IsSigned(op);
  if (attributes.type == ir::ComparisonType::kFloatTotalOrder && floating) {
    x = TotalOrderKey(b, x);
    y = TotalOrderKey(b, y);
    floating = false;
    is_signed = true;
  }
  Op less = floating ? Op::kFLt : is_signed ? Op::kLtS : Op::kLtU;
  Op less_equal = floating ? Op::kFLe : is_signed ? Op::kLeS : Op::kLeU;
  switch (attributes.direction) {
    case ir::ComparisonDirection::kEq:
      return b.Binary(floating ? Op::kFEq : Op::kEq, x, y);
    case ir::ComparisonDirection::kNe:
      return b.Binary(floating ? Op::kFNe : Op::kNe, x, y);
    case ir::ComparisonDirection::kLt:
      return b.Binary(less, x, y);
    case ir::ComparisonDirection::kLe:
      return b.Binary(less_equal, x, y);
    case ir::ComparisonDirection::kGt:
      return b.Binary(less, y, x);
    default:
      return b.Binary(less_equal, y, x);
  }
}

// --- Types ---------------------------------------------------------------------------------------

ValueId Convert(KernelBuilder& b, const ScalarOp& op) {
  return ConvertElement(b, op.type(), op.result(), op.operands[0]);
}

ValueId BitcastConvert(KernelBuilder& b, const ScalarOp& op) {
  ValueId stored = ToStorage(b, op.type(), op.operands[0]);
  return FromStorage(b, op.result(), b.Convert(Op::kBitcast, StorageScalar(op.result()), stored));
}

// Rounds to `mantissa_bits` and `exponent_bits`, ties to even; too large becomes infinity, too
// small a zero of the same sign.
ValueId ReducePrecision(KernelBuilder& b, const ScalarOp& op) {
  const auto& attributes = op.instruction.attr<ir::ReducePrecisionAttributes>();
  ValueId x = op.operands[0];
  Type type = b.type(x);
  bool wide = type.scalar == Scalar::kF64;
  int64_t stored = wide ? 52 : 23, bias = wide ? 1023 : 127;
  int64_t dropped = stored - attributes.mantissa_bits;
  Type integer = type.With(BitsOf(type.scalar));
  ValueId bits = b.Convert(Op::kBitcast, integer.scalar, x);
  if (dropped > 0) {
    ValueId last =
        b.Binary(Op::kAnd, b.Binary(Op::kShrL, bits, b.Int(integer, dropped)), b.Int(integer, 1));
    ValueId half = b.Int(integer, (int64_t{1} << (dropped - 1)) - 1);
    bits = b.Binary(Op::kAdd, bits, b.Binary(Op::kAdd, last, half));
    bits = b.Binary(Op::kAnd, bits, b.Int(integer, -(int64_t{1} << dropped)));
  }
  ValueId rounded = b.Convert(Op::kBitcast, type.scalar, bits);
  int64_t reduced_bias = (int64_t{1} << (attributes.exponent_bits - 1)) - 1;
  if (reduced_bias < bias) {
    ValueId magnitude = b.Unary(Op::kFAbs, rounded);
    auto power = [&](int64_t exponent) {
      return b.Float(type, std::ldexp(1.0, static_cast<int>(exponent)));
    };
    ValueId overflows = b.Binary(Op::kFLe, power(reduced_bias + 1), magnitude);
    ValueId underflows = b.Binary(Op::kFLt, magnitude, power(1 - reduced_bias));
    rounded = b.Select(overflows, b.Binary(Op::kFCopySign, b.Float(type, INFINITY), x), rounded);
    rounded = b.Select(underflows, b.Binary(Op::kFCopySign, b.Float(type, 0), x), rounded);
  }
  return b.Select(IsNan(b, x), x, rounded);
}

// --- The table -----------------------------------------------------------------------------------

using Table = std::array<ScalarCode, ir::kNumOpCodes>;

constexpr bool kExact = true;

constexpr std::pair<OpCode, ScalarCode> kCodes[] = {
    {OpCode::kAbs, {Abs, kExact}},
    {OpCode::kAcos, {Function<math::Acos>}},
    {OpCode::kAcosh, {Function<math::Acosh>}},
    {OpCode::kAdd, {Ring<Op::kFAdd, Op::kAdd, Op::kOr>}},
    {OpCode::kAnd, {Bitwise<Op::kAnd>}},
    {OpCode::kAsin, {Function<math::Asin>}},
    {OpCode::kAsinh, {Function<math::Asinh>}},
    {OpCode::kAtan2, {Function2<math::Atan2>}},
    {OpCode::kAtanh, {Function<math::Atanh>}},
    {OpCode::kBitcastConvert, {BitcastConvert, kExact}},
    {OpCode::kCbrt, {Function<math::Cbrt>}},
    {OpCode::kCeil, {Unary<Op::kFCeil>}},
    {OpCode::kClamp, {Clamp, kExact}},
    {OpCode::kCompare, {Compare}},
    {OpCode::kConvert, {Convert, kExact}},
    {OpCode::kCopy, {Identity, kExact}},
    {OpCode::kCosh, {Function<math::Cosh>}},
    {OpCode::kCosine, {Function<math::Cos>}},
    {OpCode::kCountLeadingZeros, {CountLeadingZeros}},
    {OpCode::kDivide, {Divide}},
    {OpCode::kErf, {Function<math::Erf>}},
    {OpCode::kExponential, {Function<math::Exp>}},
    {OpCode::kExponentialMinusOne, {Function<math::Expm1>}},
    {OpCode::kFloor, {Unary<Op::kFFloor>}},
    {OpCode::kIsFinite, {IsFinite}},
    {OpCode::kLog, {Function<math::Log>}},
    {OpCode::kLogPlusOne, {Function<math::Log1p>}},
    {OpCode::kLogistic, {Function<math::Logistic>}},
    {OpCode::kMaximum, {Arithmetic<Op::kFMax, Op::kMaxS, Op::kMaxU>, kExact}},
    {OpCode::kMinimum, {Arithmetic<Op::kFMin, Op::kMinS, Op::kMinU>, kExact}},
    {OpCode::kMulhi, {MulHigh}},
    {OpCode::kMultiply, {Ring<Op::kFMul, Op::kMul, Op::kAnd>}},
    {OpCode::kNegate, {Negate, kExact}},
    {OpCode::kNot, {Not}},
    {OpCode::kOptBarrier, {Identity, kExact}},
    {OpCode::kOr, {Bitwise<Op::kOr>}},
    {OpCode::kPopcnt, {Unary<Op::kPopCount>}},
    {OpCode::kPower, {Power}},
    {OpCode::kReal, {Identity, kExact}},
    {OpCode::kReducePrecision, {ReducePrecision}},
    {OpCode::kRemainder, {Remainder}},
    {OpCode::kRoundNearestAfz, {Function<math::RoundAwayFromZero>}},
    {OpCode::kRoundNearestEven, {Unary<Op::kFRint>}},
    {OpCode::kRsqrt, {Function<math::Rsqrt>}},
    {OpCode::kSelect, {Select, kExact}},
    {OpCode::kShiftLeft, {Shift<Op::kShl>}},
    {OpCode::kShiftRightArithmetic, {Shift<Op::kShrA>}},
    {OpCode::kShiftRightLogical, {Shift<Op::kShrL>}},
    {OpCode::kSign, {Sign}},
    {OpCode::kSine, {Function<math::Sin>}},
    {OpCode::kSinh, {Function<math::Sinh>}},
    {OpCode::kSqrt, {Unary<Op::kFSqrt>}},
    {OpCode::kSubtract, {Arithmetic<Op::kFSub, Op::kSub>}},
    {OpCode::kTan, {Function<math::Tan>}},
    {OpCode::kTanh, {Function<math::Tanh>}},
    {OpCode::kXor, {Bitwise<Op::kXor>}},
};

Table MakeTable() {
  Table table{};
  for (auto [opcode, code] : kCodes) table[static_cast<size_t>(opcode)] = code;
  return table;
}

}  // namespace

const ScalarCode* FindScalarCode(OpCode opcode) {
  static const Table table = MakeTable();
  const ScalarCode& code = table[static_cast<size_t>(opcode)];
  return code.emit ? &code : nullptr;
}

}  // namespace eqsat::codegen
