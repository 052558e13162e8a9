// Ops that exchange data between the devices of a grid.
#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/device_grid.h"
#include "ir/interpret/device_groups.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/pieces.h"
#include "ir/interpret/region_function.h"

namespace eqsat::ir {
namespace {

// What the members of this device's group bring, operand by operand, and its own place there.
struct Gathered {
  std::vector<Literal> members;  // a tuple of operands each
  int64_t self = 0;

  size_t size() const { return members.size(); }
  const Literal& operand(size_t member, size_t i) const { return members[member].elements()[i]; }
};

std::string PlaceOf(const OpCall& call, int64_t channel_id) {
  return base::StrCat(Name(call.opcode), " on channel ", channel_id);
}

// Exchanges all operands. Without members if the device is in no group.
template <typename A>
absl::StatusOr<Gathered> GatherOperands(const OpCall& call,
                                        GroupMode (*mode)(int64_t channel_id, bool global)) {
  const auto& attributes = call.attr<A>();
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> group,
                         GroupOf(*device, attributes.replica_groups,
                                 mode(attributes.channel_id, attributes.use_global_device_ids)));
  if (group.empty()) return Gathered{};
  Gathered gathered;
  gathered.self = std::ranges::find(group, device->index()) - group.begin();
  Literal operands = Literal::Tuple({call.operands.begin(), call.operands.end()});
  EQSAT_ASSIGN_OR_RETURN(gathered.members,
                         device->grid().Exchange(*device, PlaceOf(call, attributes.channel_id),
                                                 group, std::move(operands)));
  for (size_t m = 0; m < gathered.size(); ++m) {
    for (size_t i = 0; i < call.operands.size(); ++i) {
      if (Shape::Compatible(gathered.operand(m, i).shape(), call.operand_shape(i))) continue;
      return base::InvalidArgument("devices bring %s and %s to one %s",
                                   gathered.operand(m, i).shape().ToString(),
                                   call.operand_shape(i).ToString(), Name(call.opcode));
    }
  }
  return gathered;
}

Literal ResultOf(const Shape& shape, std::vector<Literal> results) {
  return shape.IsTuple() ? Literal::Tuple(std::move(results)) : std::move(results[0]);
}

// --- Reductions ----------------------------------------------------------------------------------

// Operand `i` of all members, folded by region 0 in their order.
absl::StatusOr<Literal> FoldMembers(const OpCall& call, const Gathered& gathered, size_t i) {
  const std::vector<ElementType> types = LeadingParameterTypes(call.regions, 2);
  EQSAT_ASSIGN_OR_RETURN(RegionFunction region,
                         RegionFunction::Make(call.regions, 0, types, {types.data(), 1}));
  const ComputeArray first(ConvertElements(gathered.operand(0, i), types[0]));
  ComputeResult result(first.shape());
  const int64_t count = first.shape().ElementCount();
  const int width = ComputeBytes(types[0]);
  if (count > 0) std::memcpy(result.data(), first.data(), count * width);
  for (size_t m = 1; m < gathered.size(); ++m) {
    const ComputeArray next(ConvertElements(gathered.operand(m, i), types[1]));
    for (int64_t e = 0; e < count; ++e) {
      void* const sum = result.as<std::byte>() + e * width;
      const void* const arguments[] = {sum, next.as<std::byte>() + e * ComputeBytes(types[1])};
      EQSAT_RETURN_IF_ERROR(region.Call(arguments, {&sum, 1}));
    }
  }
  return ConvertElements(std::move(result).Take(), call.operand_shape(i).element_type());
}

absl::StatusOr<std::vector<Literal>> FoldOperands(const OpCall& call, const Gathered& gathered) {
  std::vector<Literal> results;
  for (size_t i = 0; i < call.operands.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(Literal folded, FoldMembers(call, gathered, i));
    results.push_back(std::move(folded));
  }
  return results;
}

absl::StatusOr<Literal> EvaluateAllReduce(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckScalarParameters(call.regions, 0, 2));
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered,
                         GatherOperands<AllReduceAttributes>(call, ReduceGroupMode));
  if (gathered.size() == 0) return Literal::Zero(call.shape);
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, FoldOperands(call, gathered));
  return ResultOf(call.shape, std::move(results));
}

absl::StatusOr<Literal> EvaluateReduceScatter(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckScalarParameters(call.regions, 0, 2));
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered,
                         GatherOperands<GatherScatterCollectiveAttributes>(call, ReduceGroupMode));
  if (gathered.size() == 0) return Literal::Zero(call.shape);
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, FoldOperands(call, gathered));
  const int64_t dim = call.attr<GatherScatterCollectiveAttributes>().dimensions[0];
  const auto members = static_cast<int64_t>(gathered.size());
  for (Literal& result : results) {
    const int64_t size = result.shape().dimension(dim);
    if (size % members != 0)
      return base::InvalidArgument("%d devices cannot share %d elements", members, size);
    result = Piece(result, dim, gathered.self * (size / members), size / members);
  }
  return ResultOf(call.shape, std::move(results));
}

// --- Movement ------------------------------------------------------------------------------------

absl::StatusOr<std::vector<Literal>> JoinMembers(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered,
                         GatherOperands<GatherScatterCollectiveAttributes>(call, ReduceGroupMode));
  if (gathered.size() == 0) return base::InvalidArgument("the device is in no replica group");
  const int64_t dim = call.attr<GatherScatterCollectiveAttributes>().dimensions[0];
  std::vector<Literal> results;
  for (size_t i = 0; i < call.operands.size(); ++i) {
    std::vector<Literal> parts;
    for (size_t m = 0; m < gathered.size(); ++m) parts.push_back(gathered.operand(m, i));
    results.push_back(Join(parts, dim));
  }
  return results;
}

absl::StatusOr<Literal> EvaluateAllGather(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, JoinMembers(call));
  return ResultOf(call.shape, std::move(results));
}

// (operands, results, contexts…), as the shape of the start says; one operand stands by itself.
Literal StartTuple(const OpCall& call, std::vector<Literal> results) {
  const Shape& shape = call.shape;
  std::vector<Literal> operands(call.operands.begin(), call.operands.end());
  std::vector<Literal> elements{ResultOf(shape.element(0), std::move(operands)),
                                ResultOf(shape.element(1), std::move(results))};
  for (size_t i = 2; i < shape.elements().size(); ++i)
    elements.push_back(Literal::Zero(shape.element(static_cast<int64_t>(i))));
  return Literal::Tuple(std::move(elements));
}

absl::StatusOr<Literal> EvaluateAllGatherStart(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, JoinMembers(call));
  return StartTuple(call, std::move(results));
}

// Piece `self` of what each member brings: of the operand cut along a dimension, or its operand
// with that number.
absl::StatusOr<Literal> EvaluateAllToAll(const OpCall& call) {
  const auto& attributes = call.attr<GatherScatterCollectiveAttributes>();
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered, GatherOperands<GatherScatterCollectiveAttributes>(
                                                call, PartitionGroupMode));
  if (gathered.size() == 0) return Literal::Zero(call.shape);
  const auto members = static_cast<int64_t>(gathered.size());
  std::vector<Literal> results;
  if (attributes.dimensions.empty()) {
    if (gathered.size() != call.operands.size()) {
      return base::InvalidArgument("has %d operands for %d devices", call.operands.size(), members);
    }
    for (size_t m = 0; m < gathered.size(); ++m)
      results.push_back(gathered.operand(m, gathered.self));
    return ResultOf(call.shape, std::move(results));
  }
  const int64_t dim = attributes.dimensions[0];
  for (size_t i = 0; i < call.operands.size(); ++i) {
    const int64_t size = call.operand_shape(i).dimension(dim);
    if (size % members != 0)
      return base::InvalidArgument("%d devices cannot share %d elements", members, size);
    std::vector<Literal> parts;
    for (size_t m = 0; m < gathered.size(); ++m) {
      parts.push_back(
          Piece(gathered.operand(m, i), dim, gathered.self * (size / members), size / members));
    }
    results.push_back(Join(parts, dim));
  }
  return ResultOf(call.shape, std::move(results));
}

// Operands: input, output, offsets in the input, sizes to send, offsets in the receiver's output,
// sizes to receive; offsets and sizes have one entry a member.
absl::StatusOr<Literal> EvaluateRaggedAllToAll(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered,
                         GatherOperands<GroupCollectiveAttributes>(call, PartitionGroupMode));
  if (gathered.size() == 0) return call.operands[1];
  const auto members = static_cast<int64_t>(gathered.size());
  const int64_t entries = call.operand_shape(2).ElementCount();
  if (entries % members != 0)
    return base::InvalidArgument("%d offsets cannot be shared by %d devices", entries, members);
  absl::Span<const uint8_t> output = call.operands[1].bytes();
  std::vector<uint8_t> bytes(output.begin(), output.end());
  const int64_t rows = call.operand_shape(1).dimension(0);
  const int64_t row_bytes = rows == 0 ? 0 : static_cast<int64_t>(bytes.size()) / rows;
  const int64_t updates = entries / members;
  for (size_t m = 0; m < gathered.size(); ++m) {
    const int64_t input_rows = gathered.operand(m, 0).shape().dimension(0);
    for (int64_t e = gathered.self * updates; e < (gathered.self + 1) * updates; ++e) {
      const int64_t from = gathered.operand(m, 2).AsInt64(e);
      const int64_t count = gathered.operand(m, 3).AsInt64(e);
      const int64_t to = gathered.operand(m, 4).AsInt64(e);
      if (from < 0 || to < 0 || count < 0 || from > input_rows - count || to > rows - count) {
        return base::InvalidArgument("rows %d … %d do not go to %d … %d of the output", from,
                                     from + count, to, to + count);
      }
      if (count == 0 || row_bytes == 0) continue;
      std::memcpy(&bytes[to * row_bytes], gathered.operand(m, 0).bytes().data() + from * row_bytes,
                  count * row_bytes);
    }
  }
  return Literal::FromBytes(call.operand_shape(1), std::move(bytes));
}

absl::StatusOr<Literal> EvaluateCollectiveBroadcast(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Gathered gathered,
                         GatherOperands<GroupCollectiveAttributes>(call, PartitionGroupMode));
  if (gathered.size() == 0) return Literal::Zero(call.shape);
  const bool dynamic_root = call.attr<GroupCollectiveAttributes>().has_dynamic_root;
  const size_t count = call.operands.size() - (dynamic_root ? 1 : 0);
  int64_t root = dynamic_root ? call.operands.back().AsInt64(0) : 0;
  if (root < 0 || root >= static_cast<int64_t>(gathered.size()))
    return base::InvalidArgument("the group has no device %d", root);
  std::vector<Literal> results;
  for (size_t i = 0; i < count; ++i) results.push_back(gathered.operand(root, i));
  return ResultOf(call.shape, std::move(results));
}

// --- collective-permute --------------------------------------------------------------------------

// Every device joins, so that each can see what its source sends; zeros without a source.
absl::StatusOr<std::vector<Literal>> Permute(const OpCall& call) {
  const auto& attributes = call.attr<CollectivePermuteAttributes>();
  if (!attributes.slice_sizes.empty())
    return base::Unimplemented("a collective-permute of slices in place");
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  const GroupMode mode = PartitionGroupMode(attributes.channel_id, false);
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> all, GroupOf(*device, {}, mode));
  std::optional<int64_t> source;
  for (const SourceTarget& pair : attributes.source_target_pairs) {
    EQSAT_ASSIGN_OR_RETURN(int64_t target, DeviceOfId(*device, mode, pair.target));
    EQSAT_RETURN_IF_ERROR(DeviceOfId(*device, mode, pair.source).status());
    if (target == device->index()) source = pair.source;
  }
  Literal operands = Literal::Tuple({call.operands.begin(), call.operands.end()});
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> brought,
                         device->grid().Exchange(*device, PlaceOf(call, attributes.channel_id), all,
                                                 std::move(operands)));
  std::vector<Literal> results;
  for (size_t i = 0; i < call.operands.size(); ++i) {
    results.push_back(source ? brought[*source].elements()[i]
                             : Literal::Zero(call.operand_shape(i)));
  }
  return results;
}

absl::StatusOr<Literal> EvaluateCollectivePermute(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, Permute(call));
  return ResultOf(call.shape, std::move(results));
}

absl::StatusOr<Literal> EvaluateCollectivePermuteStart(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, Permute(call));
  return StartTuple(call, std::move(results));
}

// --- Starts and ids ------------------------------------------------------------------------------

// An all-reduce-start stands for its result.
absl::StatusOr<Literal> EvaluateAllReduceDone(const OpCall& call) { return call.operands[0]; }

absl::StatusOr<Literal> EvaluateDone(const OpCall& call) { return call.operands[0].elements()[1]; }

absl::StatusOr<Literal> EvaluateReplicaId(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  return Literal::FromInt64s(call.shape, {device->replica()});
}

absl::StatusOr<Literal> EvaluatePartitionId(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  return Literal::FromInt64s(call.shape, {device->partition()});
}

}  // namespace

void AddCollectives(EvaluatorTable& table) {
  table[OpCode::kAllReduce].evaluate = EvaluateAllReduce;
  table[OpCode::kAllReduceStart].evaluate = EvaluateAllReduce;
  table[OpCode::kAllReduceDone].evaluate = EvaluateAllReduceDone;
  table[OpCode::kReduceScatter].evaluate = EvaluateReduceScatter;
  table[OpCode::kAllGather].evaluate = EvaluateAllGather;
  table[OpCode::kAllGatherStart].evaluate = EvaluateAllGatherStart;
  table[OpCode::kAllGatherDone].evaluate = EvaluateDone;
  table[OpCode::kAllToAll].evaluate = EvaluateAllToAll;
  table[OpCode::kRaggedAllToAll].evaluate = EvaluateRaggedAllToAll;
  table[OpCode::kCollectiveBroadcast].evaluate = EvaluateCollectiveBroadcast;
  table[OpCode::kCollectivePermute].evaluate = EvaluateCollectivePermute;
  table[OpCode::kCollectivePermuteStart].evaluate = EvaluateCollectivePermuteStart;
  table[OpCode::kCollectivePermuteDone].evaluate = EvaluateDone;
  table[OpCode::kReplicaId].evaluate = EvaluateReplicaId;
  table[OpCode::kPartitionId].evaluate = EvaluatePartitionId;
}

}  // namespace eqsat::ir
