// dot, scaled-dot and ragged-dot: sums of products over contracting dimensions.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/precision_checks.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The dimensions of one side by their roles.
struct Side {
  const Shape& shape;
  absl::Span<const int64_t> batch;
  absl::Span<const int64_t> contracting;
  absl::Span<const int64_t> group = {};  // ragged-dot's rhs

  bool IsFree(int64_t d) const {
    return !absl::c_linear_search(batch, d) && !absl::c_linear_search(contracting, d) &&
           !absl::c_linear_search(group, d);
  }
  DimensionVector FreeDimensions() const {
    DimensionVector dimensions;
    for (int64_t d = 0; d < shape.rank(); ++d)
      if (IsFree(d)) dimensions.push_back(d);
    return dimensions;
  }
};

template <typename DotLike>
Side Lhs(const OpContext& context, const DotLike& attributes) {
  return {context.operands[0], attributes.lhs_batch_dims, attributes.lhs_contracting_dims};
}
template <typename DotLike>
Side Rhs(const OpContext& context, const DotLike& attributes) {
  return {context.operands[1], attributes.rhs_batch_dims, attributes.rhs_contracting_dims};
}

absl::Status CheckRoles(const OpContext& context, std::string_view name, const Side& side) {
  std::vector<int64_t> all(side.batch.begin(), side.batch.end());
  all.insert(all.end(), side.contracting.begin(), side.contracting.end());
  all.insert(all.end(), side.group.begin(), side.group.end());
  return ExpectDistinctDimensions(context, name, all, side.shape.rank());
}

absl::Status CheckPairs(const OpContext& context, std::string_view role, const Side& lhs,
                        absl::Span<const int64_t> lhs_dims, const Side& rhs,
                        absl::Span<const int64_t> rhs_dims) {
  if (lhs_dims.size() != rhs_dims.size()) {
    return OpError(context, "%s dimensions %s of the left and %s of the right differ in number",
                   role, Braced(lhs_dims), Braced(rhs_dims));
  }
  for (size_t i = 0; i < lhs_dims.size(); ++i) {
    if (SizesAgree(lhs.shape.dimension(lhs_dims[i]), rhs.shape.dimension(rhs_dims[i]))) continue;
    return OpError(context, "%s dimensions %d of %s and %d of %s differ in size", role, lhs_dims[i],
                   lhs.shape.ToString(), rhs_dims[i], rhs.shape.ToString());
  }
  return absl::OkStatus();
}

absl::Status CheckDot(const OpContext& context, const Side& lhs, const Side& rhs) {
  EQSAT_RETURN_IF_ERROR(CheckRoles(context, "batch and contracting dimensions of the left", lhs));
  EQSAT_RETURN_IF_ERROR(CheckRoles(context, "batch and contracting dimensions of the right", rhs));
  EQSAT_RETURN_IF_ERROR(CheckPairs(context, "batch", lhs, lhs.batch, rhs, rhs.batch));
  return CheckPairs(context, "contracting", lhs, lhs.contracting, rhs, rhs.contracting);
}

// Text may ask for a wider result than the operands are; otherwise it is of the wider operand.
ElementType ResultType(const OpContext& context) {
  if (context.declared && context.declared->IsArray()) return context.declared->element_type();
  ElementType lhs = context.operands[0].element_type();
  ElementType rhs = context.operands[1].element_type();
  return BitWidth(rhs) > BitWidth(lhs) ? rhs : lhs;
}

void AddDotDimensions(const Side& lhs, const Side& rhs, DimensionList* result) {
  for (int64_t d : lhs.batch) result->AddFrom(lhs.shape, d);
  for (int64_t d : lhs.FreeDimensions()) result->AddFrom(lhs.shape, d);
  for (int64_t d : rhs.FreeDimensions()) result->AddFrom(rhs.shape, d);
}

// --- dot -----------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferDot(const OpContext& context) {
  if (context.operands.size() != 2)
    return OpError(context, "takes 2 operands, but has %d", context.operands.size());
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const auto& attributes = context.attr<DotAttributes>();
  Side lhs = Lhs(context, attributes);
  Side rhs = Rhs(context, attributes);
  EQSAT_RETURN_IF_ERROR(CheckDot(context, lhs, rhs));
  EQSAT_RETURN_IF_ERROR(CheckPackedNibbles(context, attributes.operand_precision));
  DimensionList result;
  AddDotDimensions(lhs, rhs, &result);
  return result.ToShape(ResultType(context));
}

// Result dimensions: batch, free left, free right; `first_free` is where this side's free ones
// start.
OperandAccess DotAccess(int64_t operand, const Side& side, int64_t first_free, int64_t rank) {
  OperandAccess access{.operand = operand};
  access.indices.resize(side.shape.rank());
  for (size_t i = 0; i < side.batch.size(); ++i)
    access.indices[side.batch[i]] = IndexExpr::Dim(static_cast<int64_t>(i));
  for (int64_t d : side.FreeDimensions()) access.indices[d] = IndexExpr::Dim(first_free++);
  for (size_t i = 0; i < side.contracting.size(); ++i)
    access.indices[side.contracting[i]] = IndexExpr::Dim(rank + static_cast<int64_t>(i));
  return access;
}

IndexedForm DotIndexing(const OpContext& context) {
  const auto& attributes = context.attr<DotAttributes>();
  Side lhs = Lhs(context, attributes);
  Side rhs = Rhs(context, attributes);
  int64_t rank = context.declared->rank();
  int64_t rhs_free = static_cast<int64_t>(rhs.FreeDimensions().size());
  IndexedForm form;
  form.parallel.assign(context.declared->dimensions().begin(),
                       context.declared->dimensions().end());
  for (int64_t d : lhs.contracting) form.reduction.push_back(lhs.shape.dimension(d));
  form.accesses.push_back(DotAccess(0, lhs, static_cast<int64_t>(lhs.batch.size()), rank));
  form.accesses.push_back(DotAccess(1, rhs, rank - rhs_free, rank));
  form.combiner = Combiner::kDot;
  return form;
}

// A multiplication and an addition for each product.
template <typename DotLike>
Work DotWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  Side lhs = Lhs(context, context.attr<DotLike>());
  work.flops = 2 * ElementsOf(*context.declared);
  for (int64_t d : lhs.contracting)
    work.flops *= static_cast<double>(std::max<int64_t>(lhs.shape.dimension(d), 0));
  return work;
}

// --- scaled-dot ----------------------------------------------------------------------------------

// A scale is a scalar or divides its side into equal blocks.
absl::Status CheckScale(const OpContext& context, int64_t scale, const Shape& side) {
  const Shape& shape = context.operands[scale];
  if (shape.IsScalar()) return absl::OkStatus();
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, scale, side.rank()));
  for (int64_t d = 0; d < side.rank(); ++d) {
    int64_t blocks = shape.dimension(d);
    if (blocks == side.dimension(d) || (blocks > 0 && side.dimension(d) % blocks == 0)) continue;
    return OpError(context,
                   "dimension %d of %s should be a multiple of dimension %d of its scale %s", d,
                   side.ToString(), d, shape.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> InferScaledDot(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const auto& attributes = context.attr<DotAttributes>();
  Side lhs = Lhs(context, attributes);
  Side rhs = Rhs(context, attributes);
  EQSAT_RETURN_IF_ERROR(CheckDot(context, lhs, rhs));
  EQSAT_RETURN_IF_ERROR(CheckScale(context, 2, lhs.shape));
  EQSAT_RETURN_IF_ERROR(CheckScale(context, 3, rhs.shape));
  if (context.operands[2].IsScalar() && context.operands[3].IsScalar()) {
    return OpError(context, "one scale at least must be an array, but they are %s and %s",
                   context.operands[2].ToString(), context.operands[3].ToString());
  }
  DimensionList result;
  AddDotDimensions(lhs, rhs, &result);
  return result.ToShape(ResultType(context));
}

// --- ragged-dot ----------------------------------------------------------------------------------

// Group sizes are one list for all, or one for each place along the left's dimensions outside of
// the ragged one: the batches, and the free or contracting ones before it.
absl::Status CheckGroupSizes(const OpContext& context, const Side& lhs, int64_t ragged) {
  const Shape& groups = context.operands[2];
  if (groups.rank() == 1) return absl::OkStatus();
  DimensionVector outside;
  auto add_until_ragged = [&](absl::Span<const int64_t> dims) {
    for (int64_t d : dims) {
      if (d == ragged) return;
      outside.push_back(lhs.shape.dimension(d));
    }
  };
  add_until_ragged(lhs.batch);
  if (absl::c_linear_search(lhs.contracting, ragged)) add_until_ragged(lhs.contracting);
  if (lhs.IsFree(ragged)) add_until_ragged(lhs.FreeDimensions());
  bool fits = groups.rank() == static_cast<int64_t>(outside.size()) + 1;
  for (size_t i = 0; fits && i < outside.size(); ++i) {
    fits = SizesAgree(groups.dimension(static_cast<int64_t>(i)), outside[i]);
  }
  if (fits) return absl::OkStatus();
  return OpError(context, "the group sizes %s are not one list for each of %s", groups.ToString(),
                 Braced(outside));
}

// What the one ragged dimension of the left is decides where groups are: in a free dimension the
// right has a group dimension; in a contracting one the result has; in a batch one neither.
absl::StatusOr<Shape> InferRaggedDot(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const auto& attributes = context.attr<RaggedDotAttributes>();
  Side lhs = Lhs(context, attributes);
  Side rhs = Rhs(context, attributes);
  rhs.group = attributes.rhs_group_dims;
  EQSAT_RETURN_IF_ERROR(CheckDot(context, lhs, rhs));
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, 2, type_rules::kInteger));
  const Shape& groups = context.operands[2];
  if (attributes.lhs_ragged_dims.size() != 1 || groups.rank() < 1) {
    return OpError(context, "lhs_ragged_dims=%s must name one dimension, and %s its group sizes",
                   Braced(attributes.lhs_ragged_dims), groups.ToString());
  }
  int64_t ragged = attributes.lhs_ragged_dims[0];
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, "lhs_ragged_dims",
                                                 attributes.lhs_ragged_dims, lhs.shape.rank()));
  bool free = lhs.IsFree(ragged);
  if (rhs.group.size() != (free ? 1u : 0u)) {
    return OpError(context, "rhs_group_dims=%s must name %d dimensions", Braced(rhs.group),
                   free ? 1 : 0);
  }
  int64_t count = groups.dimension(groups.rank() - 1);
  if (free && !SizesAgree(rhs.shape.dimension(rhs.group[0]), count)) {
    return OpError(context, "the group dimension %d of %s does not fit the group sizes %s",
                   rhs.group[0], rhs.shape.ToString(), groups.ToString());
  }
  EQSAT_RETURN_IF_ERROR(CheckGroupSizes(context, lhs, ragged));
  DimensionList result;
  if (absl::c_linear_search(lhs.contracting, ragged)) result.Add(count);
  AddDotDimensions(lhs, rhs, &result);
  return result.ToShape(ResultType(context));
}

}  // namespace

OpInfo DefinekDot() {
  return {.doc = "Sums of products over the contracting dimensions, for each batch index.",
          .attributes = DotAttributes{},
          .infer = InferDot,
          .indexing = DotIndexing,
          .work = DotWork<DotAttributes>};
}

OpInfo DefinekScaledDot() {
  return {.doc = "A dot of operands that are multiplied by block-wise scales first.",
          .attributes = DotAttributes{},
          .infer = InferScaledDot,
          .work = DotWork<DotAttributes>};
}

OpInfo DefinekRaggedDot() {
  return {.doc = "A dot in which groups of consecutive indices of one dimension stay apart.",
          .attributes = RaggedDotAttributes{},
          .infer = InferRaggedDot,
          .work = DotWork<RaggedDotAttributes>};
}

}  // namespace eqsat::ir
