#include "ir/ops/replica_groups.h"

#include <algorithm>
#include <vector>

#include "ir/ops/device_mesh.h"
#include "ir/ops/shape_checks.h"

namespace eqsat::ir {
namespace {

// Each of 0 … n-1 stands in one of the listed groups.
absl::Status CheckMembers(const OpContext& context,
                          const std::vector<std::vector<int64_t>>& groups) {
  std::vector<int64_t> members;
  for (const std::vector<int64_t>& group : groups) {
    if (group.empty()) return OpError(context, "replica_groups has an empty group");
    members.insert(members.end(), group.begin(), group.end());
  }
  std::ranges::sort(members);
  for (size_t i = 0; i < members.size(); ++i) {
    auto expected = static_cast<int64_t>(i);
    if (members[i] == expected) continue;
    if (i > 0 && members[i] == members[i - 1])
      return OpError(context, "replica_groups names device %d twice", members[i]);
    if (members[i] < 0) return OpError(context, "replica_groups names device %d", members[i]);
    return OpError(context, "replica_groups names device %d, but not device %d", members[i],
                   expected);
  }
  return absl::OkStatus();
}

}  // namespace

bool NamesGroups(const ReplicaGroups& groups) {
  return !groups.groups.empty() || !groups.iota_dimensions.empty() || !groups.mesh.empty();
}

int64_t GroupSize(const ReplicaGroups& groups) {
  if (!groups.groups.empty()) return static_cast<int64_t>(groups.groups[0].size());
  if (!groups.mesh.empty()) {
    absl::StatusOr<MeshGroups> mesh = MeshGroups::Parse(groups.mesh);
    return mesh.ok() ? mesh->group_size() : 0;
  }
  if (groups.iota_dimensions.empty()) return 0;
  int64_t size = 1;
  for (size_t i = 1; i < groups.iota_dimensions.size(); ++i) size *= groups.iota_dimensions[i];
  return size;
}

absl::Status CheckReplicaGroups(const OpContext& context, const ReplicaGroups& groups,
                                GroupMode mode, GroupSizes sizes) {
  if (mode == GroupMode::kDevices && !NamesGroups(groups))
    return OpError(context, "use_global_device_ids=true needs replica_groups");
  EQSAT_RETURN_IF_ERROR(CheckMembers(context, groups.groups));
  if (sizes == GroupSizes::kAny) return absl::OkStatus();
  for (const std::vector<int64_t>& group : groups.groups) {
    if (group.size() == groups.groups[0].size()) continue;
    return OpError(context, "replica_groups has a group of %d devices and one of %d",
                   groups.groups[0].size(), group.size());
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
