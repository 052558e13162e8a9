#include "ir/ops/elementwise.h"

#include "ir/ops/shape_checks.h"

namespace eqsat::ir {

IndexedForm ElementwiseIndexing(const OpContext& context) {
  IndexedForm form;
  absl::Span<const int64_t> dimensions = context.declared->dimensions();
  form.parallel.assign(dimensions.begin(), dimensions.end());
  for (size_t i = 0; i < context.operands.size(); ++i) {
    OperandAccess access{.operand = static_cast<int64_t>(i)};
    if (!context.operands[i].IsScalar()) access.indices = IdentityIndices(context.declared->rank());
    form.accesses.push_back(std::move(access));
  }
  form.combiner = Combiner::kElementwise;
  return form;
}

IndexedForm CopyIndexing(const OpContext& context) {
  IndexedForm form = ElementwiseIndexing(context);
  form.combiner = Combiner::kFirst;
  return form;
}

absl::Status ExpectElements(const OpContext& context, int64_t i, const TypeRule& rule) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, i));
  const Shape& shape = context.operands[i];
  if (rule.accepts(shape.element_type())) return absl::OkStatus();
  return OpError(context, "the elements of operand %d must be %s, but it is %s", i,
                 rule.description, shape.ToString());
}

absl::StatusOr<Shape> InferSameShape(const OpContext& context, const TypeRule& rule) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 0, rule));
  ElementType type = context.operands[0].element_type();
  for (size_t i = 1; i < context.operands.size(); ++i) {
    if (context.operands[i].element_type() == type) continue;
    return OpError(context, "operands must have one element type, but operand 0 is %s and %d is %s",
                   context.operands[0].ToString(), i, context.operands[i].ToString());
  }
  return MergeDimensions(context, type, context.operands);
}

}  // namespace eqsat::ir
