// Groups of devices along the axes of a mesh.
#ifndef EQSAT_IMPORTERS_STABLEHLO_MESH_GROUPS_H_
#define EQSAT_IMPORTERS_STABLEHLO_MESH_GROUPS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "ir/ops/attribute_types.h"

namespace eqsat::importers::stablehlo {

// Of `#stablehlo.replica_group_mesh_axes<mesh = @m, axes = [#stablehlo.axis_ref<name = "x">]>` the
// parameters, where the mesh is given in place or an `sdy.mesh` of `source`.
absl::StatusOr<ir::ReplicaGroups> MeshGroups(const mlir::Module& source,
                                             const std::vector<mlir::NamedAttribute>& parameters);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_MESH_GROUPS_H_
