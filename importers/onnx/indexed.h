// Reading and writing at indices that are data.
#ifndef EQSAT_IMPORTERS_ONNX_INDEXED_H_
#define EQSAT_IMPORTERS_ONNX_INDEXED_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "importers/onnx/emitter.h"

namespace eqsat::importers::onnx {

// Slices of one element along `dim`: the dimensions of `indices`, none negative, replace it.
InstructionId Take(TensorEmitter& e, InstructionId data, InstructionId indices, int64_t dim);

// `data` with `updates` at index vectors: the last dimension of `vectors` names the first
// dimensions of `data`. Those outside are dropped. `reduction` says what becomes of an element and
// its update: none (the update), add, mul, max or min.
absl::StatusOr<InstructionId> ScatterAt(Emitter& e, InstructionId data, InstructionId vectors,
                                        InstructionId updates, std::string_view reduction);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_INDEXED_H_
