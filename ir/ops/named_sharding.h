// Shardings by the axes of a mesh, as Sharding::named holds them in XLA's text:
// `mesh['x'=2,'y'=2], [{'x', ?}, {}], replicated={'y'}`, or `maximal_mesh[device_id=1]`.
#ifndef EQSAT_IR_OPS_NAMED_SHARDING_H_
#define EQSAT_IR_OPS_NAMED_SHARDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::ir {

struct NamedSharding {
  // The axes by which a dimension is divided, the first outermost. An open one, `{'x', ?}`, may be
  // divided further.
  struct Dimension {
    std::vector<MeshAxisRef> axes;
    bool is_closed = true;
  };

  std::optional<int64_t> maximal_device;  // the one device that has everything; no mesh then
  DeviceMesh mesh;
  std::vector<Dimension> dimensions;
  std::vector<MeshAxisRef> replicated;
  std::vector<MeshAxisRef> unreduced;
  std::string unreduced_kind;  // `max` of `unreduced=max{'x'}`; empty for sums
  std::vector<MeshAxisRef> manual;

  // Reads the sharding at the front of `text` and moves `text` behind it and what separates it from
  // what follows. InvalidArgument if there is none or Check fails.
  static absl::StatusOr<NamedSharding> Consume(std::string_view* text);
  std::string ToString() const;
  // InvalidArgument if the mesh is none, or axes are not of it or share a part.
  absl::Status Check() const;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_NAMED_SHARDING_H_
