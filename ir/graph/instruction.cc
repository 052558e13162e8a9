#include "ir/graph/instruction.h"

#include <utility>

#include "ir/ops/op_info.h"

namespace eqsat::ir {

const Attributes& Instruction::Attrs() const {
  return attributes ? *attributes : GetOpInfo(opcode).attributes;
}

const Annotations& Instruction::Notes() const {
  static const auto* const kNone = new Annotations;
  return annotations ? *annotations : *kNone;
}

void Instruction::Renumber(absl::Span<const InstructionId> moved) {
  for (InstructionId& operand : operands) operand = moved[operand.value()];
  if (Notes().control_predecessors.empty()) return;
  auto notes = std::make_shared<Annotations>(*annotations);
  for (InstructionId& id : notes->control_predecessors) id = moved[id.value()];
  std::erase_if(notes->control_predecessors, [](InstructionId id) { return !id.valid(); });
  annotations = std::move(notes);
}

bool SamePayload(const Instruction& a, const Instruction& b) {
  return a.opcode == b.opcode && a.shape == b.shape && a.Attrs() == b.Attrs() &&
         a.Notes() == b.Notes();
}

}  // namespace eqsat::ir
