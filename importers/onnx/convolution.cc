#include "importers/onnx/convolution.h"

#include <algorithm>

#include "importers/onnx/op_table.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

absl::Status Conv(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId result,
                         ConvolutionOf(e, node, e.Input(node, 0), e.Input(node, 1)));
  e.Return(node, AddBias(e, result, e.InputIf(node, 2)));
  return absl::OkStatus();
}

// The kernel I (O/groups) spatial… of a transposed convolution as O (I/groups) spatial…
InstructionId TransposedKernel(Emitter& e, InstructionId kernel, int64_t groups) {
  const Sizes from = e.sizes(kernel);
  Sizes apart = {groups, from[0] / groups};
  apart.insert(apart.end(), from.begin() + 1, from.end());
  Sizes order = {0, 2, 1}, joint = {groups * from[1], from[0] / groups};
  for (size_t i = 3; i < apart.size(); ++i) order.push_back(static_cast<int64_t>(i));
  joint.insert(joint.end(), from.begin() + 2, from.end());
  return e.Reshape(e.Transpose(e.Reshape(kernel, apart), order), joint);
}

// Padding that a stated output size leaves, or that the node states.
absl::Status SettleTransposedPadding(const Node& node, const Sizes& input, ir::Window* window) {
  const size_t rank = input.size();
  const Sizes extra = node.Ints("output_padding", rank, 0);
  const std::optional<Sizes> stated = node.Ints("output_shape");
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  const bool same = auto_pad.starts_with("SAME_");
  if (extra.size() != rank || (stated && stated->size() != rank)) {
    return base::InvalidArgument("output_padding or output_shape has not %d entries", rank);
  }
  for (size_t i = 0; i < rank; ++i) {
    ir::WindowDimension& d = (*window)[i];
    if (stated || same) {
      const int64_t output = stated ? (*stated)[i] : input[i] * d.stride;
      const int64_t total = d.stride * (input[i] - 1) + extra[i] + Extent(d) - output;
      // Downwards: outputs may be larger than what the kernel reaches.
      const int64_t half = (total - (total < 0 ? 1 : 0)) / 2;
      d.padding_low = auto_pad == "SAME_UPPER" ? half : total - half;
      d.padding_high = total - d.padding_low;
    }
    // As a convolution of the input with gaps between its elements.
    const int64_t reach = Extent(d) - 1;
    d.padding_low = reach - d.padding_low;
    d.padding_high = reach - d.padding_high + extra[i];
    d.base_dilation = d.stride;
    d.stride = 1;
    d.window_reversal = true;
  }
  return absl::OkStatus();
}

absl::Status ConvTranspose(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0), kernel = e.Input(node, 1);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, kernel));
  const int64_t groups = node.Int("group", 1);
  if (groups < 1 || e.size(kernel, 0) % groups != 0) {
    return base::InvalidArgument("%d groups of the kernel %s", groups, e.shape(kernel).ToString());
  }
  const Sizes input = SpatialSizes(e, x);
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, WindowOf(node, input, SpatialSizes(e, kernel)));
  EQSAT_RETURN_IF_ERROR(SettleTransposedPadding(node, input, &window));
  InstructionId result =
      Convolve(e, x, TransposedKernel(e, kernel, groups), std::move(window), groups);
  e.Return(node, AddBias(e, result, e.InputIf(node, 2)));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ConvolutionOps() {
  static constexpr OpEntry kEntries[] = {
      {"Conv", 2, 3, Conv},
      {"ConvTranspose", 2, 3, ConvTranspose},
  };
  return kEntries;
}

absl::StatusOr<InstructionId> ConvolutionOf(Emitter& e, const Node& node, InstructionId x,
                                            InstructionId kernel) {
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, kernel));
  EQSAT_ASSIGN_OR_RETURN(ir::Window window,
                         WindowOf(node, SpatialSizes(e, x), SpatialSizes(e, kernel)));
  return Convolve(e, x, kernel, std::move(window), node.Int("group", 1));
}

InstructionId AddBias(Emitter& e, InstructionId x, InstructionId bias) {
  if (!bias.valid() || !e.Ok(x)) return x;
  return e.AddTo(x, e.Along(bias, 1, e.rank(x)));
}

}  // namespace eqsat::importers::onnx
