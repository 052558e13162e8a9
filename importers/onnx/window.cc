#include "importers/onnx/window.h"

#include <algorithm>
#include <string>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::onnx {
namespace {

// Sizes in the file are bounded so that sums of a few of them do not overflow.
constexpr int64_t kMaxSize = int64_t{1} << 40;

bool InRange(const Sizes& values, int64_t low) {
  return std::ranges::all_of(values, [low](int64_t v) { return v >= low && v <= kMaxSize; });
}

// As many windows as strides fit into the input; what is missing is padded, the odd element at the
// end (`upper`) or at the beginning.
void PadToSame(int64_t input, bool upper, ir::WindowDimension* d) {
  const int64_t count = (input + d->stride - 1) / d->stride;
  const int64_t total = std::max<int64_t>((count - 1) * d->stride + Extent(*d) - input, 0);
  d->padding_low = upper ? total / 2 : total - total / 2;
  d->padding_high = total - d->padding_low;
}

// One more window, which begins inside the input or the padding before it but ends beyond.
void RoundUp(int64_t input, ir::WindowDimension* d) {
  const int64_t span = input + d->padding_low + d->padding_high - Extent(*d);
  if (span < 0 || span % d->stride == 0) return;
  const int64_t start = (span / d->stride + 1) * d->stride;
  if (start >= input + d->padding_low) return;
  d->padding_high += d->stride - span % d->stride;
}

}  // namespace

absl::Status ExpectSpatial(const TensorEmitter& e, InstructionId x) {
  if (e.rank(x) > kSpatialDims) return absl::OkStatus();
  return base::InvalidArgument("%s has no spatial dimensions", e.shape(x).ToString());
}

Sizes SpatialSizes(const TensorEmitter& e, InstructionId x) {
  Sizes sizes = e.sizes(x);
  sizes.erase(sizes.begin(), sizes.begin() + std::min<int64_t>(kSpatialDims, e.rank(x)));
  return sizes;
}

int64_t OutputSize(const ir::WindowDimension& d, int64_t input) {
  const int64_t span = input + d.padding_low + d.padding_high - Extent(d);
  return span < 0 ? 0 : span / d.stride + 1;
}

absl::StatusOr<ir::Window> WindowOf(const Node& node, const Sizes& input, const Sizes& kernel) {
  const size_t rank = input.size();
  const Sizes strides = node.Ints("strides", rank, 1), dilations = node.Ints("dilations", rank, 1);
  const Sizes pads = node.Ints("pads", 2 * rank, 0);
  if (kernel.size() != rank || strides.size() != rank || dilations.size() != rank ||
      pads.size() != 2 * rank || !InRange(strides, 1) || !InRange(dilations, 1) ||
      !InRange(kernel, 1) || !InRange(pads, -kMaxSize)) {
    return base::InvalidArgument(
        "a kernel of [%s], strides of [%s], dilations of [%s] and pads of [%s] for %d dimensions",
        base::Join(kernel, ","), base::Join(strides, ","), base::Join(dilations, ","),
        base::Join(pads, ","), rank);
  }
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  const bool same = auto_pad.starts_with("SAME_");
  ir::Window window(rank);
  for (size_t i = 0; i < rank; ++i) {
    ir::WindowDimension& d = window[i];
    d.size = kernel[i];
    d.stride = strides[i];
    d.window_dilation = dilations[i];
    if (dilations[i] > kMaxSize / kernel[i]) {
      return base::InvalidArgument("a kernel of %d, dilated by %d", kernel[i], dilations[i]);
    }
    d.padding_low = auto_pad == "VALID" ? 0 : pads[i];
    d.padding_high = auto_pad == "VALID" ? 0 : pads[rank + i];
    if (same) PadToSame(input[i], auto_pad == "SAME_UPPER", &d);
    if (node.Flag("ceil_mode", false) && !same) RoundUp(input[i], &d);
  }
  return window;
}

ir::Window WithBatchAndFeature(const ir::Window& window) {
  ir::Window out(kSpatialDims);
  out.insert(out.end(), window.begin(), window.end());
  return out;
}

InstructionId Convolve(TensorEmitter& e, InstructionId x, InstructionId kernel, ir::Window window,
                       int64_t groups) {
  ir::ConvolutionAttributes attributes;
  ir::ConvolutionDimensions& dims = attributes.dim_labels;
  dims.input_feature = dims.output_feature = dims.kernel_input_feature = 1;
  for (size_t i = 0; i < window.size(); ++i) {
    const auto dim = static_cast<int64_t>(i) + kSpatialDims;
    dims.input_spatial.push_back(dim);
    dims.kernel_spatial.push_back(dim);
    dims.output_spatial.push_back(dim);
  }
  attributes.window = std::move(window);
  attributes.feature_group_count = groups;
  return e.Add(OpCode::kConvolution, {x, kernel}, std::move(attributes));
}

}  // namespace eqsat::importers::onnx
