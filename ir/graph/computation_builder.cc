#include "ir/graph/computation_builder.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

InstructionId ComputationBuilder::Append(Instruction instruction) {
  InstructionId id(instructions_.size());
  if (instruction.name.empty())
    instruction.name = base::StrCat(Name(instruction.opcode), ".", id.value());
  instructions_.push_back(std::move(instruction));
  return id;
}

absl::StatusOr<InstructionId> ComputationBuilder::Add(OpCode opcode,
                                                      absl::Span<const InstructionId> operands,
                                                      Attributes attributes,
                                                      absl::Span<const ComputationId> called,
                                                      const Shape* declared) {
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.operands.assign(operands.begin(), operands.end());
  instruction.called.assign(called.begin(), called.end());
  std::vector<Shape> shapes;
  for (InstructionId operand : operands) shapes.push_back(shape(operand));
  std::vector<ProgramShape> regions = module_.RegionShapes(instruction);
  EQSAT_ASSIGN_OR_RETURN(instruction.shape, InferShape({.opcode = opcode,
                                                        .operands = shapes,
                                                        .attributes = attributes,
                                                        .regions = regions,
                                                        .declared = declared}));
  if (declared) instruction.shape = *declared;
  instruction.attributes = std::make_shared<const Attributes>(std::move(attributes));
  return Append(std::move(instruction));
}

absl::StatusOr<InstructionId> ComputationBuilder::Add(OpCode opcode,
                                                      absl::Span<const InstructionId> operands,
                                                      const Shape* declared) {
  return Add(opcode, operands, GetOpInfo(opcode).attributes, {}, declared);
}

InstructionId ComputationBuilder::AddParameter(int64_t number, const Shape& shape,
                                               std::string name) {
  Instruction instruction;
  instruction.name = std::move(name);
  instruction.opcode = OpCode::kParameter;
  instruction.shape = shape;
  instruction.attributes =
      std::make_shared<const Attributes>(ParameterAttributes{.number = number});
  return Append(std::move(instruction));
}

InstructionId ComputationBuilder::AddConstant(Literal literal) {
  Instruction instruction;
  instruction.opcode = OpCode::kConstant;
  instruction.shape = literal.shape();
  instruction.attributes =
      std::make_shared<const Attributes>(ConstantAttributes{.literal = std::move(literal)});
  return Append(std::move(instruction));
}

absl::StatusOr<Computation> ComputationBuilder::Build(InstructionId root) && {
  return Computation::Make(std::move(name_), std::move(instructions_), root);
}

}  // namespace eqsat::ir
