#include "ir/graph/computation.h"

#include "ir/base/status.h"

namespace eqsat::ir {

absl::StatusOr<Computation> Computation::Make(std::string name,
                                              std::vector<Instruction> instructions,
                                              InstructionId root) {
  Computation made;
  std::vector<InstructionId>& parameters = made.parameters_;
  for (size_t i = 0; i < instructions.size(); ++i) {
    const Instruction& instruction = instructions[i];
    for (InstructionId operand : instruction.operands) {
      if (!operand.valid() || operand.value() >= i) {
        return base::InvalidArgument("computation %s: an operand of %s does not precede it", name,
                                     instruction.name);
      }
    }
    if (instruction.opcode != OpCode::kParameter) continue;
    int64_t number = instruction.attr<ParameterAttributes>().number;
    // There cannot be more parameters than instructions, which bounds the table.
    if (number < 0 || number >= static_cast<int64_t>(instructions.size())) {
      return base::InvalidArgument("computation %s: %s has the parameter number %d", name,
                                   instruction.name, number);
    }
    if (number >= static_cast<int64_t>(parameters.size())) parameters.resize(number + 1);
    if (parameters[number].valid()) {
      return base::InvalidArgument("computation %s: %s and %s both are parameter %d", name,
                                   instructions[parameters[number].value()].name, instruction.name,
                                   number);
    }
    parameters[number] = InstructionId(i);
  }
  for (size_t number = 0; number < parameters.size(); ++number) {
    if (!parameters[number].valid())
      return base::InvalidArgument("computation %s has no parameter %d", name, number);
  }
  if (!root.valid() || root.value() >= instructions.size())
    return base::InvalidArgument("computation %s has no root", name);
  made.name_ = std::move(name);
  made.instructions_ = std::move(instructions);
  made.root_ = root;
  return made;
}

ProgramShape Computation::program_shape() const {
  ProgramShape shape;
  for (InstructionId id : parameters_) shape.parameters.push_back((*this)[id].shape);
  shape.result = result_shape();
  return shape;
}

}  // namespace eqsat::ir
