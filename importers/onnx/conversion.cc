#include "importers/onnx/conversion.h"

#include <cmath>

#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

bool IsSmallFloat(ElementType type) { return ir::IsFloat(type) && ir::BitWidth(type) <= 8; }

Overflow OverflowOf(const Node& node) {
  return node.Flag("saturate", true) ? Overflow::kSaturate : Overflow::kSpecial;
}

absl::Status CastOp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("to", 0)));
  if (type == ElementType::kF8E8M0FNU && node.String("round_mode", "up") != "up") {
    return base::Unimplemented("round_mode '%s' is not supported", node.String("round_mode", ""));
  }
  e.Return(node, Cast(e, e.Input(node, 0), type, OverflowOf(node)));
  return absl::OkStatus();
}

absl::Status CastLike(Emitter& e, const Node& node) {
  e.Return(node, Cast(e, e.Input(node, 0), e.type(e.Input(node, 1)), OverflowOf(node)));
  return absl::OkStatus();
}

absl::Status BitCast(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("to", 0)));
  InstructionId x = e.Input(node, 0);
  if (ir::BitWidth(type) != ir::BitWidth(e.type(x))) {
    return base::InvalidArgument("%s has not as many bits as the elements of %s", ir::Name(type),
                                 e.shape(x).ToString());
  }
  const ir::Shape result = e.shape(x).WithElementType(type);
  e.Return(node, e.Add(OpCode::kBitcastConvert, {x}, ir::NoAttributes{}, &result));
  return absl::OkStatus();
}

constexpr OpEntry kEntries[] = {
    {"BitCast", 1, 1, BitCast},
    {"Cast", 1, 1, CastOp},
    {"CastLike", 2, 2, CastLike},
};

}  // namespace

absl::Span<const OpEntry> ConversionOps() { return kEntries; }

InstructionId Cast(TensorEmitter& e, InstructionId x, ElementType type, Overflow overflow) {
  if (e.type(x) == type) return x;
  if (type == ElementType::kPred) return e.Comparing(x, Direction::kNe, 0);
  if (ir::IsFloat(e.type(x)) && ir::IsInteger(type) && ir::BitWidth(type) < 8) {
    x = e.Convert(x, ElementType::kS32);
  }
  if (!IsSmallFloat(type) || overflow == Overflow::kSpecial) return e.Convert(x, type);
  // Clamped where both ends are numbers of the type.
  if (!ir::IsFloat(e.type(x)) || ir::BitWidth(e.type(x)) < 32) x = e.Convert(x, ElementType::kF32);
  if (!e.Ok(x)) return {};
  const double largest = LargestFinite(type);
  // Scales are positive.
  const double least = type == ElementType::kF8E8M0FNU ? std::ldexp(1.0, -127) : -largest;
  x = e.Clamp(e.Like(x, least), x, e.Like(x, largest));
  return e.Convert(x, type);
}

}  // namespace eqsat::importers::onnx
