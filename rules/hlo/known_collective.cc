#include "rules/hlo/known_collective.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ir/interpret/interpreter.h"
#include "ir/ops/attributes.h"

namespace eqsat::rules {
namespace {

using ir::Instruction;
using ir::OpCode;

// Bounds what is folded here.
constexpr size_t kMaxGroupSize = 1 << 12;

// The number that an array is made of, as a scalar.
std::optional<ir::Literal> KnownNumber(const ir::Computation& computation,
                                       ir::InstructionId operand) {
  const Instruction* instruction = &computation[operand];
  if (instruction->opcode == OpCode::kBroadcast)
    instruction = &computation[instruction->operands[0]];
  if (instruction->opcode != OpCode::kConstant || !instruction->shape.IsArray() ||
      instruction->shape.ElementCount() == 0)
    return std::nullopt;
  const ir::Literal& literal = instruction->attr<ir::ConstantAttributes>().literal;
  if (literal.is_unknown() || !literal.IsSplat()) return std::nullopt;
  const ir::ElementType type = instruction->shape.element_type();
  const absl::Span<const uint8_t> bytes = literal.bytes().first(ir::ByteWidth(type));
  return ir::Literal::FromBytes(ir::Shape(type, {}), {bytes.begin(), bytes.end()});
}

// The size of every group, if the groups are listed, alike, and name each replica once.
std::optional<size_t> SizeOfGroups(const ir::Module& module, const ir::ReplicaGroups& groups) {
  if (groups.groups.empty() || groups.groups[0].empty()) return std::nullopt;
  const size_t size = groups.groups[0].size();
  std::vector<int64_t> ids;
  for (const std::vector<int64_t>& group : groups.groups) {
    if (group.size() != size) return std::nullopt;
    ids.insert(ids.end(), group.begin(), group.end());
  }
  std::ranges::sort(ids);
  for (size_t i = 0; i < ids.size(); ++i)
    if (ids[i] != static_cast<int64_t>(i)) return std::nullopt;
  if (module.header().replica_count > static_cast<int64_t>(ids.size()) || size > kMaxGroupSize)
    return std::nullopt;
  return size;
}

const ir::ReplicaGroups* GroupsOf(const Instruction& instruction) {
  if (instruction.opcode == OpCode::kAllReduce) {
    const auto& attributes = instruction.attr<ir::AllReduceAttributes>();
    return attributes.channel_id == 0 ? &attributes.replica_groups : nullptr;
  }
  const auto& attributes = instruction.attr<ir::GatherScatterCollectiveAttributes>();
  return attributes.channel_id == 0 ? &attributes.replica_groups : nullptr;
}

// `value` folded with itself, `count` of them in all.
std::optional<ir::Literal> Folded(const ir::Module& module, ir::ComputationId reducer,
                                  const ir::Literal& value, size_t count) {
  ir::Literal folded = value;
  for (size_t i = 1; i < count; ++i) {
    absl::StatusOr<ir::Literal> next = ir::EvaluateComputation(module, reducer, {folded, value});
    if (!next.ok() || next->shape() != value.shape()) return std::nullopt;
    folded = *std::move(next);
  }
  return folded;
}

bool IsOrderFree(ir::ElementType type) {
  return ir::IsInteger(type) || type == ir::ElementType::kPred;
}

// All-gathers, all-reduces and the like of one array.
bool IsOfOneArray(const Instruction& instruction) {
  return (instruction.opcode == OpCode::kAllGather || instruction.opcode == OpCode::kAllToAll ||
          instruction.opcode == OpCode::kAllReduce ||
          instruction.opcode == OpCode::kReduceScatter) &&
         instruction.operands.size() == 1 && instruction.shape.IsArray();
}

}  // namespace

bool IsAlone(const ir::Module& module, const Instruction& instruction) {
  if (!IsOfOneArray(instruction)) return false;
  const ir::ReplicaGroups* groups = GroupsOf(instruction);
  return groups != nullptr && SizeOfGroups(module, *groups) == 1;
}

std::optional<ir::Literal> KnownResult(const ir::Module& module, const ir::Computation& computation,
                                       const Instruction& instruction) {
  if (!IsOfOneArray(instruction)) return std::nullopt;
  const bool moves =
      instruction.opcode == OpCode::kAllGather || instruction.opcode == OpCode::kAllToAll;
  std::optional<ir::Literal> number = KnownNumber(computation, instruction.operands[0]);
  const ir::ReplicaGroups* groups = GroupsOf(instruction);
  if (!number || groups == nullptr) return std::nullopt;
  const std::optional<size_t> size = SizeOfGroups(module, *groups);
  if (!size || moves) return size ? number : std::nullopt;
  if (!IsOrderFree(number->shape().element_type())) return std::nullopt;
  return Folded(module, instruction.called[0], *number, *size);
}

}  // namespace eqsat::rules
