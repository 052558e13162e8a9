// sort and topk.
#include <algorithm>
#include <cmath>

#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Shape> InferSort(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<SortAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const Shape& first = context.operands[0];
  if (dimensions.size() != 1 && first.rank() > 0)
    return OpError(context, "dimensions=%s must name one dimension", Braced(dimensions));
  if (first.rank() > 0) {
    EQSAT_RETURN_IF_ERROR(
        ExpectDistinctDimensions(context, "dimensions", dimensions, first.rank()));
  }
  EQSAT_RETURN_IF_ERROR(MergeDimensions(context, first.element_type(), context.operands).status());
  std::vector<Shape> results, compared;
  for (const Shape& operand : context.operands) {
    results.push_back(operand.WithoutLayout());
    compared.insert(compared.end(), 2, ScalarOf(operand));
  }
  Shape pred(ElementType::kPred, {});
  EQSAT_RETURN_IF_ERROR(ExpectRegion(context, 0, compared, &pred));
  return TupleUnlessSingle(std::move(results));
}

// Comparisons of a merge sort of `length` elements, for each of `total`.
double Comparisons(double total, int64_t length) {
  return length > 1 ? total * std::ceil(std::log2(static_cast<double>(length))) : 0;
}

Work SortWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  const DimensionVector& dimensions = context.attr<SortAttributes>().dimensions;
  const Shape& first = context.operands[0];
  int64_t length = dimensions.empty() || first.rank() == 0 ? 1 : first.dimension(dimensions[0]);
  work.flops = Comparisons(ElementsOf(first), length) * std::max(RegionFlops(region_flops, 0), 1.0);
  return work;
}

absl::StatusOr<Shape> InferTopK(const OpContext& context) {
  int64_t k = context.attr<TopKAttributes>().k;
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  const Shape& operand = context.operands[0];
  int64_t last = operand.rank() - 1;
  bool fits = last >= 0 && k >= 0 &&
              (operand.dimension(last) == Shape::kUnbounded || k <= operand.dimension(last));
  if (!fits) {
    return OpError(context, "k=%d does not fit the last dimension of %s", k, operand.ToString());
  }
  DimensionList result;
  for (int64_t d = 0; d < last; ++d) result.AddFrom(operand, d);
  result.Add(k);
  EQSAT_ASSIGN_OR_RETURN(Shape values, result.ToShape(operand.element_type()));
  return Shape::Tuple({values, ArrayLike(values, ElementType::kS32)});
}

// A heap of k: each element is compared with its least, some move down.
Work TopKWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  double elements = ElementsOf(context.operands[0]);
  work.flops =
      elements + Comparisons(ElementsOf(*context.declared), context.attr<TopKAttributes>().k);
  return work;
}

}  // namespace

OpInfo DefinekSort() {
  return {.doc = "The operands sorted together along one dimension by a called comparison.",
          .attributes = SortAttributes{},
          .regions = {{"to_apply"}},
          .infer = InferSort,
          .work = SortWork};
}

OpInfo DefinekTopk() {
  return {.doc = "The k largest or smallest elements of the last dimension and their indices.",
          .attributes = TopKAttributes{},
          .infer = InferTopK,
          .work = TopKWork};
}

}  // namespace eqsat::ir
