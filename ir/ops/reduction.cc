// Ops that fold elements with a called computation: reduce, reduce-window, select-and-scatter.
#include <algorithm>

#include "ir/ops/reducer.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/window_geometry.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// --- reduce --------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferReduce(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_ASSIGN_OR_RETURN(Shape common, CheckReducer(context));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, "dimensions", dimensions, common.rank()));
  DimensionList kept;
  for (int64_t d = 0; d < common.rank(); ++d)
    if (std::ranges::find(dimensions, d) == dimensions.end()) kept.AddFrom(common, d);
  return ReducerResult(context, kept);
}

IndexedForm ReduceIndexing(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  const Shape& input = context.operands[0];
  IndexedForm form = ReducerForm(context);
  int64_t next_parallel = 0;
  int64_t next_reduction = static_cast<int64_t>(form.parallel.size());
  std::vector<IndexExpr> indices;
  for (int64_t d = 0; d < input.rank(); ++d) {
    bool reduced = std::ranges::find(dimensions, d) != dimensions.end();
    indices.push_back(IndexExpr::Dim(reduced ? next_reduction++ : next_parallel++));
    if (reduced) form.reduction.push_back(input.dimension(d));
  }
  for (size_t i = 0; i < context.operands.size() / 2; ++i) form.accesses[i].indices = indices;
  return form;
}

// Each element but one of every group costs a call.
Work ReduceWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  double calls = ElementsOf(context.operands[0]) - ElementsOf(*context.declared);
  work.flops = std::max(calls, 0.0) * RegionFlops(region_flops, 0);
  return work;
}

// --- reduce-window -------------------------------------------------------------------------------

absl::StatusOr<Shape> InferReduceWindow(const OpContext& context) {
  const Window& window = context.attr<WindowAttributes>().window;
  EQSAT_ASSIGN_OR_RETURN(Shape common, CheckReducer(context));
  EQSAT_RETURN_IF_ERROR(CheckWindow(context, window, common.rank()));
  DimensionList places;
  for (int64_t d = 0; d < common.rank(); ++d) {
    EQSAT_ASSIGN_OR_RETURN(int64_t size,
                           InferWindowedSize(context, common.dimension(d), window[d]));
    places.Add(size, common.is_dynamic(d));
  }
  return ReducerResult(context, places);
}

IndexedForm ReduceWindowIndexing(const OpContext& context) {
  const Window& window = context.attr<WindowAttributes>().window;
  const Shape& input = context.operands[0];
  IndexedForm form = ReducerForm(context);
  OperandAccess access;
  for (int64_t d = 0; d < input.rank(); ++d) {
    form.reduction.push_back(window[d].size);
    AppendWindowIndex(&access, window[d], IndexExpr::Dim(d), form.parallel[d],
                      IndexExpr::Dim(input.rank() + d), input.dimension(d));
  }
  for (size_t i = 0; i < context.operands.size() / 2; ++i) {
    form.accesses[i].indices = access.indices;
    form.accesses[i].guards = access.guards;
  }
  return form;
}

double WindowElements(const Window& window) {
  double elements = 1;
  for (const WindowDimension& w : window) elements *= static_cast<double>(w.size);
  return elements;
}

Work ReduceWindowWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  double elements = WindowElements(context.attr<WindowAttributes>().window);
  work.flops = ElementsOf(*context.declared) * (elements - 1) * RegionFlops(region_flops, 0);
  return work;
}

// --- select-and-scatter --------------------------------------------------------------------------

absl::StatusOr<Shape> InferSelectAndScatter(const OpContext& context) {
  const Window& window = context.attr<WindowAttributes>().window;
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const Shape& operand = context.operands[0];
  const Shape& source = context.operands[1];
  Shape scalar = ScalarOf(operand);
  Shape pred(ElementType::kPred, {});
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, {scalar, scalar}, &pred));
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 1, {scalar, scalar}, &scalar));
  EQSAT_RETURN_IF_ERROR(CheckWindow(context, window, operand.rank()));
  if (!ShapesAgreeUpToPrecision(context.operands[2], scalar)) {
    return OpError(context, "the initial value must be %s, but is %s", scalar.ToString(),
                   context.operands[2].ToString());
  }
  DimensionList places;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    EQSAT_ASSIGN_OR_RETURN(int64_t size,
                           InferWindowedSize(context, operand.dimension(d), window[d]));
    places.Add(size);
  }
  EQSAT_ASSIGN_OR_RETURN(Shape expected, places.ToShape(operand.element_type()));
  if (!ShapesAgreeUpToPrecision(source, expected)) {
    return OpError(context, "the source must be %s, one element a window, but is %s",
                   expected.ToString(), source.ToString());
  }
  return operand.WithoutLayout();
}

// Each window is searched and one element of it updated.
Work SelectAndScatterWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  double windows = ElementsOf(context.operands[1]);
  double elements = WindowElements(context.attr<WindowAttributes>().window);
  work.flops =
      windows * ((elements - 1) * RegionFlops(region_flops, 0) + RegionFlops(region_flops, 1));
  return work;
}

}  // namespace

OpInfo DefinekReduce() {
  return {.doc = "The elements along some dimensions folded into one, from an initial value on.",
          .attributes = DimensionsAttributes{},
          .regions = {{"to_apply"}},
          .infer = InferReduce,
          .indexing = ReduceIndexing,
          .work = ReduceWork};
}

OpInfo DefinekReduceWindow() {
  return {.doc = "The elements under each place of a window folded into one.",
          .attributes = WindowAttributes{},
          .regions = {{"to_apply"}},
          .infer = InferReduceWindow,
          .indexing = ReduceWindowIndexing,
          .work = ReduceWindowWork};
}

OpInfo DefinekSelectAndScatter() {
  return {
      .doc = "Each source element folded into the one element that a search of its window selects.",
      .attributes = WindowAttributes{},
      .regions = {{"select"}, {"scatter"}},
      .infer = InferSelectAndScatter,
      .work = SelectAndScatterWork};
}

}  // namespace eqsat::ir
