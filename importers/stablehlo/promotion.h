// Reductions whose regions compute in a wider type than the operands have: StableHLO converts
// these.
#ifndef EQSAT_IMPORTERS_STABLEHLO_PROMOTION_H_
#define EQSAT_IMPORTERS_STABLEHLO_PROMOTION_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/stablehlo/emitter.h"

namespace eqsat::importers::stablehlo {

// An error unless region `index` folds scalars of the types of the results' elements: both of its
// arguments for each result, and what it gives.
absl::Status CheckReducer(const mlir::Module& source, const mlir::Operation& op, size_t index = 0);

// `values` in the element types of the results, in turn: first operands, then initial values or
// updates. An error where a type cannot be promoted: it is of another kind or wider.
absl::StatusOr<std::vector<InstructionId>> Promoted(Emitter& e, const mlir::Operation& op,
                                                    absl::Span<const mlir::ValueId> values);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_PROMOTION_H_
