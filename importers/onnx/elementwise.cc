// Arithmetic, comparisons, logic and bits, element by element.
#include <limits>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

template <OpCode kOpCode>
absl::Status UnaryOp(Emitter& e, const Node& node) {
  e.Return(node, e.Unary(kOpCode, e.Input(node, 0)));
  return absl::OkStatus();
}

template <OpCode kOpCode>
absl::Status BinaryOp(Emitter& e, const Node& node) {
  e.Return(node, e.Binary(kOpCode, e.Input(node, 0), e.Input(node, 1)));
  return absl::OkStatus();
}

template <Direction kDirection>
absl::Status CompareOp(Emitter& e, const Node& node) {
  e.Return(node, e.Comparing(e.Input(node, 0), kDirection, e.Input(node, 1)));
  return absl::OkStatus();
}

// Any number of operands, from the left.
InstructionId Fold(Emitter& e, const Node& node, OpCode opcode) {
  InstructionId result = e.Input(node, 0);
  for (size_t i = 1; i < node.input_count(); ++i) {
    result = e.Binary(opcode, result, e.Input(node, i));
  }
  return result;
}

template <OpCode kOpCode>
absl::Status FoldOp(Emitter& e, const Node& node) {
  e.Return(node, Fold(e, node, kOpCode));
  return absl::OkStatus();
}

absl::Status Mean(Emitter& e, const Node& node) {
  InstructionId sum = Fold(e, node, OpCode::kAdd);
  e.Return(node, e.Binary(OpCode::kDivide, sum, static_cast<double>(node.input_count())));
  return absl::OkStatus();
}

// Unsigned numbers are their own.
absl::Status Abs(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, ir::IsUnsigned(e.type(x)) ? x : e.Unary(OpCode::kAbs, x));
  return absl::OkStatus();
}

absl::Status Reciprocal(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, e.Div(e.Like(x, 1), x));
  return absl::OkStatus();
}

absl::Status Atan(Emitter& e, const Node& node) {
  e.Return(node, e.Binary(OpCode::kAtan2, e.Input(node, 0), 1.0));
  return absl::OkStatus();
}

absl::Status IsNan(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, e.Comparing(x, Direction::kNe, x));
  return absl::OkStatus();
}

absl::Status IsInf(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const bool positive = node.Flag("detect_positive", true);
  const bool negative = node.Flag("detect_negative", true);
  if (!positive && !negative) {
    e.Return(node, e.Full(ElementType::kPred, e.sizes(x), 0));
    return absl::OkStatus();
  }
  if (positive && negative) x = e.Unary(OpCode::kAbs, x);
  e.Return(node, e.Comparing(x, Direction::kEq, positive ? kInfinity : -kInfinity));
  return absl::OkStatus();
}

// The result has the type of the base.
absl::Status Pow(Emitter& e, const Node& node) {
  InstructionId base = e.Input(node, 0), exponent = e.Input(node, 1);
  const ElementType type = e.type(base);
  if (ir::IsFloat(e.type(exponent)) && !ir::IsFloat(type)) {
    base = e.Convert(base, e.type(exponent));
  } else {
    exponent = e.Convert(exponent, type);
  }
  e.Return(node, e.Convert(e.Binary(OpCode::kPower, base, exponent), type));
  return absl::OkStatus();
}

// With fmod the sign of the dividend, else that of the divisor.
absl::Status Mod(Emitter& e, const Node& node) {
  InstructionId dividend = e.Input(node, 0), divisor = e.Input(node, 1);
  InstructionId remainder = e.Binary(OpCode::kRemainder, dividend, divisor);
  if (node.Flag("fmod", false) || ir::IsUnsigned(e.type(dividend))) {
    e.Return(node, remainder);
    return absl::OkStatus();
  }
  InstructionId zero = e.Like(remainder, 0);
  InstructionId signs_differ = e.Comparing(e.Comparing(remainder, Direction::kLt, zero),
                                           Direction::kNe, e.Comparing(divisor, Direction::kLt, 0));
  InstructionId shift =
      e.Binary(OpCode::kAnd, e.Comparing(remainder, Direction::kNe, zero), signs_differ);
  e.Return(node, e.Select(shift, e.AddTo(remainder, divisor), remainder));
  return absl::OkStatus();
}

absl::Status BitShift(Emitter& e, const Node& node) {
  const std::string direction = node.String("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") {
    return base::InvalidArgument("direction is '%s', neither LEFT nor RIGHT", direction);
  }
  const bool is_signed = ir::IsSigned(e.type(e.Input(node, 0)));
  const OpCode right = is_signed ? OpCode::kShiftRightArithmetic : OpCode::kShiftRightLogical;
  const OpCode opcode = direction == "LEFT" ? OpCode::kShiftLeft : right;
  e.Return(node, e.Binary(opcode, e.Input(node, 0), e.Input(node, 1)));
  return absl::OkStatus();
}

absl::Status Where(Emitter& e, const Node& node) {
  e.Return(node, e.Select(e.Input(node, 0), e.Input(node, 1), e.Input(node, 2)));
  return absl::OkStatus();
}

// Where min > max, max.
absl::Status Clip(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  if (node.Has(1)) x = e.Binary(OpCode::kMaximum, x, e.Input(node, 1));
  if (node.Has(2)) x = e.Binary(OpCode::kMinimum, x, e.Input(node, 2));
  e.Return(node, x);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ElementwiseOps() {
  static constexpr OpEntry kEntries[] = {
      {"Abs", 1, 1, Abs},
      {"Acos", 1, 1, UnaryOp<OpCode::kAcos>},
      {"Acosh", 1, 1, UnaryOp<OpCode::kAcosh>},
      {"Add", 2, 2, BinaryOp<OpCode::kAdd>},
      {"And", 2, 2, BinaryOp<OpCode::kAnd>},
      {"Asin", 1, 1, UnaryOp<OpCode::kAsin>},
      {"Asinh", 1, 1, UnaryOp<OpCode::kAsinh>},
      {"Atan", 1, 1, Atan},
      {"Atanh", 1, 1, UnaryOp<OpCode::kAtanh>},
      {"BitShift", 2, 2, BitShift},
      {"BitwiseAnd", 2, 2, BinaryOp<OpCode::kAnd>},
      {"BitwiseNot", 1, 1, UnaryOp<OpCode::kNot>},
      {"BitwiseOr", 2, 2, BinaryOp<OpCode::kOr>},
      {"BitwiseXor", 2, 2, BinaryOp<OpCode::kXor>},
      {"Ceil", 1, 1, UnaryOp<OpCode::kCeil>},
      {"Clip", 1, 3, Clip},
      {"Cos", 1, 1, UnaryOp<OpCode::kCosine>},
      {"Cosh", 1, 1, UnaryOp<OpCode::kCosh>},
      {"Div", 2, 2, BinaryOp<OpCode::kDivide>},
      {"Equal", 2, 2, CompareOp<Direction::kEq>},
      {"Erf", 1, 1, UnaryOp<OpCode::kErf>},
      {"Exp", 1, 1, UnaryOp<OpCode::kExponential>},
      {"Floor", 1, 1, UnaryOp<OpCode::kFloor>},
      {"Greater", 2, 2, CompareOp<Direction::kGt>},
      {"GreaterOrEqual", 2, 2, CompareOp<Direction::kGe>},
      {"IsInf", 1, 1, IsInf},
      {"IsNaN", 1, 1, IsNan},
      {"Less", 2, 2, CompareOp<Direction::kLt>},
      {"LessOrEqual", 2, 2, CompareOp<Direction::kLe>},
      {"Log", 1, 1, UnaryOp<OpCode::kLog>},
      {"Max", 1, kAny, FoldOp<OpCode::kMaximum>},
      {"Mean", 1, kAny, Mean},
      {"Min", 1, kAny, FoldOp<OpCode::kMinimum>},
      {"Mod", 2, 2, Mod},
      {"Mul", 2, 2, BinaryOp<OpCode::kMultiply>},
      {"Neg", 1, 1, UnaryOp<OpCode::kNegate>},
      {"Not", 1, 1, UnaryOp<OpCode::kNot>},
      {"Or", 2, 2, BinaryOp<OpCode::kOr>},
      {"Pow", 2, 2, Pow},
      {"Reciprocal", 1, 1, Reciprocal},
      {"Round", 1, 1, UnaryOp<OpCode::kRoundNearestEven>},
      {"Sigmoid", 1, 1, UnaryOp<OpCode::kLogistic>},
      {"Sign", 1, 1, UnaryOp<OpCode::kSign>},
      {"Sin", 1, 1, UnaryOp<OpCode::kSine>},
      {"Sinh", 1, 1, UnaryOp<OpCode::kSinh>},
      {"Sqrt", 1, 1, UnaryOp<OpCode::kSqrt>},
      {"Sub", 2, 2, BinaryOp<OpCode::kSubtract>},
      {"Sum", 1, kAny, FoldOp<OpCode::kAdd>},
      {"Tan", 1, 1, UnaryOp<OpCode::kTan>},
      {"Tanh", 1, 1, UnaryOp<OpCode::kTanh>},
      {"Where", 3, 3, Where},
      {"Xor", 2, 2, BinaryOp<OpCode::kXor>},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
