// Conv, for its own operator and for quantized ones.
#ifndef EQSAT_IMPORTERS_ONNX_CONVOLUTION_H_
#define EQSAT_IMPORTERS_ONNX_CONVOLUTION_H_

#include "absl/status/statusor.h"
#include "importers/onnx/emitter.h"
#include "importers/onnx/node.h"

namespace eqsat::importers::onnx {

// The convolution that the node's attributes describe, of values in place of its inputs.
absl::StatusOr<InstructionId> ConvolutionOf(Emitter& e, const Node& node, InstructionId x,
                                            InstructionId kernel);

// x plus an entry of `bias` for each feature.
InstructionId AddBias(Emitter& e, InstructionId x, InstructionId bias);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_CONVOLUTION_H_
