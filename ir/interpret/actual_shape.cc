#include "ir/interpret/actual_shape.h"

#include <algorithm>
#include <vector>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

absl::Status UnknownSize(const Shape& shape) {
  return base::Unimplemented("%s has a dimension whose size cannot be told here", shape.ToString());
}

Shape Resized(const Shape& shape, const DimensionVector& sizes) {
  return Shape(shape.element_type(), sizes);
}

absl::StatusOr<Shape> ActualBroadcast(const Instruction& instruction, const Shape& operand) {
  const Shape& shape = instruction.shape;
  const DimensionVector& dimensions = instruction.attr<DimensionsAttributes>().dimensions;
  DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  std::vector<bool> known(shape.rank());
  for (size_t i = 0; i < dimensions.size(); ++i) {
    sizes[dimensions[i]] = operand.dimension(static_cast<int64_t>(i));
    known[dimensions[i]] = true;
  }
  for (int64_t d = 0; d < shape.rank(); ++d)
    if (shape.is_dynamic(d) && !known[d]) return UnknownSize(shape);
  return Resized(shape, sizes);
}

// The one dynamic dimension takes what the others leave of the elements.
absl::StatusOr<Shape> ActualReshape(const Instruction& instruction, const Shape& operand) {
  const Shape& shape = instruction.shape;
  int64_t unknown = instruction.attr<ReshapeAttributes>().inferred_dimension;
  for (int64_t d = 0; d < shape.rank(); ++d) {
    if (!shape.is_dynamic(d) || d == unknown) continue;
    if (unknown >= 0) return UnknownSize(shape);
    unknown = d;
  }
  if (unknown < 0) {
    if (operand.ElementCount() == shape.ElementCount()) return shape;
    return base::InvalidArgument("%s has not as many elements as %s", operand.ToString(),
                                 shape.ToString());
  }
  int64_t rest = 1;
  for (int64_t d = 0; d < shape.rank(); ++d)
    if (d != unknown) rest *= shape.dimension(d);
  if (rest == 0 || operand.ElementCount() % rest != 0) return UnknownSize(shape);
  DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  sizes[unknown] = operand.ElementCount() / rest;
  return Resized(shape, sizes);
}

// Scalars go with every element; the others must have as many.
absl::StatusOr<Shape> ActualElementwise(const Instruction& instruction,
                                        absl::Span<const Literal> operands) {
  const Literal* sized = &operands[0];
  for (const Literal& operand : operands) {
    if (operand.shape().rank() == 0) continue;
    if (sized->shape().rank() != 0 && !Shape::SameDimensions(sized->shape(), operand.shape())) {
      return base::InvalidArgument("the operands really are %s and %s", sized->shape().ToString(),
                                   operand.shape().ToString());
    }
    sized = &operand;
  }
  Shape shape = sized->shape().WithoutLayout().WithElementType(instruction.shape.element_type());
  if (IsActualShapeOf(shape, instruction.shape)) return shape;
  return base::InvalidArgument("the value is %s, but the stated shape is %s", shape.ToString(),
                               instruction.shape.ToString());
}

// Ops whose result has the size that they or the computations they call give it.
bool ChoosesSize(const OpInfo& info) {
  switch (info.opcode) {
    case OpCode::kSetDimensionSize:
    case OpCode::kDynamicReshape:
    case OpCode::kConstant:
    case OpCode::kCall:
    case OpCode::kFusion:
    case OpCode::kCustomCall:
    case OpCode::kAsyncStart:
    case OpCode::kAsyncUpdate:
    case OpCode::kAsyncDone:
      return true;
    default:
      return info.Has(OpTrait::kControl);
  }
}

}  // namespace

bool IsActualShapeOf(const Shape& actual, const Shape& declared) {
  if (!declared.IsArray() || !actual.IsArray()) {
    if (!declared.IsTuple() || !actual.IsTuple()) return Shape::Compatible(actual, declared);
    return std::ranges::equal(actual.elements(), declared.elements(), IsActualShapeOf);
  }
  if (actual.element_type() != declared.element_type() || actual.rank() != declared.rank())
    return false;
  for (int64_t d = 0; d < actual.rank(); ++d) {
    const int64_t bound = declared.dimension(d);
    const bool smaller =
        declared.is_dynamic(d) && (bound == Shape::kUnbounded || actual.dimension(d) < bound);
    if (actual.dimension(d) != bound && !smaller) return false;
  }
  return true;
}

bool IsDynamic(const Shape& shape) {
  return shape.IsArray() ? shape.HasDynamicDimensions()
                         : std::ranges::any_of(shape.elements(), IsDynamic);
}

absl::StatusOr<Shape> ActualShape(const Module& module, const Instruction& instruction,
                                  absl::Span<const Literal> operands) {
  const Shape& declared = instruction.shape;
  const OpInfo& info = GetOpInfo(instruction.opcode);
  if (ChoosesSize(info)) return declared;
  if (operands.empty()) return UnknownSize(declared);
  const Shape& first = operands[0].shape();
  if (instruction.opcode == OpCode::kBroadcast) return ActualBroadcast(instruction, first);
  if (instruction.opcode == OpCode::kReshape) return ActualReshape(instruction, first);
  if (info.Has(OpTrait::kElementwise) && declared.IsArray())
    return ActualElementwise(instruction, operands);
  std::vector<Shape> shapes;
  for (const Literal& operand : operands) shapes.push_back(operand.shape());
  const std::vector<ProgramShape> regions = module.RegionShapes(instruction);
  EQSAT_ASSIGN_OR_RETURN(Shape shape, InferShape({.opcode = instruction.opcode,
                                                  .operands = shapes,
                                                  .attributes = instruction.Attrs(),
                                                  .regions = regions,
                                                  .declared = &declared}));
  if (IsDynamic(shape)) return UnknownSize(declared);
  if (IsActualShapeOf(shape, declared)) return shape;
  return base::InvalidArgument("the value is %s, but the stated shape is %s", shape.ToString(),
                               declared.ToString());
}

}  // namespace eqsat::ir
