#include "importers/onnx/conversion.h"

#include <string>

#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"
#include "ir/shape/number_limits.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

bool IsSmallFloat(ElementType type) { return ir::IsFloat(type) && ir::BitWidth(type) <= 8; }

Overflow OverflowOf(const Node& node) {
  return node.Flag("saturate", true) ? Overflow::kSaturate : Overflow::kSpecial;
}

absl::StatusOr<ScaleRounding> RoundingOf(const Node& node) {
  const std::string mode = std::string(node.String("round_mode", "up"));
  if (mode == "up") return ScaleRounding::kUp;
  if (mode == "down") return ScaleRounding::kDown;
  if (mode == "nearest") return ScaleRounding::kNearest;
  return base::InvalidArgument("round_mode is '%s'; it may be up, down or nearest", mode);
}

absl::Status CastOp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("to", 0)));
  EQSAT_ASSIGN_OR_RETURN(ScaleRounding rounding, RoundingOf(node));
  e.Return(node, Cast(e, e.Input(node, 0), type, OverflowOf(node), rounding));
  return absl::OkStatus();
}

absl::Status CastLike(Emitter& e, const Node& node) {
  e.Return(node, Cast(e, e.Input(node, 0), e.type(e.Input(node, 1)), OverflowOf(node)));
  return absl::OkStatus();
}

absl::Status BitCast(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("to", 0)));
  InstructionId x = e.Input(node, 0);
  // A truth value is a byte of 0 or 1.
  if (e.type(x) == ElementType::kPred) x = e.Convert(x, ElementType::kU8);
  if (type == ElementType::kPred && ir::BitWidth(e.type(x)) == 8) {
    e.Return(node, e.Comparing(x, Direction::kNe, 0));
    return absl::OkStatus();
  }
  if (ir::BitWidth(type) != ir::BitWidth(e.type(x))) {
    return base::InvalidArgument("%s has not as many bits as the elements of %s", ir::Name(type),
                                 e.shape(x).ToString());
  }
  const ir::Shape result = e.shape(x).WithElementType(type);
  e.Return(node, e.Add(OpCode::kBitcastConvert, {x}, ir::NoAttributes{}, &result));
  return absl::OkStatus();
}

// The exponent of an f32 as its bits say it, and one more where the rest of them rounds up.
InstructionId ToScale(TensorEmitter& e, InstructionId x, Overflow overflow,
                      ScaleRounding rounding) {
  constexpr double kExponent = 0xff, kFraction = 0x7fffff, kHalf = 0x400000;
  if (!e.Ok(x)) return {};
  const ir::Shape words = e.shape(x).WithElementType(ElementType::kU32);
  InstructionId bits = e.Add(OpCode::kBitcastConvert, {x}, ir::NoAttributes{}, &words);
  InstructionId exponent =
      e.Binary(OpCode::kAnd, e.Binary(OpCode::kShiftRightLogical, bits, 23), kExponent);
  InstructionId fraction = e.Binary(OpCode::kAnd, bits, kFraction);
  // Infinities and NaNs keep their exponent, which is the scales' NaN.
  InstructionId may_grow =
      e.Comparing(exponent, Direction::kLt, kExponent - (overflow == Overflow::kSaturate ? 1 : 0));
  InstructionId grows = e.Comparing(fraction, Direction::kGt, 0);
  if (rounding == ScaleRounding::kNearest) {
    InstructionId is_half = e.Comparing(fraction, Direction::kEq, kHalf);
    InstructionId is_normal = e.Comparing(exponent, Direction::kGt, 0);
    grows = e.Binary(OpCode::kOr, e.Comparing(fraction, Direction::kGt, kHalf),
                     e.Binary(OpCode::kAnd, is_half, is_normal));
  }
  if (rounding != ScaleRounding::kDown) {
    exponent =
        e.AddTo(exponent, e.Convert(e.Binary(OpCode::kAnd, grows, may_grow), ElementType::kU32));
  }
  const ir::Shape scales = e.shape(x).WithElementType(ElementType::kF8E8M0FNU);
  return e.Add(OpCode::kBitcastConvert, {e.Convert(exponent, ElementType::kU8)}, ir::NoAttributes{},
               &scales);
}

}  // namespace

absl::Span<const OpEntry> ConversionOps() {
  static constexpr OpEntry kEntries[] = {
      {"BitCast", 1, 1, BitCast},
      {"Cast", 1, 1, CastOp},
      {"CastLike", 2, 2, CastLike},
  };
  return kEntries;
}

InstructionId Cast(TensorEmitter& e, InstructionId x, ElementType type, Overflow overflow,
                   ScaleRounding rounding) {
  if (e.type(x) == type) return x;
  if (type == ElementType::kPred) return e.Comparing(x, Direction::kNe, 0);
  if (ir::IsFloat(e.type(x)) && ir::IsInteger(type) && ir::BitWidth(type) < 8) {
    x = e.Convert(x, ElementType::kS32);
  }
  if (type == ElementType::kF8E8M0FNU) {
    return ToScale(e, e.Convert(x, ElementType::kF32), overflow, rounding);
  }
  if (!IsSmallFloat(type) || overflow == Overflow::kSpecial) return e.Convert(x, type);
  // Clamped where both ends are numbers of the type.
  if (!ir::IsFloat(e.type(x)) || ir::BitWidth(e.type(x)) < 32) x = e.Convert(x, ElementType::kF32);
  if (!e.Ok(x)) return {};
  const double largest = ir::LargestFinite(type);
  x = e.Clamp(e.Like(x, -largest), x, e.Like(x, largest));
  return e.Convert(x, type);
}

}  // namespace eqsat::importers::onnx
