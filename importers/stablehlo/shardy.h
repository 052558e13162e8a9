// Shardy's dialect: meshes of devices, shardings by their axes, groups along them.
#ifndef EQSAT_IMPORTERS_STABLEHLO_SHARDY_H_
#define EQSAT_IMPORTERS_STABLEHLO_SHARDY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/emitter.h"
#include "ir/graph/annotations.h"
#include "ir/ops/attribute_types.h"

namespace eqsat::importers::stablehlo {

// Of `#stablehlo.replica_group_mesh_axes<mesh = @m, axes = [#stablehlo.axis_ref<name = "x">]>` the
// parameters, where the mesh is given in place or an `sdy.mesh` of `source`.
absl::StatusOr<ir::ReplicaGroups> MeshGroups(const mlir::Module& source,
                                             const std::vector<mlir::NamedAttribute>& parameters);

// As XLA's translation has it, the attribute `sdy.sharding` becomes a sharding by tiles and, in its
// own words, the frontend attribute `xla.sdy.sharding`. False if there is none. Words that name no
// sharding of a mesh of `source` are kept without tiles.
bool ShardyAnnotations(const mlir::Module& source,
                       const std::vector<mlir::NamedAttribute>& attributes, ir::Annotations* notes);

// The meshes as the module's frontend attribute `xla.sdy.meshes`; nothing without any.
void AddMeshes(const mlir::Module& source, ir::FrontendAttributes* attributes);

// A function's result of the attributes given, in the custom call xla.sdy.FuncResultSharding if
// they have `sdy.sharding`.
InstructionId WithResultSharding(Emitter& e, const std::vector<mlir::NamedAttribute>& attributes,
                                 InstructionId result);

// `sdy.sharding_constraint` is the custom call Sharding.
absl::Status ShardingConstraint(Emitter& e, const mlir::Operation& op);

// The body of `sdy.manual_computation` runs on each device alone: a call of it stands between
// custom calls that take each device its part of the operands and put those of the results
// together.
absl::Status ManualComputation(Emitter& e, const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_SHARDY_H_
