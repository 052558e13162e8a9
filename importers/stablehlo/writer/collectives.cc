// Operations among devices.
#include <algorithm>

#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"
#include "ir/interpret/device_groups.h"

namespace eqsat::importers::stablehlo {
namespace {

std::vector<mlir::Region> RegionOf(BlockWriter& w, const ir::Instruction& op) {
  std::vector<mlir::Region> regions;
  regions.push_back(w.Region(op.called[0]));
  return regions;
}

// The shape of part `i` of a result that is one array or a tuple of them.
const ir::Shape& Part(const ir::Shape& result, size_t i) {
  return result.IsTuple() ? result.elements()[i] : result;
}

// Where StableHLO's operation takes one operand: one for each.
Written ForEach(BlockWriter& w, const ir::Instruction& op, const ir::Shape& result,
                std::string_view name, const Attributes& attributes) {
  Written out;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    std::vector<mlir::Region> regions;
    if (!op.called.empty()) regions = RegionOf(w, op);
    out.elements.push_back(
        w.Emit(name, {w.One(op.operands[i])}, Part(result, i), attributes, std::move(regions)));
  }
  return result.IsTuple() ? out : out.elements[0];
}

absl::StatusOr<Written> AllReduceOf(BlockWriter& w, const ir::Instruction& op,
                                    const ir::Shape& result) {
  const auto& reduce = op.attr<ir::AllReduceAttributes>();
  EQSAT_ASSIGN_OR_RETURN(
      Attributes attributes,
      GroupAttributes(reduce.replica_groups, reduce.channel_id, reduce.use_global_device_ids));
  return w.Emit("stablehlo.all_reduce", w.Ones(op.operands), result, std::move(attributes),
                RegionOf(w, op));
}

absl::StatusOr<Written> AllReduce(BlockWriter& w, const ir::Instruction& op) {
  return AllReduceOf(w, op, op.shape);
}

absl::StatusOr<Written> AllGatherOf(BlockWriter& w, const ir::Instruction& op,
                                    const ir::Shape& result) {
  const auto& gather = op.attr<ir::GatherScatterCollectiveAttributes>();
  EQSAT_ASSIGN_OR_RETURN(
      Attributes attributes,
      GroupAttributes(gather.replica_groups, gather.channel_id, gather.use_global_device_ids));
  attributes.emplace_back("all_gather_dim", Int64(gather.dimensions[0]));
  return w.Emit("stablehlo.all_gather", w.Ones(op.operands), result, std::move(attributes));
}

absl::StatusOr<Written> AllGather(BlockWriter& w, const ir::Instruction& op) {
  return AllGatherOf(w, op, op.shape);
}

absl::StatusOr<Written> ReduceScatter(BlockWriter& w, const ir::Instruction& op) {
  const auto& scatter = op.attr<ir::GatherScatterCollectiveAttributes>();
  EQSAT_ASSIGN_OR_RETURN(
      Attributes attributes,
      GroupAttributes(scatter.replica_groups, scatter.channel_id, scatter.use_global_device_ids));
  attributes.emplace_back("scatter_dimension", Int64(scatter.dimensions[0]));
  return ForEach(w, op, op.shape, "stablehlo.reduce_scatter", attributes);
}

Attributes AllToAllAttributes(Attributes groups, int64_t dimension, int64_t count) {
  groups.emplace_back("split_dimension", Int64(dimension));
  groups.emplace_back("concat_dimension", Int64(dimension));
  groups.emplace_back("split_count", Int64(count));
  return groups;
}

// Operand i goes to device i of the group: as rows of one array.
absl::StatusOr<Written> ExchangeOperands(BlockWriter& w, const ir::Instruction& op,
                                         Attributes groups) {
  const ir::Shape& piece = w.shape(op.operands[0]);
  const auto count = static_cast<int64_t>(op.operands.size());
  std::vector<int64_t> row(piece.dimensions().begin(), piece.dimensions().end());
  row.insert(row.begin(), 1);
  std::vector<ValueId> rows;
  for (ValueId operand : w.Ones(op.operands)) {
    rows.push_back(w.Reshape(operand, piece.element_type(), row));
  }
  std::vector<int64_t> all = row;
  all[0] = count;
  const ir::Shape stacked(piece.element_type(), all);
  ValueId sent = w.EmitOne("stablehlo.concatenate", rows, stacked, {{"dimension", Int64(0)}});
  ValueId received = w.EmitOne("stablehlo.all_to_all", {sent}, stacked,
                               AllToAllAttributes(std::move(groups), 0, count));
  Written out;
  const std::vector<int64_t> strides(all.size(), 1);
  for (int64_t i = 0; i < count; ++i) {
    std::vector<int64_t> starts(all.size(), 0), limits = all;
    starts[0] = i;
    limits[0] = i + 1;
    ValueId one = w.EmitOne("stablehlo.slice", {received}, ir::Shape(piece.element_type(), row),
                            {{"start_indices", IntArray(starts)},
                             {"limit_indices", IntArray(limits)},
                             {"strides", IntArray(strides)}});
    out.elements.push_back({w.Reshape(one, piece.element_type(), piece.dimensions()), {}});
  }
  return out;
}

absl::StatusOr<Written> AllToAll(BlockWriter& w, const ir::Instruction& op) {
  const auto& exchange = op.attr<ir::GatherScatterCollectiveAttributes>();
  EQSAT_ASSIGN_OR_RETURN(Attributes attributes,
                         GroupAttributes(exchange.replica_groups, exchange.channel_id, false));
  if (exchange.dimensions.empty()) return ExchangeOperands(w, op, std::move(attributes));
  EQSAT_ASSIGN_OR_RETURN(std::vector<std::vector<int64_t>> groups,
                         ir::ListGroups(exchange.replica_groups, kMostDevices));
  const ir::ModuleHeader& header = w.source().header();
  const int64_t devices = groups.empty() || groups[0].empty()
                              ? std::max(header.replica_count, header.num_partitions)
                              : static_cast<int64_t>(groups[0].size());
  return ForEach(w, op, op.shape, "stablehlo.all_to_all",
                 AllToAllAttributes(std::move(attributes), exchange.dimensions[0], devices));
}

absl::StatusOr<Written> CollectivePermuteOf(BlockWriter& w, const ir::Instruction& op,
                                            const ir::Shape& result) {
  const auto& permute = op.attr<ir::CollectivePermuteAttributes>();
  if (!permute.slice_sizes.empty()) {
    return base::Unimplemented("StableHLO permutes no slices in place");
  }
  std::vector<std::vector<int64_t>> pairs;
  for (const ir::SourceTarget& pair : permute.source_target_pairs) {
    pairs.push_back({pair.source, pair.target});
  }
  Attributes attributes = {{"source_target_pairs", IntTable(pairs, 2)}};
  if (permute.channel_id != 0) {
    attributes.emplace_back("channel_handle", Channel(permute.channel_id, 1));
  }
  return ForEach(w, op, result, "stablehlo.collective_permute", attributes);
}

absl::StatusOr<Written> CollectivePermute(BlockWriter& w, const ir::Instruction& op) {
  return CollectivePermuteOf(w, op, op.shape);
}

absl::StatusOr<Written> CollectiveBroadcast(BlockWriter& w, const ir::Instruction& op) {
  const auto& broadcast = op.attr<ir::GroupCollectiveAttributes>();
  if (broadcast.has_dynamic_root) {
    return base::Unimplemented("StableHLO broadcasts from the first device of a group");
  }
  EQSAT_ASSIGN_OR_RETURN(Attributes attributes,
                         GroupAttributes(broadcast.replica_groups, broadcast.channel_id, false));
  return ForEach(w, op, op.shape, "stablehlo.collective_broadcast", attributes);
}

// --- Begun here, awaited later: StableHLO waits at once ------------------------------------------

// The operands as the tuple of the start has them.
Written OperandsOf(BlockWriter& w, const ir::Instruction& op) {
  if (op.operands.size() == 1 && !op.shape.element(0).IsTuple()) return w.Of(op.operands[0]);
  Written out;
  for (InstructionId operand : op.operands) out.elements.push_back(w.Of(operand));
  return out;
}

absl::StatusOr<Written> AllReduceStart(BlockWriter& w, const ir::Instruction& op) {
  return AllReduceOf(w, op, op.shape);
}

absl::StatusOr<Written> AllGatherStart(BlockWriter& w, const ir::Instruction& op) {
  EQSAT_ASSIGN_OR_RETURN(Written result, AllGatherOf(w, op, op.shape.element(1)));
  return StartedValue(op.shape, OperandsOf(w, op), std::move(result));
}

absl::StatusOr<Written> CollectivePermuteStart(BlockWriter& w, const ir::Instruction& op) {
  EQSAT_ASSIGN_OR_RETURN(Written result, CollectivePermuteOf(w, op, op.shape.element(1)));
  return StartedValue(op.shape, OperandsOf(w, op), std::move(result));
}

absl::StatusOr<Written> Done(BlockWriter& w, const ir::Instruction& op) {
  return w.Element(w.Of(op.operands[0]), w.shape(op.operands[0]), 1);
}

absl::StatusOr<Written> AllReduceDone(BlockWriter& w, const ir::Instruction& op) {
  return w.Of(op.operands[0]);
}

absl::StatusOr<Written> ReplicaId(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.replica_id", {}, op.shape);
}
absl::StatusOr<Written> PartitionId(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.partition_id", {}, op.shape);
}

}  // namespace

absl::Span<const OpWriterEntry> CollectiveWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kAllGather, AllGather},
      {OpCode::kAllGatherDone, Done},
      {OpCode::kAllGatherStart, AllGatherStart},
      {OpCode::kAllReduce, AllReduce},
      {OpCode::kAllReduceDone, AllReduceDone},
      {OpCode::kAllReduceStart, AllReduceStart},
      {OpCode::kAllToAll, AllToAll},
      {OpCode::kCollectiveBroadcast, CollectiveBroadcast},
      {OpCode::kCollectivePermute, CollectivePermute},
      {OpCode::kCollectivePermuteDone, Done},
      {OpCode::kCollectivePermuteStart, CollectivePermuteStart},
      {OpCode::kPartitionId, PartitionId},
      {OpCode::kReduceScatter, ReduceScatter},
      {OpCode::kReplicaId, ReplicaId},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
