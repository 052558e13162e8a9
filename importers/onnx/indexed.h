// Reading at indices that are data.
#ifndef EQSAT_IMPORTERS_ONNX_INDEXED_H_
#define EQSAT_IMPORTERS_ONNX_INDEXED_H_

#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// Slices of one element along `dim`: the dimensions of `indices`, none negative, replace it.
InstructionId Take(TensorEmitter& e, InstructionId data, InstructionId indices, int64_t dim);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_INDEXED_H_
