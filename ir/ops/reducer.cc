#include "ir/ops/reducer.h"

namespace eqsat::ir {

absl::Status ExpectFold(const OpContext& context, absl::Span<const Shape> accumulators) {
  std::vector<Shape> parameters(accumulators.begin(), accumulators.end());
  parameters.insert(parameters.end(), accumulators.begin(), accumulators.end());
  Shape result = TupleUnlessSingle({accumulators.begin(), accumulators.end()});
  // A fold of one value may be written as a tuple of one.
  bool tuple_of_one =
      accumulators.size() == 1 && !context.regions.empty() && context.regions[0].result.IsTuple();
  if (tuple_of_one) result = Shape::Tuple({accumulators[0]});
  return ExpectRegion(context, 0, parameters, &result);
}

absl::StatusOr<Shape> CheckReducer(const OpContext& context) {
  size_t count = context.operands.size() / 2;
  if (count == 0 || context.operands.size() % 2 != 0) {
    return OpError(context, "takes as many initial values as inputs, but has %d operands",
                   context.operands.size());
  }
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  std::vector<Shape> accumulators;
  for (size_t i = 0; i < count; ++i) {
    Shape scalar = ScalarOf(context.operands[i]);
    const Shape& initial = context.operands[count + i];
    if (!ShapesAgreeUpToPrecision(initial, scalar)) {
      return OpError(context, "initial value %d must be %s, but is %s", i, scalar.ToString(),
                     initial.ToString());
    }
    accumulators.push_back(std::move(scalar));
  }
  EQSAT_RETURN_IF_ERROR(ExpectFold(context, accumulators));
  return MergeDimensions(context, context.operands[0].element_type(),
                         context.operands.first(count));
}

absl::StatusOr<Shape> ReducerResult(const OpContext& context, const DimensionList& dimensions) {
  const Shape& folded = context.regions[0].result;
  if (!folded.IsTuple()) return dimensions.ToShape(folded.element_type());
  std::vector<Shape> results;
  for (const Shape& element : folded.elements()) {
    EQSAT_ASSIGN_OR_RETURN(Shape shape, dimensions.ToShape(element.element_type()));
    results.push_back(std::move(shape));
  }
  return Shape::Tuple(std::move(results));
}

IndexedForm ReducerForm(const OpContext& context) {
  const Shape& result =
      context.declared->IsTuple() ? context.declared->element(0) : *context.declared;
  IndexedForm form;
  form.parallel.assign(result.dimensions().begin(), result.dimensions().end());
  for (size_t i = 0; i < context.operands.size(); ++i)
    form.accesses.push_back({.operand = static_cast<int64_t>(i)});
  form.combiner = Combiner::kReduce;
  return form;
}

}  // namespace eqsat::ir
