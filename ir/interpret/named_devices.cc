#include "ir/interpret/named_devices.h"

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ir/ops/attributes.h"

namespace eqsat::ir {
namespace {

// Devices are threads: more are not started for the sake of a comparison.
constexpr int64_t kMaxDevices = 256;

int64_t Named(const ReplicaGroups& groups) {
  int64_t named = 1;
  for (const std::vector<int64_t>& group : groups.groups)
    for (int64_t id : group) named = std::max(named, std::min(id, kMaxDevices) + 1);
  int64_t tiled = 1;
  for (int64_t size : groups.iota_dimensions)
    tiled = std::min(tiled * std::clamp<int64_t>(size, 1, kMaxDevices), kMaxDevices);
  return std::max(named, tiled);
}

int64_t Named(const std::vector<SourceTarget>& pairs) {
  int64_t named = 1;
  for (const SourceTarget& pair : pairs)
    named = std::max(named, std::min(std::max(pair.source, pair.target), kMaxDevices) + 1);
  return named;
}

// Which of the two counts the ids of an op with a channel are of: sums name replicas still.
bool NamesPartitions(OpCode opcode, int64_t channel_id) {
  return channel_id > 0 && opcode != OpCode::kAllReduce && opcode != OpCode::kAllReduceStart &&
         opcode != OpCode::kReduceScatter;
}

void Widen(const Instruction& instruction, DeviceCounts* counts) {
  int64_t channel_id = 0, named = 1;
  VisitAttributeFields(instruction.Attrs(),
                       [&](std::string_view name, const auto& field, Presence) {
                         using Field = std::decay_t<decltype(field)>;
                         if constexpr (std::is_same_v<Field, int64_t>)
                           if (name == "channel_id") channel_id = field;
                         if constexpr (std::is_same_v<Field, ReplicaGroups> ||
                                       std::is_same_v<Field, std::vector<SourceTarget>>)
                           named = Named(field);
                       });
  int64_t& count =
      NamesPartitions(instruction.opcode, channel_id) ? counts->partitions : counts->replicas;
  count = std::max(count, named);
}

}  // namespace

DeviceCounts DevicesNamedBy(const Module& module) {
  DeviceCounts counts = {module.header().replica_count, module.header().num_partitions};
  if (counts.replicas != 1 || counts.partitions != 1) return counts;
  for (const Computation& computation : module.computations())
    for (const Instruction& instruction : computation.instructions()) Widen(instruction, &counts);
  if (counts.replicas * counts.partitions > kMaxDevices) return {};
  return counts;
}

}  // namespace eqsat::ir
