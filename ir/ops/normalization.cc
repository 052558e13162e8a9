// Batch normalization over all dimensions but that of the features.
#include <cmath>

#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// Operand 0 is an array of floats, operands first … last are one number for each of its features;
// gives those numbers' shape.
absl::StatusOr<Shape> CheckFeatures(const OpContext& context, int64_t first, int64_t last) {
  int64_t feature = context.attr<BatchNormAttributes>().feature_index;
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 0, type_rules::kFloat));
  const Shape& operand = context.operands[0];
  if (feature < 0 || feature >= operand.rank()) {
    return OpError(context, "feature_index=%d is not a dimension of %s", feature,
                   operand.ToString());
  }
  const double epsilon = context.attr<BatchNormAttributes>().epsilon;
  if (!std::isfinite(epsilon)) return OpError(context, "epsilon=%g must be finite", epsilon);
  for (int64_t i = first; i <= last; ++i) {
    EQSAT_RETURN_IF_ERROR(ExpectElements(context, i, type_rules::kFloat));
    const Shape& shape = context.operands[i];
    if (shape.rank() == 1 && SizesAgree(shape.dimension(0), operand.dimension(feature))) continue;
    return OpError(context, "operand %d must have one element for each of %d features, but is %s",
                   i, operand.dimension(feature), shape.ToString());
  }
  return context.operands[first].WithoutLayout();
}

absl::StatusOr<Shape> InferTraining(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape features, CheckFeatures(context, 1, 2));
  return Shape::Tuple({context.operands[0].WithoutLayout(), features, features});
}

absl::StatusOr<Shape> InferInference(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(CheckFeatures(context, 1, 4).status());
  return context.operands[0].WithoutLayout();
}

absl::StatusOr<Shape> InferGrad(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape features, CheckFeatures(context, 1, 3));
  if (!ShapesAgreeUpToPrecision(context.operands[0], context.operands[4])) {
    return OpError(context, "the operand %s and the gradient %s must agree",
                   context.operands[0].ToString(), context.operands[4].ToString());
  }
  return Shape::Tuple({context.operands[0].WithoutLayout(), features, features});
}

// `per_element` flops for each element of the operand.
template <int per_element>
Work PerElementWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.flops = per_element * ElementsOf(context.operands[0]);
  return work;
}

}  // namespace

OpInfo DefinekBatchNormTraining() {
  return {.doc = "The operand normalized by its own mean and variance, and these two.",
          .attributes = BatchNormAttributes{},
          .infer = InferTraining,
          .work = PerElementWork<8>};
}

OpInfo DefinekBatchNormInference() {
  return {.doc = "The operand normalized by a given mean and variance.",
          .attributes = BatchNormAttributes{},
          .infer = InferInference,
          .work = PerElementWork<4>};
}

OpInfo DefinekBatchNormGrad() {
  return {.doc = "The gradients of batch-norm-training by its operand, scale and offset.",
          .attributes = BatchNormAttributes{},
          .infer = InferGrad,
          .work = PerElementWork<12>};
}

}  // namespace eqsat::ir
