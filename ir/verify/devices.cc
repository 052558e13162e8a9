// Which devices collectives name.
#include "ir/base/status.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// Of both kinds of device; a count of 1 also stands for "not stated".
struct DeviceCounts {
  int64_t replicas = 1;
  int64_t partitions = 1;
};

DeviceCounts CountsOf(const ModuleHeader& header, const VerifyOptions& options) {
  return {header.replica_count > 1 ? header.replica_count : options.replica_count,
          header.num_partitions > 1 ? header.num_partitions : options.num_partitions};
}

// With a channel a permute is between partitions, without one between replicas.
absl::Status CheckPermute(const CollectivePermuteAttributes& attributes, DeviceCounts counts) {
  int64_t limit = attributes.channel_id != 0 ? counts.partitions : counts.replicas;
  if (limit <= 1) return absl::OkStatus();
  for (const SourceTarget& pair : attributes.source_target_pairs) {
    if (pair.source < limit && pair.target < limit) continue;
    return base::InvalidArgument("the pair {%d,%d} needs device numbers below %d", pair.source,
                                 pair.target, limit);
  }
  return absl::OkStatus();
}

// How many devices the groups name together; 0 if that is not known here.
int64_t DevicesNamed(const ReplicaGroups& groups) {
  int64_t devices = groups.iota_dimensions.empty() ? 0 : 1;
  for (int64_t size : groups.iota_dimensions) devices *= size;
  for (const std::vector<int64_t>& group : groups.groups)
    devices += static_cast<int64_t>(group.size());
  return devices;
}

// What the numbers in groups count depends on the channel and on use_global_device_ids, which ops
// between partitions alone do not know.
enum class ChannelMeans : uint8_t { kAllPartitions, kPartitions };

template <typename Attributes>
absl::Status CheckGroups(const Attributes& attributes, ChannelMeans channel, DeviceCounts counts) {
  int64_t named = DevicesNamed(attributes.replica_groups);
  bool partitions = attributes.channel_id != 0 && channel == ChannelMeans::kPartitions;
  int64_t expected = attributes.use_global_device_ids ? counts.replicas * counts.partitions
                     : partitions                     ? counts.partitions
                                                      : counts.replicas;
  if (named == 0 || expected <= 1 || named == expected) return absl::OkStatus();
  return base::InvalidArgument("the replica groups name %d devices of %d", named, expected);
}

}  // namespace

absl::Status CheckDevices(const Module& module, const Instruction& instruction,
                          const VerifyOptions& options) {
  DeviceCounts counts = CountsOf(module.header(), options);
  const Attributes& attributes = instruction.Attrs();
  if (const auto* permute = std::get_if<CollectivePermuteAttributes>(&attributes))
    return CheckPermute(*permute, counts);
  if (const auto* reduce = std::get_if<AllReduceAttributes>(&attributes))
    return CheckGroups(*reduce, ChannelMeans::kAllPartitions, counts);
  if (const auto* exchange = std::get_if<GatherScatterCollectiveAttributes>(&attributes)) {
    bool to_all = instruction.opcode == OpCode::kAllToAll;
    return CheckGroups(*exchange, to_all ? ChannelMeans::kPartitions : ChannelMeans::kAllPartitions,
                       counts);
  }
  if (const auto* group = std::get_if<GroupCollectiveAttributes>(&attributes))
    return CheckGroups(*group, ChannelMeans::kPartitions, counts);
  return absl::OkStatus();
}

}  // namespace eqsat::ir
