// What StableHLO's specification demands of quantized types.
#ifndef EQSAT_IMPORTERS_STABLEHLO_QUANTIZED_TYPES_H_
#define EQSAT_IMPORTERS_STABLEHLO_QUANTIZED_TYPES_H_

#include "absl/status/status.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::stablehlo {

// Null unless the type, or that of its elements, is quantized.
const mlir::Quantization* QuantizationOf(const mlir::Type& type);

// An error unless the quantized types of the operands and results are possible in themselves
// (scales within the expressed type, zero points within the storage's bounds, one of each for every
// place along a quantized dimension) and fit each other as the operation's constraints say.
absl::Status VerifyQuantizedTypes(const mlir::Module& source, const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_QUANTIZED_TYPES_H_
