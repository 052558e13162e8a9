// Turns a program of VHLO into one of StableHLO.
#ifndef EQSAT_IMPORTERS_STABLEHLO_VHLO_UPGRADE_H_
#define EQSAT_IMPORTERS_STABLEHLO_VHLO_UPGRADE_H_

#include "absl/status/status.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::stablehlo {

// `vhlo.dot_general_v2` becomes `stablehlo.dot_general`, and so on for each operation of VHLO of
// any version; `func_v1`, `call_v1` and its `return_v1` become func's. VHLO states every attribute,
// one for each number: here those that say nothing go, and parts become the attributes that
// StableHLO makes of them. Operations of other dialects stay as they are.
absl::Status UpgradeVhlo(mlir::Module& module);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_VHLO_UPGRADE_H_
