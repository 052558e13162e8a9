// Rules of the device groups that collectives name.
#ifndef EQSAT_IR_OPS_REPLICA_GROUPS_H_
#define EQSAT_IR_OPS_REPLICA_GROUPS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "ir/ops/attribute_types.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// What the numbers in replica groups count.
enum class GroupMode : uint8_t {
  kReplicas,               // no channel
  kPartitions,             // a channel, and the op knows no use_global_device_ids
  kReplicasAllPartitions,  // a channel: replicas, each with all of its partitions
  kDevices,                // a channel and use_global_device_ids
};

enum class GroupSizes : uint8_t { kUniform, kAny };

// Are there groups, or is it one of all devices?
bool NamesGroups(const ReplicaGroups& groups);

// The devices in the first group; 0 if it is not known here: one group of all, or a mesh.
int64_t GroupSize(const ReplicaGroups& groups);

// Listed groups are not empty, name each device from 0 on once, and may have to be of equal size.
// Devices need groups.
absl::Status CheckReplicaGroups(const OpContext& context, const ReplicaGroups& groups,
                                GroupMode mode, GroupSizes sizes);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_REPLICA_GROUPS_H_
