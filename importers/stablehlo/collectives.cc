// Operations among devices.
#include <algorithm>

#include "importers/stablehlo/contraction.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/promotion.h"
#include "importers/stablehlo/shapes.h"
#include "importers/stablehlo/shardy.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// `dense<[[0, 1], [2, -1]]> : tensor<2x2xi64>`: one group a row, -1 fills shorter ones.
absl::StatusOr<std::vector<std::vector<int64_t>>> RowsOf(const mlir::Operation& op,
                                                         std::string_view name) {
  const mlir::Attribute* attribute = op.Find(name);
  if (attribute == nullptr) return base::InvalidArgument("the attribute %s is missing", name);
  std::optional<std::vector<int64_t>> flat = attribute->AsInts();
  const auto* dense = attribute->As<mlir::DenseAttribute>();
  if (!flat || dense == nullptr || dense->type.dimensions().size() != 2) {
    return base::InvalidArgument("the attribute %s must be a table of integers", name);
  }
  const int64_t width = dense->type.dimensions()[1];
  std::vector<std::vector<int64_t>> rows;
  for (size_t at = 0; at < flat->size(); at += width) {
    std::vector<int64_t> row(flat->begin() + at, flat->begin() + at + width);
    std::erase(row, -1);
    rows.push_back(std::move(row));
  }
  return rows;
}

absl::StatusOr<ir::ReplicaGroups> GroupsOf(Emitter& e, const mlir::Operation& op) {
  const mlir::Attribute* attribute = op.Find("replica_groups");
  const auto* groups = attribute != nullptr ? attribute->As<mlir::DialectAttribute>() : nullptr;
  if (groups != nullptr && groups->name.ends_with(".replica_group_mesh_axes")) {
    return MeshGroups(e.source(), groups->parameters);
  }
  ir::ReplicaGroups out;
  EQSAT_ASSIGN_OR_RETURN(out.groups, RowsOf(op, "replica_groups"));
  return out;
}

int64_t ChannelOf(const mlir::Operation& op) {
  const mlir::Attribute* attribute = op.Find("channel_handle");
  const auto* channel = attribute != nullptr ? attribute->As<mlir::DialectAttribute>() : nullptr;
  const mlir::Attribute* handle =
      channel != nullptr ? mlir::Find(channel->parameters, "handle") : nullptr;
  if (handle == nullptr) return IntAttributeOr(op, "channel_id", 0);
  return handle->AsInt().value_or(0);
}

// Ids of devices go with a channel of their own.
absl::StatusOr<bool> UsesGlobalIds(const mlir::Operation& op, int64_t least) {
  if (!BoolAttributeOr(op, "use_global_device_ids", false)) return false;
  if (op.name.starts_with("stablehlo.") && ChannelOf(op) < least) {
    return base::InvalidArgument("with use_global_device_ids the channel is at least %d, not %d",
                                 least, ChannelOf(op));
  }
  return true;
}

absl::Status AllReduce(Emitter& e, const mlir::Operation& op) {
  ir::AllReduceAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  attributes.channel_id = ChannelOf(op);
  EQSAT_ASSIGN_OR_RETURN(attributes.use_global_device_ids, UsesGlobalIds(op, 1));
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op));
  ir::ComputationId region = e.Region(op, 0, "region");
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, Promoted(e, op, op.operands));
  e.BindResults(op, e.Add(OpCode::kAllReduce, operands, std::move(attributes), {&region, 1}));
  return absl::OkStatus();
}

// The sum of a group on its first device, zero on the others.
absl::Status CollectiveReduce(Emitter& e, const mlir::Operation& op) {
  if (op.results.size() != 1 || BoolAttributeOr(op, "has_dynamic_root", false)) {
    return base::Unimplemented("only one operand and the first members of groups");
  }
  ir::AllReduceAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  attributes.channel_id = ChannelOf(op);
  EQSAT_ASSIGN_OR_RETURN(attributes.use_global_device_ids, UsesGlobalIds(op, 1));
  const bool global = attributes.use_global_device_ids;
  if (!attributes.replica_groups.mesh.empty()) {
    return base::Unimplemented("only groups that are listed");
  }
  const std::vector<std::vector<int64_t>> groups = attributes.replica_groups.groups;
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op));
  ir::ComputationId region = e.Region(op, 0, "region");
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, Promoted(e, op, op.operands));
  InstructionId sum = e.Add(OpCode::kAllReduce, operands, std::move(attributes), {&region, 1});
  InstructionId device = e.Add(OpCode::kReplicaId, std::initializer_list<InstructionId>{});
  if (global) {
    // Numbered across replicas and their partitions.
    const auto partitions = static_cast<double>(e.program().module().header().num_partitions);
    device = e.Add(OpCode::kMultiply, {device, e.Like(device, partitions)});
    device = e.Add(OpCode::kAdd,
                   {device, e.Add(OpCode::kPartitionId, std::initializer_list<InstructionId>{})});
  }
  InstructionId is_root = e.Constant(ScalarLiteral(ir::ElementType::kPred, 0));
  for (const std::vector<int64_t>& group : groups) {
    if (group.empty()) continue;
    InstructionId root = e.Like(device, static_cast<double>(group[0]));
    is_root = e.Add(OpCode::kOr, {is_root, e.Compare(device, ir::ComparisonDirection::kEq, root)});
  }
  if (!e.Ok(sum)) return e.status();
  InstructionId mask = e.Broadcast(is_root, {}, e.shape(sum).dimensions());
  e.BindResults(op, e.Add(OpCode::kSelect, {mask, sum, e.Like(sum, 0)}));
  return absl::OkStatus();
}

// A sum over groups of replicas, without a region.
absl::Status CrossReplicaSum(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  ir::AllReduceAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  ir::ComputationId sum = SumOf(e, e.shape(operand).element_type());
  e.BindResults(op, e.Add(OpCode::kAllReduce, {&operand, 1}, std::move(attributes), {&sum, 1}));
  return absl::OkStatus();
}

// all-gather, reduce-scatter and all-to-all move along one dimension.
absl::StatusOr<ir::GatherScatterCollectiveAttributes> AlongDimension(Emitter& e,
                                                                     const mlir::Operation& op,
                                                                     std::string_view dimension,
                                                                     int64_t least_channel = 0) {
  ir::GatherScatterCollectiveAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  attributes.channel_id = ChannelOf(op);
  EQSAT_ASSIGN_OR_RETURN(attributes.use_global_device_ids, UsesGlobalIds(op, least_channel));
  if (op.Find(dimension) != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(int64_t dim, IntAttribute(op, dimension));
    attributes.dimensions = {dim};
  }
  return attributes;
}

absl::Status AllGather(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::GatherScatterCollectiveAttributes attributes,
                         AlongDimension(e, op, "all_gather_dim"));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, StatedResults(e.source(), op));
  e.BindResults(op, e.Add(OpCode::kAllGather, e.Operands(op), std::move(attributes), {}, &result));
  return absl::OkStatus();
}

absl::Status ReduceScatter(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::GatherScatterCollectiveAttributes attributes,
                         AlongDimension(e, op, "scatter_dimension", /*least_channel=*/1));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, StatedResults(e.source(), op));
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op));
  ir::ComputationId region = e.Region(op, 0, "region");
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, Promoted(e, op, op.operands));
  e.BindResults(
      op, e.Add(OpCode::kReduceScatter, operands, std::move(attributes), {&region, 1}, &result));
  return absl::OkStatus();
}

// HLO's form with a dimension splits and joins along that one alone; where StableHLO joins along
// another, the blocks are exchanged along a new leading dimension and placed by a transpose.
absl::StatusOr<InstructionId> AllToAllOf(Emitter& e, const mlir::Operation& op,
                                         InstructionId operand) {
  EQSAT_ASSIGN_OR_RETURN(int64_t split, IntAttribute(op, "split_dimension"));
  EQSAT_ASSIGN_OR_RETURN(int64_t concat, IntAttribute(op, "concat_dimension"));
  EQSAT_ASSIGN_OR_RETURN(int64_t count, IntAttribute(op, "split_count"));
  EQSAT_ASSIGN_OR_RETURN(ir::GatherScatterCollectiveAttributes attributes,
                         AlongDimension(e, op, "split_dimension"));
  if (!e.Ok(operand)) return e.status();
  const ir::Shape shape = e.shape(operand);
  if (split < 0 || split >= shape.rank() || concat < 0 || concat >= shape.rank() || count < 1 ||
      shape.dimension(split) % count != 0) {
    return base::InvalidArgument(
        "%s cannot be split into %d along dimension %d and joined along "
        "dimension %d",
        shape.ToString(), count, split, concat);
  }
  if (split == concat) return e.Add(OpCode::kAllToAll, {operand}, std::move(attributes));
  // [… s …] -> [… count, s/count …]
  std::vector<int64_t> sizes(shape.dimensions().begin(), shape.dimensions().end());
  sizes[split] /= count;
  std::vector<int64_t> blocks = sizes;
  blocks.insert(blocks.begin() + split, count);
  InstructionId exchanged =
      e.Add(OpCode::kAllToAll, {e.Reshape(operand, blocks)}, std::move(attributes));
  // The blocks' dimension goes before the one that they are joined along.
  std::vector<int64_t> permutation;
  for (int64_t d = 0; d < static_cast<int64_t>(sizes.size()); ++d) {
    if (d == concat) permutation.push_back(split);
    permutation.push_back(d < split ? d : d + 1);
  }
  sizes[concat] *= count;
  return e.Reshape(e.Transpose(exchanged, permutation), sizes);
}

absl::Status AllToAll(Emitter& e, const mlir::Operation& op) {
  // MHLO's form without a dimension sends operand i to device i.
  if (op.Find("split_dimension") == nullptr) {
    EQSAT_ASSIGN_OR_RETURN(ir::GatherScatterCollectiveAttributes attributes,
                           AlongDimension(e, op, "split_dimension"));
    e.BindResults(op, e.Add(OpCode::kAllToAll, e.Operands(op), std::move(attributes)));
    return absl::OkStatus();
  }
  for (size_t i = 0; i < op.operands.size() && i < op.results.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(InstructionId result, AllToAllOf(e, op, e.Value(op.operands[i])));
    e.Bind(op.results[i], result);
  }
  return absl::OkStatus();
}

absl::Status CollectivePermute(Emitter& e, const mlir::Operation& op) {
  ir::CollectivePermuteAttributes attributes;
  attributes.channel_id = ChannelOf(op);
  EQSAT_ASSIGN_OR_RETURN(std::vector<std::vector<int64_t>> pairs,
                         RowsOf(op, "source_target_pairs"));
  for (const std::vector<int64_t>& pair : pairs) {
    if (pair.size() != 2) return base::InvalidArgument("source_target_pairs must be pairs");
    attributes.source_target_pairs.push_back({pair[0], pair[1]});
  }
  e.BindResults(op, e.Add(OpCode::kCollectivePermute, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status CollectiveBroadcast(Emitter& e, const mlir::Operation& op) {
  ir::GroupCollectiveAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  attributes.channel_id = ChannelOf(op);
  attributes.has_dynamic_root = BoolAttributeOr(op, "has_dynamic_root", false);
  e.BindResults(op, e.Add(OpCode::kCollectiveBroadcast, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status RaggedAllToAll(Emitter& e, const mlir::Operation& op) {
  ir::GroupCollectiveAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.replica_groups, GroupsOf(e, op));
  attributes.channel_id = ChannelOf(op);
  e.BindResults(op, e.Add(OpCode::kRaggedAllToAll, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status ReplicaId(Emitter& e, const mlir::Operation& op) {
  e.BindResults(op, e.Add(OpCode::kReplicaId, std::initializer_list<InstructionId>{}));
  return absl::OkStatus();
}

absl::Status PartitionId(Emitter& e, const mlir::Operation& op) {
  e.BindResults(op, e.Add(OpCode::kPartitionId, std::initializer_list<InstructionId>{}));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> CollectiveOps() {
  static constexpr OpEntry kEntries[] = {
      {"all_gather", AllGather},
      {"all_reduce", AllReduce},
      {"all_to_all", AllToAll},
      {"collective_broadcast", CollectiveBroadcast},
      {"collective_permute", CollectivePermute},
      {"collective_reduce", CollectiveReduce},
      {"cross-replica-sum", CrossReplicaSum},
      {"manual_computation", ManualComputation},
      {"partition_id", PartitionId},
      {"ragged_all_to_all", RaggedAllToAll},
      {"reduce_scatter", ReduceScatter},
      {"replica_id", ReplicaId},
      {"sharding_constraint", ShardingConstraint},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
