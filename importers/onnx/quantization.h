// Numbers stored as small integers or floats with a scale and a zero point.
#ifndef EQSAT_IMPORTERS_ONNX_QUANTIZATION_H_
#define EQSAT_IMPORTERS_ONNX_QUANTIZATION_H_

#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// round(x / scale) + zero point, within the range of `type`. Scale and zero point (which may be
// invalid: 0) have the type and the sizes that x needs.
InstructionId Quantize(TensorEmitter& e, InstructionId x, InstructionId scale,
                       InstructionId zero_point, ir::ElementType type);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_QUANTIZATION_H_
