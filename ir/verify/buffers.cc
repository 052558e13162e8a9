// Buffers are memory that custom calls change in place, so each state of one has one user.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

bool HoldsBuffer(const Shape& shape) {
  return shape.IsBuffer() || std::ranges::any_of(shape.elements(), HoldsBuffer);
}

}  // namespace

absl::Status CheckBufferUsers(const Computation& computation) {
  // Of each instruction that holds buffers: uses of its elements by get-tuple-element, key -1 for
  // uses of the whole.
  std::map<std::pair<uint32_t, int64_t>, int> uses;
  auto add = [&](InstructionId operand, int64_t element) -> absl::Status {
    const Instruction& instruction = computation[operand];
    if (!HoldsBuffer(instruction.shape)) return absl::OkStatus();
    // An element of a tuple is what counts, however often it is taken out.
    InstructionId source = operand;
    if (instruction.opcode == OpCode::kGetTupleElement && instruction.shape.IsBuffer()) {
      source = instruction.operands[0];
      element = instruction.attr<GetTupleElementAttributes>().index;
    }
    if (++uses[{source.value(), element}] == 1) return absl::OkStatus();
    return base::InvalidArgument("the buffer %s of shape %s has more than one user",
                                 instruction.name, instruction.shape.ToString());
  };
  for (const Instruction& instruction : computation.instructions()) {
    if (instruction.opcode == OpCode::kGetTupleElement) continue;
    for (InstructionId operand : instruction.operands) EQSAT_RETURN_IF_ERROR(add(operand, -1));
  }
  return add(computation.root(), -1);
}

}  // namespace eqsat::ir
