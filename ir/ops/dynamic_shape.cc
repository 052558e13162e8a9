// Ops on the sizes of dynamic dimensions.
#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The one dimension that the attributes name.
absl::StatusOr<int64_t> OneDimension(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  if (dimensions.size() != 1)
    return OpError(context, "dimensions=%s must name one dimension", Braced(dimensions));
  EQSAT_RETURN_IF_ERROR(
      ExpectDistinctDimensions(context, "dimensions", dimensions, context.operands[0].rank()));
  return dimensions[0];
}

absl::StatusOr<Shape> InferGetDimensionSize(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(OneDimension(context).status());
  return Shape(ElementType::kS32, {});
}

absl::StatusOr<Shape> InferSetDimensionSize(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, OneDimension(context));
  const Shape& operand = context.operands[0];
  const Shape& size = context.operands[1];
  if (!size.IsScalar() || size.element_type() != ElementType::kS32)
    return OpError(context, "the size must be s32[], but is %s", size.ToString());
  DimensionList result;
  for (int64_t d = 0; d < operand.rank(); ++d)
    result.Add(operand.dimension(d), operand.is_dynamic(d) || d == dimension);
  return result.ToShape(operand.element_type());
}

absl::StatusOr<Shape> InferDynamicReshape(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& operand = context.operands[0];
  if (operand.element_type() != declared.element_type()) {
    return OpError(context, "the operand %s and the result %s differ in element type",
                   operand.ToString(), declared.ToString());
  }
  for (size_t i = 1; i < context.operands.size(); ++i)
    EQSAT_RETURN_IF_ERROR(ExpectElements(context, static_cast<int64_t>(i), type_rules::kInteger));
  if (static_cast<int64_t>(context.operands.size()) != declared.rank() + 1) {
    return OpError(context, "takes a size for each dimension of %s, but has %d",
                   declared.ToString(), context.operands.size() - 1);
  }
  return declared;
}

}  // namespace

OpInfo DefinekGetDimensionSize() {
  return {.doc = "The number of elements that a dimension really has.",
          .attributes = DimensionsAttributes{},
          .infer = InferGetDimensionSize,
          .work = NoWork};
}

OpInfo DefinekSetDimensionSize() {
  return {.doc = "The operand with a dimension that really has as many elements as stated.",
          .attributes = DimensionsAttributes{},
          .infer = InferSetDimensionSize,
          .work = NoWork};
}

OpInfo DefinekDynamicReshape() {
  return {
      .traits = Traits({OpTrait::kMovement, OpTrait::kShapeDeclared}),
      .doc = "The operand's elements in row-major order under dimensions known only at run time.",
      .attributes = NoAttributes{},
      .infer = InferDynamicReshape,
      .work = MovementWork};
}

}  // namespace eqsat::ir
