// The windows of convolutions and pools: an entry for each spatial dimension.
#ifndef EQSAT_IMPORTERS_ONNX_WINDOW_H_
#define EQSAT_IMPORTERS_ONNX_WINDOW_H_

#include "absl/status/statusor.h"
#include "importers/onnx/node.h"
#include "importers/onnx/tensor_emitter.h"
#include "ir/ops/attribute_types.h"

namespace eqsat::importers::onnx {

// Batch and feature, which come first and have no window.
constexpr int64_t kSpatialDims = 2;

// From strides, dilations, pads, auto_pad and ceil_mode; `input` are the spatial sizes. The padding
// after the last element may be more than the node says where sizes are rounded up.
absl::StatusOr<ir::Window> WindowOf(const Node& node, const Sizes& input, const Sizes& kernel);

// An error unless x has spatial dimensions.
absl::Status ExpectSpatial(const TensorEmitter& e, InstructionId x);
Sizes SpatialSizes(const TensorEmitter& e, InstructionId x);

// Elements from the first to the last that one window touches.
inline int64_t Extent(const ir::WindowDimension& d) { return (d.size - 1) * d.window_dilation + 1; }
// How many windows fit.
int64_t OutputSize(const ir::WindowDimension& d, int64_t input);

// The same window, with batch and feature in front.
ir::Window WithBatchAndFeature(const ir::Window& window);

// N C spatial… by O I spatial… to N O spatial…
InstructionId Convolve(TensorEmitter& e, InstructionId x, InstructionId kernel, ir::Window window,
                       int64_t groups);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_WINDOW_H_
