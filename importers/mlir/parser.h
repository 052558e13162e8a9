// Reads MLIR text: StableHLO, CHLO, MHLO and the few ops of other dialects around them.
#ifndef EQSAT_IMPORTERS_MLIR_PARSER_H_
#define EQSAT_IMPORTERS_MLIR_PARSER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// One module for each part between lines `// -----`; parts without operations are left out. Any
// operation may stand in its generic form, those of StableHLO also in their own. Errors begin
// "LINE:COLUMN: ".
absl::StatusOr<std::vector<Module>> ParseText(std::string_view text);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_PARSER_H_
