// convolution.
#include "ir/ops/precision_checks.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/window_geometry.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The positions of one array's dimensions, in one list.
DimensionVector Positions(int64_t first, int64_t second, const DimensionVector& spatial) {
  DimensionVector positions = {first, second};
  positions.insert(positions.end(), spatial.begin(), spatial.end());
  return positions;
}

absl::Status CheckLabels(const OpContext& context, const ConvolutionAttributes& attributes) {
  const ConvolutionDimensions& d = attributes.dim_labels;
  int64_t spatial = static_cast<int64_t>(d.input_spatial.size());
  if (d.kernel_spatial.size() != d.input_spatial.size() ||
      d.output_spatial.size() != d.input_spatial.size()) {
    return OpError(context,
                   "dim_labels give the input %d, kernel %d and output %d spatial dimensions",
                   d.input_spatial.size(), d.kernel_spatial.size(), d.output_spatial.size());
  }
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, spatial + 2));
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 1, spatial + 2));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(
      context, "input dim_labels", Positions(d.input_batch, d.input_feature, d.input_spatial),
      spatial + 2));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(
      context, "kernel dim_labels",
      Positions(d.kernel_input_feature, d.kernel_output_feature, d.kernel_spatial), spatial + 2));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(
      context, "output dim_labels", Positions(d.output_batch, d.output_feature, d.output_spatial),
      spatial + 2));
  return CheckWindow(context, attributes.window, spatial);
}

bool Divides(int64_t divisor, int64_t size) {
  return size == Shape::kUnbounded || size % divisor == 0;
}

absl::Status CheckGroups(const OpContext& context, const ConvolutionAttributes& attributes) {
  const ConvolutionDimensions& d = attributes.dim_labels;
  int64_t feature_groups = attributes.feature_group_count;
  int64_t batch_groups = attributes.batch_group_count;
  if (feature_groups < 1 || batch_groups < 1 || (feature_groups > 1 && batch_groups > 1)) {
    return OpError(context,
                   "feature_group_count=%d and batch_group_count=%d must be at least 1, one of "
                   "them 1",
                   feature_groups, batch_groups);
  }
  const Shape& input = context.operands[0];
  const Shape& kernel = context.operands[1];
  int64_t features = input.dimension(d.input_feature);
  int64_t kernel_features = kernel.dimension(d.kernel_input_feature);
  if (!Divides(feature_groups, features) ||
      (features != Shape::kUnbounded && !SizesAgree(features / feature_groups, kernel_features))) {
    return OpError(context, "the %d features of the input %s in %d groups do not fit the kernel %s",
                   features, input.ToString(), feature_groups, kernel.ToString());
  }
  int64_t outputs = kernel.dimension(d.kernel_output_feature);
  if (!Divides(feature_groups, outputs) || !Divides(batch_groups, outputs)) {
    return OpError(context, "the %d output features of the kernel %s are not %d equal groups",
                   outputs, kernel.ToString(), std::max(feature_groups, batch_groups));
  }
  int64_t batch = input.dimension(d.input_batch);
  if (!Divides(batch_groups, batch)) {
    return OpError(context, "the batch of %d of the input %s is not %d equal groups", batch,
                   input.ToString(), batch_groups);
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> InferConvolution(const OpContext& context) {
  const auto& attributes = context.attr<ConvolutionAttributes>();
  const ConvolutionDimensions& d = attributes.dim_labels;
  EQSAT_RETURN_IF_ERROR(CheckLabels(context, attributes));
  EQSAT_RETURN_IF_ERROR(CheckGroups(context, attributes));
  EQSAT_RETURN_IF_ERROR(CheckPackedNibbles(context, attributes.operand_precision));
  const Shape& input = context.operands[0];
  const Shape& kernel = context.operands[1];
  DimensionVector sizes(input.rank());
  absl::InlinedVector<bool, 4> dynamic(input.rank());
  auto set = [&](int64_t output, int64_t size, bool is_dynamic) {
    sizes[output] = size;
    dynamic[output] = is_dynamic || size == Shape::kUnbounded;
  };
  int64_t batch = input.dimension(d.input_batch);
  set(d.output_batch, batch == Shape::kUnbounded ? batch : batch / attributes.batch_group_count,
      input.is_dynamic(d.input_batch));
  set(d.output_feature, kernel.dimension(d.kernel_output_feature),
      kernel.is_dynamic(d.kernel_output_feature));
  for (size_t i = 0; i < attributes.window.size(); ++i) {
    const WindowDimension& window = attributes.window[i];
    if (!SizesAgree(window.size, kernel.dimension(d.kernel_spatial[i]))) {
      return OpError(context, "the window's size %d does not fit dimension %d of the kernel %s",
                     window.size, d.kernel_spatial[i], kernel.ToString());
    }
    EQSAT_ASSIGN_OR_RETURN(int64_t size,
                           InferWindowedSize(context, input.dimension(d.input_spatial[i]), window));
    set(d.output_spatial[i], size, input.is_dynamic(d.input_spatial[i]));
  }
  ElementType type = context.declared && context.declared->IsArray()
                         ? context.declared->element_type()
                         : input.element_type();
  return Shape::Make(type, sizes, dynamic);
}

// Of the output feature `o` the group is o floordiv (features a group); its input features, or its
// part of the input's batch, are the group's.
IndexedForm ConvolutionIndexing(const OpContext& context) {
  const auto& attributes = context.attr<ConvolutionAttributes>();
  const ConvolutionDimensions& d = attributes.dim_labels;
  const Shape& input = context.operands[0];
  const Shape& kernel = context.operands[1];
  const Shape& result = *context.declared;
  int64_t spatial = static_cast<int64_t>(attributes.window.size());
  IndexedForm form;
  form.parallel.assign(result.dimensions().begin(), result.dimensions().end());
  for (const WindowDimension& window : attributes.window) form.reduction.push_back(window.size);
  form.reduction.push_back(kernel.dimension(d.kernel_input_feature));
  form.combiner = Combiner::kDot;

  IndexExpr batch = IndexExpr::Dim(d.output_batch);
  IndexExpr output_feature = IndexExpr::Dim(d.output_feature);
  IndexExpr input_feature = IndexExpr::Dim(result.rank() + spatial);
  IndexExpr kernel_feature = input_feature;
  int64_t groups = std::max(attributes.feature_group_count, attributes.batch_group_count);
  if (groups > 1 && result.dimension(d.output_feature) > 0) {
    IndexExpr group = output_feature.FloorDiv(result.dimension(d.output_feature) / groups);
    if (attributes.feature_group_count > 1) {
      input_feature = group * kernel.dimension(d.kernel_input_feature) + input_feature;
    } else {
      batch = group * result.dimension(d.output_batch) + batch;
    }
  }

  // Window indices first, then each is put where its dimension is.
  OperandAccess lhs{.operand = 0};
  OperandAccess rhs{.operand = 1};
  rhs.indices.resize(kernel.rank());
  for (int64_t i = 0; i < spatial; ++i) {
    const WindowDimension& window = attributes.window[i];
    IndexExpr offset = IndexExpr::Dim(result.rank() + i);
    AppendWindowIndex(&lhs, window, IndexExpr::Dim(d.output_spatial[i]),
                      result.dimension(d.output_spatial[i]), offset,
                      input.dimension(d.input_spatial[i]));
    rhs.indices[d.kernel_spatial[i]] =
        window.window_reversal ? offset * -1 + IndexExpr::Constant(window.size - 1) : offset;
  }
  rhs.indices[d.kernel_input_feature] = kernel_feature;
  rhs.indices[d.kernel_output_feature] = output_feature;
  std::vector<IndexExpr> window_indices = std::move(lhs.indices);
  lhs.indices.assign(input.rank(), IndexExpr());
  for (int64_t i = 0; i < spatial; ++i) lhs.indices[d.input_spatial[i]] = window_indices[i];
  lhs.indices[d.input_batch] = batch;
  lhs.indices[d.input_feature] = input_feature;
  form.accesses = {std::move(lhs), std::move(rhs)};
  return form;
}

// A multiplication and an addition for each product, those with padding included.
Work ConvolutionWork(const OpContext& context, absl::Span<const double> region_flops) {
  const auto& attributes = context.attr<ConvolutionAttributes>();
  Work work = MovementWork(context, region_flops);
  int64_t features = context.operands[1].dimension(attributes.dim_labels.kernel_input_feature);
  work.flops =
      2 * ElementsOf(*context.declared) * static_cast<double>(std::max<int64_t>(features, 0));
  for (const WindowDimension& window : attributes.window)
    work.flops *= static_cast<double>(window.size);
  return work;
}

}  // namespace

OpInfo DefinekConvolution() {
  return {.doc = "Sums of products of a kernel and the parts of the input under a sliding window.",
          .attributes = ConvolutionAttributes{},
          .infer = InferConvolution,
          .indexing = ConvolutionIndexing,
          .work = ConvolutionWork};
}

}  // namespace eqsat::ir
