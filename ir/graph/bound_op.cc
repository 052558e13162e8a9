#include "ir/graph/bound_op.h"

namespace eqsat::ir {
namespace {

std::vector<Shape> OperandShapes(const Computation& computation, const Instruction& instruction) {
  std::vector<Shape> shapes;
  shapes.reserve(instruction.operands.size());
  for (InstructionId operand : instruction.operands) shapes.push_back(computation[operand].shape);
  return shapes;
}

}  // namespace

BoundOp::BoundOp(const Module& module, const Computation& computation,
                 const Instruction& instruction)
    : operands_(OperandShapes(computation, instruction)),
      regions_(module.RegionShapes(instruction)),
      context_{instruction.opcode, operands_, instruction.Attrs(), regions_, &instruction.shape} {}

}  // namespace eqsat::ir
