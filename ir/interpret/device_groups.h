// Which devices a collective joins.
#ifndef EQSAT_IR_INTERPRET_DEVICE_GROUPS_H_
#define EQSAT_IR_INTERPRET_DEVICE_GROUPS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/interpret/device_grid.h"
#include "ir/ops/attribute_types.h"
#include "ir/ops/replica_groups.h"

namespace eqsat::ir {

// The groups of any spelling as lists. An error where they name more than `limit` devices.
absl::StatusOr<std::vector<std::vector<int64_t>>> ListGroups(const ReplicaGroups& groups,
                                                             int64_t limit);

// The mode of ops whose groups cross partitions as soon as there is a channel (all-to-all,
// collective-permute, collective-broadcast), and of the others (all-reduce, all-gather,
// reduce-scatter).
GroupMode PartitionGroupMode(int64_t channel_id, bool use_global_device_ids);
GroupMode ReduceGroupMode(int64_t channel_id, bool use_global_device_ids);

// The device with number `id` in the mode, as `device` sees it, by index; an error if it is not in
// the grid.
absl::StatusOr<int64_t> DeviceOfId(const Device& device, GroupMode mode, int64_t id);

// The indices of the devices in the group of `device`, in order; empty if it is in none. Without
// groups all are in one.
absl::StatusOr<std::vector<int64_t>> GroupOf(const Device& device, const ReplicaGroups& groups,
                                             GroupMode mode);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_DEVICE_GROUPS_H_
