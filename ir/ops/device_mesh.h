// Meshes of devices, and groups of devices along their axes, as ReplicaGroups::mesh holds them in
// XLA's text: `mesh['x'=2,'y'=4], device_ids=([2,4]T(1,0)) {'y':(1)2}`.
#ifndef EQSAT_IR_OPS_DEVICE_MESH_H_
#define EQSAT_IR_OPS_DEVICE_MESH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eqsat::ir {

// Clears `transpose`, the `T(1,0)` behind the sizes of devices, where it changes nothing.
// InvalidArgument unless it is empty or orders `rank` dimensions.
absl::Status SettleTranspose(size_t rank, std::vector<int64_t>* transpose);

// The numbers 0, 1, … as an array of the sizes `reshape`, its dimensions permuted by `transpose`
// (empty: as they are), row by row. XLA's iota tile assignment.
std::vector<int64_t> IotaDevices(const std::vector<int64_t>& reshape,
                                 const std::vector<int64_t>& transpose);

struct DeviceMesh {
  static constexpr size_t kMaxAxes = 256;
  static constexpr int64_t kMaxDevices = int64_t{1} << 20;

  struct Axis {
    std::string name;
    int64_t size = 1;
  };

  std::vector<Axis> axes;
  // The device at each place of the mesh, places being numbered row by row: listed, or by
  // IotaDevices. Both empty: in order.
  std::vector<int64_t> device_ids;
  std::vector<int64_t> iota_reshape;
  std::vector<int64_t> iota_transpose;

  std::string ToString() const;
  int64_t device_count() const;
  // At each place; in time and space those of the devices.
  std::vector<int64_t> Devices() const;
  // InvalidArgument beyond the limits, or if two axes have one name, the devices are not as many as
  // the axes have, or one is listed twice.
  absl::Status Check() const;
};

// An axis of a mesh. Where size is not 0, a part of it alone: the axis is divided into
// [before, size, rest].
struct MeshAxisRef {
  int64_t axis = 0;
  int64_t before = 1;
  int64_t size = 0;
};

// InvalidArgument if the mesh has no such axis or part.
absl::Status CheckAxisRef(const DeviceMesh& mesh, const MeshAxisRef& ref);

// The devices of a group differ in `axes`, of which the last varies fastest.
struct MeshGroups {
  DeviceMesh mesh;
  std::vector<MeshAxisRef> axes;

  // InvalidArgument if the text has another form or the checks below fail.
  static absl::StatusOr<MeshGroups> Parse(std::string_view text);
  std::string ToString() const;
  // InvalidArgument if the mesh is none, or the axes are not of it or share a part.
  absl::Status Check() const;

  int64_t group_size() const;
  // Time and space are those of the devices.
  std::vector<std::vector<int64_t>> Groups() const;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_DEVICE_MESH_H_
