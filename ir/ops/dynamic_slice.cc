// Ops on a block of an array whose start is known only at run time.
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The operands from `first` on give the start: one integer scalar for each dimension of `array`, or
// all in one vector.
absl::Status CheckStart(const OpContext& context, size_t first, const Shape& array) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, first));
  absl::Span<const Shape> start = context.operands.subspan(first);
  if (start.size() == 1 && start[0].IsArray() && start[0].rank() == 1 &&
      IsInteger(start[0].element_type()) && SizesAgree(start[0].dimension(0), array.rank()))
    return absl::OkStatus();
  if (static_cast<int64_t>(start.size()) != array.rank()) {
    return OpError(context, "takes a start index for each dimension of %s, but has %d",
                   array.ToString(), start.size());
  }
  for (size_t d = 0; d < start.size(); ++d) {
    if (!start[d].IsScalar() || !IsInteger(start[d].element_type())) {
      return OpError(context, "start index %d must be an integer scalar, but is %s", d,
                     start[d].ToString());
    }
    if (start[d].element_type() != start[0].element_type()) {
      return OpError(context, "start indices must have one type, but index 0 is %s and %d is %s",
                     start[0].ToString(), d, start[d].ToString());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> InferDynamicSlice(const OpContext& context) {
  const DimensionVector& sizes = context.attr<DynamicSliceAttributes>().dynamic_slice_sizes;
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, static_cast<int64_t>(sizes.size())));
  const Shape& operand = context.operands[0];
  EQSAT_RETURN_IF_ERROR(CheckStart(context, 1, operand));
  DimensionList result;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    bool within = operand.dimension(d) == Shape::kUnbounded || sizes[d] <= operand.dimension(d);
    if (sizes[d] < 0 || !within) {
      return OpError(context, "the slice size %d does not fit dimension %d of %s", sizes[d], d,
                     operand.ToString());
    }
    result.Add(sizes[d], operand.is_dynamic(d) && sizes[d] == operand.dimension(d));
  }
  return result.ToShape(operand.element_type());
}

// Of the operand only what is taken is read.
Work DynamicSliceWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.bytes_read[0] = work.bytes_written;
  return work;
}

absl::StatusOr<Shape> InferDynamicUpdateSlice(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  const Shape& operand = context.operands[0];
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 1, operand.rank()));
  const Shape& update = context.operands[1];
  EQSAT_RETURN_IF_ERROR(CheckStart(context, 2, operand));
  bool fits = update.element_type() == operand.element_type();
  for (int64_t d = 0; fits && d < operand.rank(); ++d) {
    fits = update.dimension(d) <= operand.dimension(d) || operand.dimension(d) == Shape::kUnbounded;
  }
  if (!fits) {
    return OpError(context, "the update %s does not fit the operand %s", update.ToString(),
                   operand.ToString());
  }
  return operand.WithoutLayout();
}

// The rest of the operand stays in place.
Work DynamicUpdateSliceWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.bytes_read[0] = 0;
  work.bytes_written = work.bytes_read[1];
  return work;
}

}  // namespace

OpInfo DefinekDynamicSlice() {
  return {.traits = Traits({OpTrait::kMovement}),
          .doc = "A block of given size whose start, moved to fit, is known only at run time.",
          .attributes = DynamicSliceAttributes{},
          .infer = InferDynamicSlice,
          .work = DynamicSliceWork};
}

OpInfo DefinekDynamicUpdateSlice() {
  return {.traits = Traits({OpTrait::kMovement}),
          .doc = "The operand with a block, its start moved to fit, replaced by the update.",
          .attributes = NoAttributes{},
          .infer = InferDynamicUpdateSlice,
          .work = DynamicUpdateSliceWork};
}

}  // namespace eqsat::ir
