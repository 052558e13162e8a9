// Gathers, whose slice sizes may come from an attribute or from a constant operand.
#ifndef EQSAT_IMPORTERS_STABLEHLO_INDEXED_H_
#define EQSAT_IMPORTERS_STABLEHLO_INDEXED_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "ir/ops/attributes.h"

namespace eqsat::importers::stablehlo {

absl::StatusOr<ir::GatherAttributes> GatherAttributesOf(const mlir::Operation& op,
                                                        const std::vector<int64_t>& slice_sizes);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_INDEXED_H_
