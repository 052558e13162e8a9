// scan and map: a called computation on each element or slice.
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// --- map -----------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferMap(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  std::vector<Shape> scalars;
  for (const Shape& operand : context.operands) scalars.push_back(ScalarOf(operand));
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, scalars, nullptr));
  const Shape& result = context.regions[0].result;
  if (!result.IsScalar())
    return OpError(context, "computation 0 must give a scalar, but gives %s", result.ToString());
  EQSAT_ASSIGN_OR_RETURN(Shape shape,
                         MergeDimensions(context, result.element_type(), context.operands));
  bool all = dimensions.empty() || static_cast<int64_t>(dimensions.size()) == shape.rank();
  for (size_t i = 0; all && i < dimensions.size(); ++i)
    all = dimensions[i] == static_cast<int64_t>(i);
  if (all) return shape;
  return OpError(context, "dimensions=%s must be all of %s in order", Braced(dimensions),
                 shape.ToString());
}

Work MapWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.flops = ElementsOf(*context.declared) * RegionFlops(region_flops, 0);
  return work;
}

// --- scan ----------------------------------------------------------------------------------------

// `array` without dimension `d`.
absl::StatusOr<Shape> SliceAcross(const Shape& array, int64_t d) {
  DimensionList slice;
  for (int64_t i = 0; i < array.rank(); ++i)
    if (i != d) slice.AddFrom(array, i);
  return slice.ToShape(array.element_type());
}

// `count` slices side by side along a new dimension `d`.
absl::StatusOr<Shape> Stack(const OpContext& context, const Shape& slice, int64_t d,
                            int64_t count) {
  if (!slice.IsArray() || d > slice.rank()) {
    return OpError(context, "computation 0 gives %s, which does not stack along dimension %d",
                   slice.ToString(), d);
  }
  DimensionList stacked;
  for (int64_t i = 0; i <= slice.rank(); ++i) {
    if (i == d) stacked.Add(count);
    if (i < slice.rank()) stacked.AddFrom(slice, i);
  }
  return stacked.ToShape(slice.element_type());
}

// Operands: inputs, then initial carries. The computation takes a slice of each input and the
// carries, and gives a slice of each output and the next carries.
absl::StatusOr<Shape> InferScan(const OpContext& context) {
  const auto& attributes = context.attr<ScanAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  int64_t operands = static_cast<int64_t>(context.operands.size());
  int64_t carries = attributes.num_carries;
  if (carries < 0 || carries >= operands) {
    return OpError(context, "num_carries=%d must leave at least one input of %d operands", carries,
                   operands);
  }
  if (attributes.dimensions.size() != 1) {
    return OpError(context, "dimensions=%s must name one dimension", Braced(attributes.dimensions));
  }
  int64_t d = attributes.dimensions[0];
  std::vector<Shape> parameters;
  for (int64_t i = 0; i < operands - carries; ++i) {
    const Shape& input = context.operands[i];
    EQSAT_RETURN_IF_ERROR(
        ExpectDistinctDimensions(context, "dimensions", attributes.dimensions, input.rank()));
    if (!SizesAgree(input.dimension(d), context.operands[0].dimension(d))) {
      return OpError(context, "inputs %s and %s differ in dimension %d",
                     context.operands[0].ToString(), input.ToString(), d);
    }
    EQSAT_ASSIGN_OR_RETURN(Shape slice, SliceAcross(input, d));
    parameters.push_back(std::move(slice));
  }
  for (int64_t i = operands - carries; i < operands; ++i) parameters.push_back(context.operands[i]);
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, parameters, nullptr));
  const Shape& step = context.regions[0].result;
  int64_t results = static_cast<int64_t>(step.elements().size());
  if (!step.IsTuple() || results < carries) {
    return OpError(context, "computation 0 must give a tuple that ends in %d carries, but gives %s",
                   carries, step.ToString());
  }
  std::vector<Shape> result;
  for (int64_t i = 0; i < results - carries; ++i) {
    EQSAT_ASSIGN_OR_RETURN(Shape output,
                           Stack(context, step.element(i), d, context.operands[0].dimension(d)));
    result.push_back(std::move(output));
  }
  for (int64_t i = 0; i < carries; ++i) {
    const Shape& initial = context.operands[operands - carries + i];
    const Shape& next = step.element(results - carries + i);
    if (!ShapesAgreeUpToPrecision(initial, next)) {
      return OpError(context, "carry %d starts as %s, but computation 0 gives %s", i,
                     initial.ToString(), next.ToString());
    }
    result.push_back(next.WithoutLayout());
  }
  return Shape::Tuple(std::move(result));
}

Work ScanWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  int64_t steps = context.operands[0].dimension(context.attr<ScanAttributes>().dimensions[0]);
  work.flops = static_cast<double>(std::max<int64_t>(steps, 0)) * RegionFlops(region_flops, 0);
  return work;
}

}  // namespace

OpInfo DefinekMap() {
  return {.doc = "A called computation applied to each element of the operands.",
          .attributes = DimensionsAttributes{},
          .regions = {{"to_apply"}},
          .infer = InferMap,
          .work = MapWork};
}

OpInfo DefinekScan() {
  return {
      .doc =
          "A called computation applied to each slice along a dimension in turn, handing carries "
          "on.",
      .attributes = ScanAttributes{},
      .regions = {{"to_apply"}},
      .infer = InferScan,
      .work = ScanWork};
}

}  // namespace eqsat::ir
