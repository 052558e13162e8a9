#include "codegen/runtime/buffer_plan.h"

#include <algorithm>
#include <utility>

#include "codegen/runtime/arena.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

using ir::Computation;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

void AppendLeafBytes(const Shape& shape, std::vector<int64_t>& bytes) {
  if (shape.IsArray()) {
    bytes.push_back(shape.HasUnboundedDimensions() ? 0 : shape.ByteSize());
  } else if (shape.IsTuple()) {
    for (const Shape& element : shape.elements()) AppendLeafBytes(element, bytes);
  }
}

std::vector<int64_t> LeafBytes(const Shape& shape) {
  std::vector<int64_t> bytes;
  AppendLeafBytes(shape, bytes);
  return bytes;
}

class BufferPlanner {
 public:
  BufferPlanner(const Computation& computation, const FusionPlan& fusion, ParameterUse parameters)
      : computation_(computation), fusion_(fusion), parameters_(parameters) {
    plan_.leaves.resize(computation.size());
    plan_.update_in_place.resize(fusion.groups.size());
  }

  absl::StatusOr<BufferPlan> Plan() {
    for (size_t g = 0; g < fusion_.groups.size(); ++g) MakeSlots(static_cast<int64_t>(g));
    for (size_t g = 0; g < fusion_.groups.size(); ++g) MarkReads(static_cast<int64_t>(g));
    const auto end = static_cast<int64_t>(fusion_.groups.size());
    for (int32_t slot : plan_.leaves[computation_.root().value()]) plan_.slots[slot].last = end;
    ShareUpdates();
    EQSAT_RETURN_IF_ERROR(PlaceInArena());
    return std::move(plan_);
  }

 private:
  const std::vector<int32_t>& Leaves(InstructionId id) const { return plan_.leaves[id.value()]; }

  void AddSlots(InstructionId id, BufferSlot::Place place, int64_t group) {
    const Instruction& instruction = computation_[id];
    int64_t leaf = 0;
    for (int64_t bytes : LeafBytes(instruction.shape)) {
      BufferSlot slot;
      slot.place = place;
      slot.bytes = bytes;
      slot.first = slot.last = group;
      if (place == BufferSlot::Place::kParameter)
        slot.number = instruction.attr<ir::ParameterAttributes>().number;
      if (place == BufferSlot::Place::kConstant) slot.instruction = id;
      if (place != BufferSlot::Place::kArena) slot.leaf = leaf++;
      plan_.leaves[id.value()].push_back(static_cast<int32_t>(plan_.slots.size()));
      plan_.slots.push_back(slot);
    }
  }

  void MakeSlots(int64_t g) {
    const FusionGroup& group = fusion_.groups[g];
    if (group.kind != GroupKind::kAlias) {
      for (InstructionId output : group.outputs) AddSlots(output, BufferSlot::Place::kArena, g);
      return;
    }
    const InstructionId id = group.members[0];
    const Instruction& instruction = computation_[id];
    std::vector<int32_t>& leaves = plan_.leaves[id.value()];
    switch (instruction.opcode) {
      case OpCode::kParameter:
        AddSlots(id, BufferSlot::Place::kParameter, g);
        return;
      case OpCode::kConstant:
        AddSlots(id, BufferSlot::Place::kConstant, g);
        return;
      case OpCode::kTuple:
        for (InstructionId operand : instruction.operands)
          leaves.insert(leaves.end(), Leaves(operand).begin(), Leaves(operand).end());
        return;
      case OpCode::kGetTupleElement:
        TakeElement(id);
        return;
      case OpCode::kAfterAll:
        return;
      default:
        leaves = Leaves(instruction.operands[0]);
    }
  }

  void TakeElement(InstructionId id) {
    const Instruction& instruction = computation_[id];
    const int64_t index = instruction.attr<ir::GetTupleElementAttributes>().index;
    const Shape& tuple = computation_[instruction.operands[0]].shape;
    size_t begin = 0;
    for (int64_t i = 0; i < index; ++i) begin += LeafBytes(tuple.element(i)).size();
    const size_t count = LeafBytes(instruction.shape).size();
    const std::vector<int32_t>& whole = Leaves(instruction.operands[0]);
    for (size_t i = begin; i < begin + count; ++i) plan_.leaves[id.value()].push_back(whole[i]);
  }

  void MarkReads(int64_t g) {
    const FusionGroup& group = fusion_.groups[g];
    if (group.kind == GroupKind::kAlias) return;
    for (InstructionId input : group.inputs) {
      for (int32_t slot : Leaves(input))
        plan_.slots[slot].last = std::max(plan_.slots[slot].last, g);
    }
  }

  // Lets an update's result take over the buffer that it updates, where nothing reads that later.
  void ShareUpdates() {
    std::vector<int32_t> owner(plan_.slots.size());
    for (size_t i = 0; i < owner.size(); ++i) owner[i] = static_cast<int32_t>(i);
    for (size_t g = 0; g < fusion_.groups.size(); ++g) {
      const FusionGroup& group = fusion_.groups[g];
      if (group.kind != GroupKind::kKernel || group.form != KernelForm::kUpdate) continue;
      const InstructionId updated = computation_[group.hero].operands[0];
      // Updates come in order of execution, so the operand's owner is final.
      const int32_t from = owner[Leaves(updated)[0]];
      const int32_t to = Leaves(group.hero)[0];
      if (!CanOverwrite(group, updated, from, owner, static_cast<int64_t>(g))) continue;
      plan_.update_in_place[g] = true;
      owner[to] = from;
      plan_.slots[from].last = plan_.slots[to].last;
    }
    for (std::vector<int32_t>& leaves : plan_.leaves)
      for (int32_t& slot : leaves) slot = owner[slot];
    // What was taken over needs no memory of its own.
    for (size_t i = 0; i < owner.size(); ++i)
      if (owner[i] != static_cast<int32_t>(i)) plan_.slots[i].bytes = 0;
  }

  bool CanOverwrite(const FusionGroup& group, InstructionId updated, int32_t from,
                    const std::vector<int32_t>& owner, int64_t g) const {
    const BufferSlot& slot = plan_.slots[from];
    const bool writable =
        slot.place == BufferSlot::Place::kArena ||
        (slot.place == BufferSlot::Place::kParameter && parameters_ == ParameterUse::kConsume);
    if (!writable || slot.last > g) return false;
    // The same buffer may be read under another name.
    return std::ranges::none_of(group.inputs, [&](InstructionId input) {
      return input != updated &&
             std::ranges::any_of(Leaves(input), [&](int32_t leaf) { return owner[leaf] == from; });
    });
  }

  absl::Status PlaceInArena() {
    std::vector<std::vector<int32_t>> starting(fusion_.groups.size());
    std::vector<std::vector<int32_t>> ending(fusion_.groups.size() + 1);
    for (size_t i = 0; i < plan_.slots.size(); ++i) {
      const BufferSlot& slot = plan_.slots[i];
      if (slot.place != BufferSlot::Place::kArena || slot.bytes == 0) continue;
      starting[slot.first].push_back(static_cast<int32_t>(i));
      ending[slot.last].push_back(static_cast<int32_t>(i));
    }
    Arena arena(kBufferAlignment);
    for (size_t g = 0; g < starting.size(); ++g) {
      for (int32_t i : starting[g]) {
        BufferSlot& slot = plan_.slots[i];
        EQSAT_ASSIGN_OR_RETURN(slot.offset, arena.Allocate(slot.bytes));
      }
      for (int32_t i : ending[g]) arena.Free(plan_.slots[i].offset, plan_.slots[i].bytes);
    }
    plan_.arena_bytes = arena.size_bytes();
    return absl::OkStatus();
  }

  const Computation& computation_;
  const FusionPlan& fusion_;
  const ParameterUse parameters_;
  BufferPlan plan_;
};

}  // namespace

absl::StatusOr<BufferPlan> PlanBuffers(const Computation& computation, const FusionPlan& plan,
                                       ParameterUse parameters) {
  return BufferPlanner(computation, plan, parameters).Plan();
}

}  // namespace eqsat::codegen
