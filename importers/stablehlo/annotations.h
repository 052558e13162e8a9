// Locations and discardable attributes as an instruction's annotations.
#ifndef EQSAT_IMPORTERS_STABLEHLO_ANNOTATIONS_H_
#define EQSAT_IMPORTERS_STABLEHLO_ANNOTATIONS_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/emitter.h"
#include "ir/graph/annotations.h"

namespace eqsat::importers::stablehlo {

ir::OpMetadata MetadataOf(const mlir::Location& location);

// A sharding as text or as the bytes of its proto; nothing if it is neither.
std::optional<ir::Sharding> StatedSharding(const mlir::Attribute& attribute);

// `mhlo.sharding`, `sdy.sharding` by the meshes of `source`, and `mhlo.frontend_attributes`; false
// if there are none.
bool AnnotationsOf(const mlir::Module& source, const std::vector<mlir::NamedAttribute>& attributes,
                   ir::Annotations* notes);

// A loop's state grows by the values that its regions use from around it: their parts of a tuple's
// sharding are replicated.
void FitSharding(const ir::Shape& shape, ir::Sharding* sharding);

// The results as emitted fit the types that the operation states.
absl::Status CheckResults(Emitter& emitter, const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_ANNOTATIONS_H_
