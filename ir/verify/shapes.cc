// Shapes and layouts of single instructions.
#include <algorithm>
#include <utility>
#include <vector>

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

// With every floating-point type made f32, so that only precision is lost.
Shape WithoutPrecision(const Shape& shape) {
  if (shape.IsTuple()) {
    std::vector<Shape> elements;
    for (const Shape& element : shape.elements()) elements.push_back(WithoutPrecision(element));
    return Shape::Tuple(std::move(elements));
  }
  return IsFloat(shape.element_type()) ? shape.WithElementType(ElementType::kF32) : shape;
}

// An instruction with the types around it, which may be changed for a second look.
struct TypedInstruction {
  const Instruction& instruction;
  std::vector<Shape> operands;
  std::vector<ProgramShape> regions;
  Shape declared;

  void Change(Shape (*change)(const Shape&)) {
    for (Shape& operand : operands) operand = change(operand);
    for (ProgramShape& region : regions) {
      for (Shape& parameter : region.parameters) parameter = change(parameter);
      region.result = change(region.result);
    }
    declared = change(declared);
  }

  absl::Status Check() const {
    EQSAT_ASSIGN_OR_RETURN(Shape inferred, InferShape({.opcode = instruction.opcode,
                                                       .operands = operands,
                                                       .attributes = instruction.Attrs(),
                                                       .regions = regions,
                                                       .declared = &declared}));
    if (ShapesAgree(declared, inferred)) return absl::OkStatus();
    return base::InvalidArgument("the shape of %s is stated as %s, but must be %s",
                                 Name(instruction.opcode), declared.ToString(),
                                 inferred.ToString());
  }
};

// Does the op read the bits of its operand, so that their number matters?
bool ReadsBits(OpCode opcode) {
  return opcode == OpCode::kBitcast || opcode == OpCode::kBitcastConvert;
}

bool HasUnbounded(const Shape& shape) {
  return shape.IsArray() ? shape.HasUnboundedDimensions()
                         : std::ranges::any_of(shape.elements(), HasUnbounded);
}

}  // namespace

absl::Status CheckShape(const Module& module, const Computation& computation,
                        const Instruction& instruction, const VerifyOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckLayout(instruction.shape));
  const Attributes& attributes = instruction.Attrs();
  if (attributes.index() != GetOpInfo(instruction.opcode).attributes.index()) {
    return base::InvalidArgument("the attributes are not those of %s", Name(instruction.opcode));
  }
  if (options.bounded_sizes && HasUnbounded(instruction.shape)) {
    return base::InvalidArgument("the sizes of %s must be bounded", instruction.shape.ToString());
  }
  TypedInstruction typed{instruction, {}, module.RegionShapes(instruction), instruction.shape};
  for (InstructionId operand : instruction.operands)
    typed.operands.push_back(computation[operand].shape);
  absl::Status strict = typed.Check();
  if (strict.ok()) return strict;
  if (options.layouts == LayoutRule::kIgnored) {
    typed.Change([](const Shape& shape) { return shape.WithoutLayout(); });
    if (typed.Check().ok()) return absl::OkStatus();
  }
  if (!options.mixed_precision || ReadsBits(instruction.opcode)) return strict;
  typed.Change(WithoutPrecision);
  return typed.Check().ok() ? absl::OkStatus() : strict;
}

}  // namespace eqsat::ir
