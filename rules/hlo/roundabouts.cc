#include "rules/hlo/roundabouts.h"

#include <algorithm>

#include "ir/graph/computation.h"

namespace eqsat::rules {
namespace {

using ir::Computation;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;

// A constant, or one number repeated.
bool IsKnown(const Computation& computation, InstructionId id) {
  const Instruction& instruction = computation[id];
  if (instruction.opcode == OpCode::kBroadcast)
    return IsKnown(computation, instruction.operands[0]);
  return instruction.opcode == OpCode::kConstant;
}

bool RepeatsNothing(const Computation& computation, const Instruction& broadcast) {
  const ir::Shape& from = computation[broadcast.operands[0]].shape;
  return !from.HasDynamicDimensions() && !broadcast.shape.HasDynamicDimensions() &&
         from.ElementCount() == broadcast.shape.ElementCount() && broadcast.shape.rank() > 0;
}

bool AllKnown(const Computation& computation, absl::Span<const InstructionId> operands) {
  return std::ranges::all_of(operands, [&](InstructionId id) { return IsKnown(computation, id); });
}

bool IsRoundabout(const Computation& computation, const Instruction& instruction) {
  const absl::Span<const InstructionId> operands = instruction.operands;
  switch (instruction.opcode) {
    case OpCode::kBroadcast:
      return RepeatsNothing(computation, instruction);
    case OpCode::kSubtract:
      return IsKnown(computation, operands[1]);
    case OpCode::kReduce:
    case OpCode::kReduceWindow:
      return instruction.shape.IsTuple() && operands.size() == 2;
    case OpCode::kDynamicSlice:
      return AllKnown(computation, operands.subspan(1));
    case OpCode::kGather:
      return AllKnown(computation, operands.subspan(1)) &&
             computation[operands[1]].shape.ElementCount() <= 1;
    default:
      return false;
  }
}

}  // namespace

size_t Roundabouts(const ir::Module& module) {
  size_t count = 0;
  for (const Computation& computation : module.computations())
    for (const Instruction& instruction : computation.instructions())
      count += IsRoundabout(computation, instruction);
  return count;
}

}  // namespace eqsat::rules
