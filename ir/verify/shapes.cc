// Shapes and layouts of single instructions.
#include <algorithm>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "ir/ops/shape_checks.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// Every array's layout orders each of its dimensions once.
absl::Status CheckLayout(const Shape& shape) {
  for (const Shape& element : shape.elements()) EQSAT_RETURN_IF_ERROR(CheckLayout(element));
  if (shape.layout() == nullptr) return absl::OkStatus();
  DimensionVector order = shape.layout()->minor_to_major;
  std::ranges::sort(order);
  bool fits = static_cast<int64_t>(order.size()) == shape.rank();
  for (size_t i = 0; fits && i < order.size(); ++i) fits = order[i] == static_cast<int64_t>(i);
  if (fits) return absl::OkStatus();
  return base::InvalidArgument("the layout of %s does not order its %d dimensions",
                               shape.ToString(), shape.rank());
}

}  // namespace

absl::Status CheckShape(const Module& module, const Computation& computation,
                        const Instruction& instruction) {
  EQSAT_RETURN_IF_ERROR(CheckLayout(instruction.shape));
  const Attributes& attributes = instruction.Attrs();
  if (attributes.index() != GetOpInfo(instruction.opcode).attributes.index()) {
    return base::InvalidArgument("the attributes are not those of %s", Name(instruction.opcode));
  }
  std::vector<Shape> operands;
  for (InstructionId operand : instruction.operands) operands.push_back(computation[operand].shape);
  std::vector<ProgramShape> regions = module.RegionShapes(instruction);
  EQSAT_ASSIGN_OR_RETURN(Shape inferred, InferShape({.opcode = instruction.opcode,
                                                     .operands = operands,
                                                     .attributes = attributes,
                                                     .regions = regions,
                                                     .declared = &instruction.shape}));
  if (ShapesAgree(instruction.shape, inferred)) return absl::OkStatus();
  return base::InvalidArgument("the shape of %s is stated as %s, but must be %s",
                               Name(instruction.opcode), instruction.shape.ToString(),
                               inferred.ToString());
}

}  // namespace eqsat::ir
