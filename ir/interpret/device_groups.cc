#include "ir/interpret/device_groups.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

#include "ir/base/status.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {
namespace {

using Groups = std::vector<std::vector<int64_t>>;

// [2,3]<=[3,2]T(1,0): the numbers 0 … 5 as an array of the reshape's sizes, transposed, in rows.
absl::StatusOr<Groups> ExpandIota(const ReplicaGroups& iota, int64_t limit) {
  DimensionVector sizes(iota.iota_reshape.begin(), iota.iota_reshape.end());
  if (sizes.empty()) sizes.assign(iota.iota_dimensions.begin(), iota.iota_dimensions.end());
  DimensionVector order(iota.iota_transpose.begin(), iota.iota_transpose.end());
  if (order.empty()) {
    order.resize(sizes.size());
    std::iota(order.begin(), order.end(), int64_t{0});
  }
  const int64_t row = iota.iota_dimensions.back();
  int64_t count = 1;
  for (int64_t size : sizes) count = std::min(count * size, limit + 1);
  if (count > limit || row < 1 || order.size() != sizes.size())
    return base::InvalidArgument("the replica groups do not fit %d devices", limit);
  const DimensionVector strides = RowMajorStrides(sizes);
  DimensionVector transposed;
  for (int64_t d : order) transposed.push_back(sizes[d]);
  const DimensionVector positions = RowMajorStrides(transposed);
  Groups groups;
  for (int64_t i = 0; i < count; ++i) {
    if (i % row == 0) groups.emplace_back();
    int64_t id = 0;
    for (size_t d = 0; d < order.size(); ++d)
      id += i / positions[d] % transposed[d] * strides[order[d]];
    groups.back().push_back(id);
  }
  return groups;
}

// mesh['x'=2,'y'=3] {'y'}: devices in an array of the axes' sizes, perhaps renumbered by
// device_ids=(…); a group differs in the axes that are named after it, the last one fastest.
class MeshText {
 public:
  explicit MeshText(std::string_view text) : rest_(text) {}

  // Moves behind `word` if it comes next.
  bool Skip(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string_view Name() {
    if (!Skip("'")) return {};
    const std::string_view name = rest_.substr(0, rest_.find('\''));
    rest_.remove_prefix(std::min(name.size() + 1, rest_.size()));
    return name;
  }
  int64_t Number() {
    int64_t value = -1;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    rest_.remove_prefix(end - rest_.data());
    return value;
  }
  void SkipSeparators() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" ,"), rest_.size()));
  }

 private:
  std::string_view rest_;
};

struct Mesh {
  std::vector<std::string_view> names;
  DimensionVector sizes;
  std::vector<int64_t> ids;   // empty: in order
  std::vector<int64_t> used;  // axes of a group
  int64_t count = 1;          // of devices
};

// nullopt for texts of another form and meshes of more than `limit` devices.
std::optional<Mesh> ParseMesh(std::string_view text, int64_t limit) {
  MeshText reader(text);
  Mesh mesh;
  if (!reader.Skip("mesh[")) return std::nullopt;
  while (!reader.Skip("]")) {
    if (reader.Skip("device_ids=(")) {
      for (; !reader.Skip(")"); reader.SkipSeparators()) {
        mesh.ids.push_back(reader.Number());
        if (mesh.ids.back() < 0) return std::nullopt;
      }
    } else {
      mesh.names.push_back(reader.Name());
      if (mesh.names.back().empty() || !reader.Skip("=")) return std::nullopt;
      mesh.sizes.push_back(reader.Number());
      if (mesh.sizes.back() < 1 || mesh.sizes.back() > limit) return std::nullopt;
      mesh.count = std::min(mesh.count * mesh.sizes.back(), limit + 1);
    }
    reader.SkipSeparators();
  }
  reader.SkipSeparators();
  if (mesh.count > limit || !reader.Skip("{")) return std::nullopt;
  for (; !reader.Skip("}"); reader.SkipSeparators()) {
    mesh.used.push_back(std::ranges::find(mesh.names, reader.Name()) - mesh.names.begin());
    if (mesh.used.back() == static_cast<int64_t>(mesh.names.size())) return std::nullopt;
  }
  if (!mesh.ids.empty() && static_cast<int64_t>(mesh.ids.size()) != mesh.count) return std::nullopt;
  return mesh;
}

absl::StatusOr<Groups> ExpandMesh(const std::string& text, int64_t limit) {
  const std::optional<Mesh> mesh = ParseMesh(text, limit);
  if (!mesh) return base::Unimplemented("replica groups %s of %d devices", text, limit);
  const DimensionVector strides = RowMajorStrides(mesh->sizes);
  // By the group's first device, then by the place in the group.
  std::map<int64_t, std::map<int64_t, int64_t>> placed;
  for (int64_t i = 0; i < mesh->count; ++i) {
    int64_t first = i;
    int64_t place = 0;
    for (int64_t axis : mesh->used) {
      const int64_t at = i / strides[axis] % mesh->sizes[axis];
      first -= at * strides[axis];
      place = place * mesh->sizes[axis] + at;
    }
    placed[first][place] = mesh->ids.empty() ? i : mesh->ids[i];
  }
  Groups groups;
  for (const auto& [first, members] : placed) {
    groups.emplace_back();
    for (const auto& [place, id] : members) groups.back().push_back(id);
  }
  return groups;
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
