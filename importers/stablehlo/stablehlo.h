// Turns StableHLO into HLO as XLA's own translation does.
#ifndef EQSAT_IMPORTERS_STABLEHLO_STABLEHLO_H_
#define EQSAT_IMPORTERS_STABLEHLO_STABLEHLO_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// One program for each part between lines `// -----`; where a part has no function `main` but
// several that take no arguments, one for each of these. Errors begin "LINE:COLUMN: ".
absl::StatusOr<std::vector<ir::Module>> ParseStableHloText(std::string_view text);

// The programs of one module, however it was read: that of `main`; else of each public function
// without arguments; else of the first function. Operations of StableHLO, CHLO and MHLO.
//
// Assertions of the `check` dialect become custom calls with the target "check.expect_…", whose
// operands are the actual and the expected value and whose tolerance is in the backend config.
absl::StatusOr<std::vector<ir::Module>> TranslateStableHlo(mlir::Module module);

// The module as text. Operations of StableHLO, and of CHLO and XLA's custom calls where it lacks
// one; fusions are inlined, asynchronous operations done at once, bitcasts and tuples taken apart.
// Layouts, but for those of custom calls, schedules, control dependencies and what else HLO says of
// how to compute are left out. Reading the text back gives a module that computes the same, and
// writing that one the same text. An error names the instruction that StableHLO has no form for.
absl::StatusOr<std::string> PrintStableHlo(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_STABLEHLO_STABLEHLO_H_
