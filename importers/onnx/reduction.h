// Softmax, which several families need.
#ifndef EQSAT_IMPORTERS_ONNX_REDUCTION_H_
#define EQSAT_IMPORTERS_ONNX_REDUCTION_H_

#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

InstructionId Softmax(TensorEmitter& e, InstructionId x, int64_t dim);
InstructionId LogSoftmax(TensorEmitter& e, InstructionId x, int64_t dim);
InstructionId ReduceMean(TensorEmitter& e, InstructionId x, const Sizes& dims, Keep keep);

// The position of the largest or smallest element along `dim`, which is kept with size 1; s64.
enum class Tie : uint8_t { kFirst, kLast };
InstructionId ArgExtreme(TensorEmitter& e, InstructionId x, int64_t dim, Direction better, Tie tie);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_REDUCTION_H_
