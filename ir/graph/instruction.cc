#include "ir/graph/instruction.h"

#include "ir/ops/op_info.h"

namespace eqsat::ir {

const Attributes& Instruction::Attrs() const {
  return attributes ? *attributes : GetOpInfo(opcode).attributes;
}

const Annotations& Instruction::Notes() const {
  static const auto* const kNone = new Annotations;
  return annotations ? *annotations : *kNone;
}

bool SamePayload(const Instruction& a, const Instruction& b) {
  return a.opcode == b.opcode && a.shape == b.shape && a.Attrs() == b.Attrs() &&
         a.Notes() == b.Notes();
}

}  // namespace eqsat::ir
