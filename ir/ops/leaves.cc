// Ops without operands.
#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Shape> InferConstant(const OpContext& context) {
  const Shape& shape = context.attr<ConstantAttributes>().literal.shape();
  if (context.declared == nullptr || ShapesAgree(shape, *context.declared))
    return shape.WithoutLayout();
  return OpError(context, "the literal is %s, but the result is declared %s", shape.ToString(),
                 context.declared->ToString());
}

absl::StatusOr<Shape> InferIota(const OpContext& context) {
  int64_t dimension = context.attr<IotaAttributes>().iota_dimension;
  EQSAT_ASSIGN_OR_RETURN(Shape shape, RequireDeclaredArray(context));
  if (shape.element_type() == ElementType::kPred)
    return OpError(context, "the result must be of numbers, but is %s", shape.ToString());
  if (dimension < 0 || dimension >= shape.rank()) {
    return OpError(context, "iota_dimension=%d is not a dimension of %s", dimension,
                   shape.ToString());
  }
  return shape;
}

IndexedForm IotaIndexing(const OpContext& context) {
  IndexedForm form = ElementwiseIndexing(context);
  form.combiner = Combiner::kIndex;
  form.index = IndexExpr::Dim(context.attr<IotaAttributes>().iota_dimension);
  return form;
}

absl::StatusOr<Shape> InferDeviceNumber(const OpContext&) { return Shape(ElementType::kU32, {}); }

absl::StatusOr<Shape> InferRngState(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, RequireDeclaredArray(context));
  Shape state(ElementType::kU64, {2});
  if (ShapesAgree(shape, state)) return shape;
  return OpError(context, "the state must be %s, but is declared %s", state.ToString(),
                 shape.ToString());
}

OpInfo DeviceNumber(std::string_view doc) {
  return {.doc = doc, .attributes = NoAttributes{}, .infer = InferDeviceNumber, .work = NoWork};
}

}  // namespace

OpInfo DefinekParameter() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "An argument of the computation.",
          .attributes = ParameterAttributes{},
          .infer = RequireDeclared,
          .work = NoWork};
}

OpInfo DefinekConstant() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "A literal value.",
          .attributes = ConstantAttributes{},
          .infer = InferConstant,
          .work = NoWork};
}

OpInfo DefinekIota() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "Each element is its own index along one dimension.",
          .attributes = IotaAttributes{},
          .infer = InferIota,
          .indexing = IotaIndexing,
          .work = MovementWork};
}

OpInfo DefinekReplicaId() { return DeviceNumber("The number of the replica that runs."); }
OpInfo DefinekPartitionId() { return DeviceNumber("The number of the partition that runs."); }

OpInfo DefinekRngGetAndUpdateState() {
  return {.traits = Traits({OpTrait::kShapeDeclared, OpTrait::kSideEffect}),
          .doc = "The state of the module's random number generator, which then moves on.",
          .attributes = RngStateAttributes{},
          .infer = InferRngState,
          .work = MovementWork};
}

}  // namespace eqsat::ir
