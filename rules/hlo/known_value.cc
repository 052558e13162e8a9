#include "rules/hlo/known_value.h"

#include "ir/ops/attributes.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/hlo_signature.h"

namespace eqsat::rules {
namespace {

using ir::Instruction;
using ir::OpCode;
using ir::Shape;

// Constants larger than this are not repeated in another shape.
constexpr int64_t kMaxReshapedElements = 4096;

bool IsPlainValue(const Instruction& instruction) {
  return instruction.shape.IsArray() && !instruction.shape.HasDynamicDimensions() &&
         instruction.opcode != OpCode::kParameter && instruction.opcode != OpCode::kConstant &&
         !IsUnique(instruction) && !instruction.Notes().sharding &&
         !ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kControl);
}

std::optional<ir::Literal> SizeAskedFor(const Shape& operand, const Instruction& instruction) {
  const int64_t dimension = instruction.attr<ir::DimensionsAttributes>().dimensions[0];
  if (!operand.IsArray() || operand.is_dynamic(dimension)) return std::nullopt;
  return ir::Literal::FromInt64s(instruction.shape, {operand.dimension(dimension)});
}

std::optional<ir::Literal> InAnotherShape(const Instruction& operand, const Shape& shape) {
  if (operand.opcode != OpCode::kConstant || shape.ElementCount() > kMaxReshapedElements)
    return std::nullopt;
  const ir::Literal& literal = operand.attr<ir::ConstantAttributes>().literal;
  if (literal.is_unknown()) return std::nullopt;
  return literal.Reshaped(shape);
}

}  // namespace

std::optional<ir::Literal> KnownValue(const ir::Computation& computation,
                                      const Instruction& instruction) {
  if (!IsPlainValue(instruction)) return std::nullopt;
  const Shape shape = instruction.shape.WithoutLayout();
  if (shape.ElementCount() == 0) return ir::Literal::FromBytes(shape, {});
  if (instruction.operands.size() != 1) return std::nullopt;
  const Instruction& operand = computation[instruction.operands[0]];
  if (instruction.opcode == OpCode::kGetDimensionSize)
    return SizeAskedFor(operand.shape, instruction);
  if (instruction.opcode == OpCode::kReshape) return InAnotherShape(operand, shape);
  return std::nullopt;
}

bool ReturnsItsOperand(const ir::Computation& computation, const Instruction& instruction) {
  if (instruction.opcode != OpCode::kConvert && instruction.opcode != OpCode::kCopy &&
      instruction.opcode != OpCode::kConcatenate)
    return false;
  return instruction.operands.size() == 1 && instruction.shape.HasDynamicDimensions() &&
         !IsUnique(instruction) && !instruction.Notes().sharding &&
         instruction.shape.WithoutLayout() ==
             computation[instruction.operands[0]].shape.WithoutLayout();
}

}  // namespace eqsat::rules
