// Ops that run other computations: call, while, conditional, fusion.
#include <algorithm>

#include "ir/ops/aliasing.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The operands are the called computation's arguments, its result is the op's.
absl::StatusOr<Shape> InferCall(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, context.operands, nullptr));
  return context.regions[0].result.WithoutLayout();
}

absl::StatusOr<Shape> InferFusion(const OpContext& context) {
  // Operands without a parameter of their own are ignored.
  size_t count = std::min(context.operands.size(), context.regions[0].parameters.size());
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, context.operands.first(count), nullptr));
  Shape result = context.regions[0].result.WithoutLayout();
  EQSAT_RETURN_IF_ERROR(CheckAliases(context, result, context.operands,
                                     context.attr<FusionAttributes>().output_to_operand_aliasing,
                                     AliasLayouts::kAny));
  return result;
}

absl::StatusOr<Shape> InferWhile(const OpContext& context) {
  const Shape& state = context.operands[0];
  Shape pred(ElementType::kPred, {});
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, {state}, &pred));
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 1, {state}, &state));
  return state.WithoutLayout();
}

// A pred picks the first branch when true, the second when false; an s32 counts the branches, the
// last one standing for every other value.
absl::StatusOr<Shape> InferConditional(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  const Shape& selector = context.operands[0];
  size_t branches = context.regions.size();
  bool by_pred = selector.element_type() == ElementType::kPred && branches == 2;
  bool by_number = selector.element_type() == ElementType::kS32 && branches >= 1;
  if (!selector.IsScalar() || (!by_pred && !by_number)) {
    return OpError(context, "%s does not choose among %d branches", selector.ToString(), branches);
  }
  if (context.operands.size() != branches + 1) {
    return OpError(context, "takes one operand for each of %d branches, but has %d", branches,
                   context.operands.size() - 1);
  }
  const Shape& result = context.regions[0].result;
  for (size_t i = 0; i < branches; ++i)
    EQSAT_RETURN_IF_ERROR(ExpectRegion(context, i, {context.operands[i + 1]}, &result));
  return result.WithoutLayout();
}

// The dearest branch; operands and result move inside the branches.
Work ConditionalWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = NoWork(context, region_flops);
  for (double flops : region_flops) work.flops = std::max(work.flops, flops);
  return work;
}

// One turn: how many there are is not an op's to know. The state stays in place.
Work WhileWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = NoWork(context, region_flops);
  for (double flops : region_flops) work.flops += flops;
  return work;
}

}  // namespace

OpInfo DefinekCall() {
  return {.traits = Traits({OpTrait::kControl}),
          .doc = "The result of a computation on the operands.",
          .attributes = CallAttributes{},
          .regions = {{"to_apply"}},
          .infer = InferCall,
          .work = CallWork};
}

OpInfo DefinekWhile() {
  return {.traits = Traits({OpTrait::kControl}),
          .doc = "The operand changed by the body for as long as the condition holds of it.",
          .attributes = NoAttributes{},
          .regions = {{"condition"}, {"body"}},
          .infer = InferWhile,
          .work = WhileWork};
}

OpInfo DefinekConditional() {
  return {.traits = Traits({OpTrait::kControl}),
          .doc = "The result of the branch that the first operand picks, on that branch's operand.",
          .attributes = NoAttributes{},
          .regions = {{.name = "branch_computations", .is_list = true}},
          .infer = InferConditional,
          .work = ConditionalWork};
}

OpInfo DefinekFusion() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "A computation on the operands that is to be compiled as one kernel.",
          .attributes = FusionAttributes{},
          .regions = {{"calls"}},
          .infer = InferFusion,
          .work = CallWork};
}

}  // namespace eqsat::ir
