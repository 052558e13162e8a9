#include "importers/stablehlo/portable_artifact.h"

#include "importers/mlir/bytecode_reader.h"
#include "importers/stablehlo/sdy_bytecode.h"
#include "importers/stablehlo/vhlo_bytecode.h"
#include "importers/stablehlo/vhlo_upgrade.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {

absl::StatusOr<mlir::Module> ReadPortableArtifact(std::string_view bytes) {
  const VhloBytecode vhlo;
  const SdyBytecode sdy;
  EQSAT_ASSIGN_OR_RETURN(mlir::Module module, mlir::ReadBytecode(bytes, {&vhlo, &sdy}));
  EQSAT_RETURN_IF_ERROR(UpgradeVhlo(module));
  return module;
}

}  // namespace eqsat::importers::stablehlo
