// Operations on quantized values, computed on what these stand for.
#ifndef EQSAT_IMPORTERS_STABLEHLO_QUANTIZATION_H_
#define EQSAT_IMPORTERS_STABLEHLO_QUANTIZATION_H_

#include "absl/status/status.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/emitter.h"

namespace eqsat::importers::stablehlo {

// HLO has no quantized types: a value is its storage numbers. Operations that only move elements
// act on these; others act on the expressed numbers, and their results are quantized again, as
// StableHLO's specification defines them. NotFound if no type of the operation is quantized or the
// operation acts on storage as it stands.
absl::Status TranslateQuantized(Emitter& emitter, const mlir::Operation& op);

// The numbers that `stored` stands for, in other storage.
InstructionId Requantized(Emitter& emitter, InstructionId stored, const mlir::Quantization& from,
                          const mlir::Quantization& to);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_QUANTIZATION_H_
