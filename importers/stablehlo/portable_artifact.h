// Reads portable artifacts: StableHLO programs as bytecode that keeps its meaning for years.
#ifndef EQSAT_IMPORTERS_STABLEHLO_PORTABLE_ARTIFACT_H_
#define EQSAT_IMPORTERS_STABLEHLO_PORTABLE_ARTIFACT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::stablehlo {

// The same program as its StableHLO text gives, from an artifact of any version since 0.9.0. Errors
// begin "byte OFFSET: ", but for those that name an operation.
absl::StatusOr<mlir::Module> ReadPortableArtifact(std::string_view bytes);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_PORTABLE_ARTIFACT_H_
