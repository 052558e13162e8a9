#include "ir/interpret/device_groups.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "ir/base/status.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::ir {
namespace {

using Groups = std::vector<std::vector<int64_t>>;

// [2,3]<=[3,2]T(1,0): the devices in rows of a group each.
absl::StatusOr<Groups> ExpandIota(const ReplicaGroups& iota, int64_t limit) {
  const std::vector<int64_t>& sizes =
      iota.iota_reshape.empty() ? iota.iota_dimensions : iota.iota_reshape;
  const int64_t row = iota.iota_dimensions.back();
  int64_t count = 1;
  for (int64_t size : sizes) count = std::min(count * size, limit + 1);
  if (count > limit || row < 1 ||
      (!iota.iota_transpose.empty() && iota.iota_transpose.size() != sizes.size())) {
    return base::InvalidArgument("the replica groups do not fit %d devices", limit);
  }
  const std::vector<int64_t> devices = IotaDevices(sizes, iota.iota_transpose);
  Groups groups;
  for (int64_t i = 0; i < count; ++i) {
    if (i % row == 0) groups.emplace_back();
    groups.back().push_back(devices[i]);
  }
  return groups;
}

absl::StatusOr<Groups> ExpandMesh(const std::string& text, int64_t limit) {
  EQSAT_ASSIGN_OR_RETURN(const MeshGroups groups, MeshGroups::Parse(text));
  if (groups.mesh.device_count() > limit) {
    return base::InvalidArgument("%s has more than %d devices", text, limit);
  }
  return groups.Groups();
}

int64_t IdOf(const Device& device, GroupMode mode) {
  switch (mode) {
    case GroupMode::kReplicas:
    case GroupMode::kReplicasAllPartitions:
      return device.replica();
    case GroupMode::kPartitions:
      return device.partition();
    case GroupMode::kDevices:
      return device.index();
  }
  return 0;
}

int64_t CountOfIds(const DeviceGrid& grid, GroupMode mode) {
  switch (mode) {
    case GroupMode::kReplicas:
    case GroupMode::kReplicasAllPartitions:
      return grid.replicas();
    case GroupMode::kPartitions:
      return grid.partitions();
    case GroupMode::kDevices:
      return grid.size();
  }
  return 0;
}

// The device's group by the numbers of the mode; empty if it is in none.
absl::StatusOr<std::vector<int64_t>> IdsOf(const Device& device, const ReplicaGroups& groups,
                                           GroupMode mode) {
  const int64_t count = CountOfIds(device.grid(), mode);
  EQSAT_ASSIGN_OR_RETURN(const Groups listed, ListGroups(groups, count));
  if (listed.empty() || (listed.size() == 1 && listed[0].empty())) {
    std::vector<int64_t> all(count);
    std::iota(all.begin(), all.end(), int64_t{0});
    return all;
  }
  for (const std::vector<int64_t>& group : listed) {
    if (std::ranges::find(group, IdOf(device, mode)) == group.end()) continue;
    std::vector<int64_t> ids;
    for (int64_t id : group)
      if (id >= 0) ids.push_back(id);  // groups of unequal size are padded with -1
    return ids;
  }
  return std::vector<int64_t>();
}

}  // namespace

absl::StatusOr<std::vector<std::vector<int64_t>>> ListGroups(const ReplicaGroups& groups,
                                                             int64_t limit) {
  if (!groups.iota_dimensions.empty()) return ExpandIota(groups, limit);
  if (!groups.mesh.empty()) return ExpandMesh(groups.mesh, limit);
  return groups.groups;
}

GroupMode PartitionGroupMode(int64_t channel_id, bool use_global_device_ids) {
  if (channel_id <= 0) return GroupMode::kReplicas;
  return use_global_device_ids ? GroupMode::kDevices : GroupMode::kPartitions;
}

GroupMode ReduceGroupMode(int64_t channel_id, bool use_global_device_ids) {
  if (channel_id <= 0) return GroupMode::kReplicas;
  return use_global_device_ids ? GroupMode::kDevices : GroupMode::kReplicasAllPartitions;
}

absl::StatusOr<int64_t> DeviceOfId(const Device& device, GroupMode mode, int64_t id) {
  const DeviceGrid& grid = device.grid();
  if (id < 0 || id >= CountOfIds(grid, mode)) {
    return base::InvalidArgument("device %d is named, but %d replicas × %d partitions run", id,
                                 grid.replicas(), grid.partitions());
  }
  switch (mode) {
    case GroupMode::kReplicas:
    case GroupMode::kReplicasAllPartitions:
      return id * grid.partitions() + device.partition();
    case GroupMode::kPartitions:
      return device.replica() * grid.partitions() + id;
    case GroupMode::kDevices:
      return id;
  }
  return id;
}

absl::StatusOr<std::vector<int64_t>> GroupOf(const Device& device, const ReplicaGroups& groups,
                                             GroupMode mode) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> ids, IdsOf(device, groups, mode));
  std::vector<int64_t> devices;
  for (int64_t id : ids) {
    EQSAT_ASSIGN_OR_RETURN(int64_t index, DeviceOfId(device, mode, id));
    if (mode != GroupMode::kReplicasAllPartitions) {
      devices.push_back(index);
      continue;
    }
    for (int64_t p = 0; p < device.grid().partitions(); ++p)
      devices.push_back(id * device.grid().partitions() + p);
  }
  return devices;
}

}  // namespace eqsat::ir
