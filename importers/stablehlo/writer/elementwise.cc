// Elementwise operations.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// StableHLO's names are HLO's with underscores.
std::string SameName(std::string_view dialect, OpCode opcode) {
  std::string name = base::StrCat(dialect, ".", ir::Name(opcode));
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

// `#stablehlo.result_accuracy<atol = …, rtol = …, ulps = …, mode = …>`
mlir::Attribute AccuracyOf(const ir::ResultAccuracy& accuracy) {
  const mlir::Type f64 = mlir::Type::Element(ir::ElementType::kF64);
  const bool highest = accuracy.mode == ir::ResultAccuracy::Mode::kHighest;
  std::string_view mode = accuracy.has_tolerance ? "TOLERANCE" : highest ? "HIGHEST" : "DEFAULT";
  return mlir::DialectAttribute{"stablehlo.result_accuracy",
                                {{"atol", mlir::FloatAttribute{accuracy.atol, f64}},
                                 {"rtol", mlir::FloatAttribute{accuracy.rtol, f64}},
                                 {"ulps", Int64(accuracy.ulps)},
                                 {"mode", Keyword("result_accuracy_mode", mode)}}};
}

Attributes AccuracyAttributesOf(const ir::Instruction& instruction) {
  const auto* attributes = std::get_if<ir::AccuracyAttributes>(&instruction.Attrs());
  if (attributes == nullptr || attributes->result_accuracy == ir::ResultAccuracy()) return {};
  return {{"result_accuracy", AccuracyOf(attributes->result_accuracy)}};
}

absl::StatusOr<Written> Same(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit(SameName("stablehlo", op.opcode), w.Ones(op.operands), op.shape,
                AccuracyAttributesOf(op));
}

absl::StatusOr<Written> Chlo(BlockWriter& w, const ir::Instruction& op) {
  if (!AccuracyAttributesOf(op).empty()) {
    return base::Unimplemented("CHLO cannot say how accurate the result is to be");
  }
  return w.Emit(SameName("chlo", op.opcode), w.Ones(op.operands), op.shape);
}

bool HasUnsignedOperand(const BlockWriter& w, const ir::Instruction& op) {
  return ir::IsUnsigned(w.shape(op.operands[0]).element_type());
}

// StableHLO's abs takes no unsigned numbers, which are their own absolute values.
absl::StatusOr<Written> Abs(BlockWriter& w, const ir::Instruction& op) {
  if (HasUnsignedOperand(w, op)) return w.Of(op.operands[0]);
  return Same(w, op);
}

// As abs; the sign of an unsigned number is 1 or 0, the smaller of it and 1.
absl::StatusOr<Written> Sign(BlockWriter& w, const ir::Instruction& op) {
  if (!HasUnsignedOperand(w, op)) return Same(w, op);
  ValueId one = w.Constant(ir::Literal::FromInt64s(ir::Shape(op.shape.element_type(), {}), {1}));
  ValueId ones = w.EmitOne("stablehlo.broadcast_in_dim", {one}, op.shape,
                           {{"broadcast_dimensions", IntArray({})}});
  return w.Emit("stablehlo.minimum", {w.One(op.operands[0]), ones}, op.shape);
}

std::string_view ComparisonTypeName(const ir::CompareAttributes& attributes,
                                    ir::ElementType element) {
  if (attributes.type == ir::ComparisonType::kFloatTotalOrder) return "TOTALORDER";
  if (ir::IsFloat(element) || ir::IsComplex(element)) return "FLOAT";
  return ir::IsSigned(element) ? "SIGNED" : "UNSIGNED";
}

absl::StatusOr<Written> Compare(BlockWriter& w, const ir::Instruction& op) {
  const auto& attributes = op.attr<ir::CompareAttributes>();
  const ir::ElementType element = w.shape(op.operands[0]).element_type();
  return w.Emit(
      "stablehlo.compare", w.Ones(op.operands), op.shape,
      {{"comparison_direction",
        Keyword("comparison_direction", ir::EnumName(attributes.direction))},
       {"compare_type", Keyword("comparison_type", ComparisonTypeName(attributes, element))}});
}

ValueId ZeroLike(BlockWriter& w, const ir::Shape& shape) {
  ValueId zero = w.Constant(ir::Literal::Zero(ir::Shape(shape.element_type(), {})));
  return w.EmitOne("stablehlo.broadcast_in_dim", {zero}, shape,
                   {{"broadcast_dimensions", IntArray({})}});
}

// A truth value is a byte in HLO, a bit in StableHLO.
absl::StatusOr<Written> BitcastConvert(BlockWriter& w, const ir::Instruction& op) {
  const ir::Shape& from = w.shape(op.operands[0]);
  const bool from_pred = from.element_type() == ir::ElementType::kPred;
  const bool to_pred = op.shape.element_type() == ir::ElementType::kPred;
  if (from_pred == to_pred) return Same(w, op);
  if (!ir::Shape::SameDimensions(from, op.shape)) {
    return base::Unimplemented("StableHLO cannot take %s as bytes", from.ToString());
  }
  ValueId operand = w.One(op.operands[0]);
  if (from_pred) return w.Emit("stablehlo.convert", {operand}, op.shape);
  return w.Emit("stablehlo.compare", {operand, ZeroLike(w, from)}, op.shape,
                {{"comparison_direction", Keyword("comparison_direction", "NE")}});
}

absl::StatusOr<Written> ReducePrecision(BlockWriter& w, const ir::Instruction& op) {
  const auto& attributes = op.attr<ir::ReducePrecisionAttributes>();
  return w.Emit("stablehlo.reduce_precision", w.Ones(op.operands), op.shape,
                {{"exponent_bits", Int32(attributes.exponent_bits)},
                 {"mantissa_bits", Int32(attributes.mantissa_bits)}});
}

// Copies and the like: layouts and memory are none of StableHLO's.
absl::StatusOr<Written> Identity(BlockWriter& w, const ir::Instruction& op) {
  return w.Of(op.operands[0]);
}

}  // namespace

absl::Span<const OpWriterEntry> ElementwiseWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kAbs, Abs},
      {OpCode::kAcos, Chlo},
      {OpCode::kAcosh, Chlo},
      {OpCode::kAdd, Same},
      {OpCode::kAnd, Same},
      {OpCode::kAsin, Chlo},
      {OpCode::kAsinh, Chlo},
      {OpCode::kAtan2, Same},
      {OpCode::kAtanh, Chlo},
      {OpCode::kBitcastConvert, BitcastConvert},
      {OpCode::kCbrt, Same},
      {OpCode::kCeil, Same},
      {OpCode::kClamp, Same},
      {OpCode::kCompare, Compare},
      {OpCode::kComplex, Same},
      {OpCode::kConvert, Same},
      {OpCode::kCopy, Identity},
      {OpCode::kCosh, Chlo},
      {OpCode::kCosine, Same},
      {OpCode::kCountLeadingZeros, Same},
      {OpCode::kDivide, Same},
      {OpCode::kDomain, Identity},
      {OpCode::kErf, Chlo},
      {OpCode::kExponential, Same},
      {OpCode::kExponentialMinusOne, Same},
      {OpCode::kFloor, Same},
      {OpCode::kImag, Same},
      {OpCode::kIsFinite, Same},
      {OpCode::kLog, Same},
      {OpCode::kLogPlusOne, Same},
      {OpCode::kLogistic, Same},
      {OpCode::kMaximum, Same},
      {OpCode::kMinimum, Same},
      {OpCode::kMulhi, Chlo},
      {OpCode::kMultiply, Same},
      {OpCode::kNegate, Same},
      {OpCode::kNot, Same},
      {OpCode::kOr, Same},
      {OpCode::kPopcnt, Same},
      {OpCode::kPower, Same},
      {OpCode::kReal, Same},
      {OpCode::kReducePrecision, ReducePrecision},
      {OpCode::kRemainder, Same},
      {OpCode::kRoundNearestAfz, Same},
      {OpCode::kRoundNearestEven, Same},
      {OpCode::kRsqrt, Same},
      {OpCode::kSelect, Same},
      {OpCode::kShiftLeft, Same},
      {OpCode::kShiftRightArithmetic, Same},
      {OpCode::kShiftRightLogical, Same},
      {OpCode::kSign, Sign},
      {OpCode::kSine, Same},
      {OpCode::kSinh, Chlo},
      {OpCode::kSqrt, Same},
      {OpCode::kSubtract, Same},
      {OpCode::kTan, Same},
      {OpCode::kTanh, Same},
      {OpCode::kXor, Same},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
