// custom-call.
#include "ir/ops/aliasing.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Shape> InferCustomCall(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  EQSAT_RETURN_IF_ERROR(
      CheckAliases(context, declared, context.operands,
                   context.attr<CustomCallAttributes>().output_to_operand_aliasing));
  return declared;
}

}  // namespace

OpInfo DefinekCustomCall() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "The result of code outside the program, found by its name.",
          .attributes = CustomCallAttributes{},
          .regions = {{.name = "called_computations",
                       .presence = Presence::kOptional,
                       .is_list = true}},
          .infer = InferCustomCall,
          .work = MovementWork};
}

}  // namespace eqsat::ir
