#include "codegen/runtime/launch_plan.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/ops/opcode.h"

namespace eqsat::codegen {
namespace {

using Place = BufferRef::Place;

void AppendByteSizes(const ir::Shape& shape, std::vector<int64_t>* sizes) {
  if (shape.IsArray()) sizes->push_back(shape.ByteSize());
  if (shape.IsTuple())
    for (const ir::Shape& element : shape.elements()) AppendByteSizes(element, sizes);
}

class LaunchPlanBuilder {
 public:
  LaunchPlanBuilder(const ir::Module& module, const ModulePlan& plan, const KernelNumbers& kernels)
      : module_(module), plan_(plan), kernels_(kernels) {}

  // The program of a computation; made once for each use of its parameters.
  absl::StatusOr<int64_t> ProgramOf(ir::ComputationId id, ParameterUse use);

  LaunchPlan Take() && { return std::move(result_); }

 private:
  friend class ProgramBuilder;

  int64_t ConstantNumber(const ConstantRef& constant) {
    auto key = std::tuple(constant.computation, constant.instruction, constant.leaf);
    auto [entry, is_new] = constants_.emplace(key, result_.constants.size());
    if (is_new) result_.constants.push_back(constant);
    return static_cast<int64_t>(entry->second);
  }

  const ir::Module& module_;
  const ModulePlan& plan_;
  const KernelNumbers& kernels_;
  LaunchPlan result_;
  std::map<std::pair<ir::ComputationId, ParameterUse>, int64_t> programs_;
  std::map<std::tuple<ir::ComputationId, ir::InstructionId, int64_t>, size_t> constants_;
};

// One computation's steps.
class ProgramBuilder {
 public:
  ProgramBuilder(LaunchPlanBuilder& all, ir::ComputationId id, BufferPlan buffers)
      : all_(all),
        id_(id),
        computation_(all.module_[id]),
        plan_(all.plan_.at(id)),
        buffers_(std::move(buffers)) {}

  absl::StatusOr<Program> Build() {
    program_.name = computation_.name();
    program_.arena_bytes = buffers_.arena_bytes;
    for (ir::InstructionId parameter : computation_.parameters()) {
      first_parameter_array_.push_back(static_cast<int64_t>(program_.parameter_bytes.size()));
      AppendByteSizes(computation_[parameter].shape, &program_.parameter_bytes);
    }
    for (size_t g = 0; g < plan_.groups.size(); ++g) EQSAT_RETURN_IF_ERROR(AddGroup(g));
    program_.results = Leaves(computation_.root());
    return std::move(program_);
  }

 private:
  absl::Status AddGroup(size_t position) {
    const FusionGroup& group = plan_.groups[position];
    int64_t kernel = all_.kernels_.at(id_)[position];
    if (group.kind == GroupKind::kControl) {
      return AddControl(group.members[0]);
    } else if (kernel == kInterpreted) {
      AddInterpreted(group);
    } else if (kernel != kNothing) {
      AddKernel(group, kernel, buffers_.update_in_place[position]);
    }
    return absl::OkStatus();
  }

  void AddKernel(const FusionGroup& group, int64_t kernel, bool in_place) {
    if (group.form == KernelForm::kUpdate && !in_place) {
      const ir::Instruction& update = computation_[group.hero];
      program_.steps.push_back(
          CopyStep{Leaves(update.operands[0])[0], Leaves(group.outputs[0])[0]});
    }
    KernelStep step{kernel, {}};
    for (ir::InstructionId id : group.inputs) AppendLeaves(id, &step.buffers);
    for (ir::InstructionId id : group.outputs) AppendLeaves(id, &step.buffers);
    program_.steps.push_back(std::move(step));
  }

  void AddInterpreted(const FusionGroup& group) {
    InterpretedStep step{id_, group.members, {}, {}};
    for (ir::InstructionId id : group.inputs) step.inputs.push_back({id, Leaves(id)});
    for (ir::InstructionId id : group.outputs) step.outputs.push_back({id, Leaves(id)});
    program_.steps.push_back(std::move(step));
  }

  absl::Status AddControl(ir::InstructionId id) {
    if (computation_[id].opcode == ir::OpCode::kWhile) return AddWhile(id);
    if (computation_[id].opcode == ir::OpCode::kCall) return AddCall(id);
    EQSAT_CHECK(computation_[id].opcode == ir::OpCode::kConditional);
    return AddConditional(id);
  }

  absl::Status AddWhile(ir::InstructionId id) {
    const ir::Instruction& instruction = computation_[id];
    WhileStep step;
    EQSAT_ASSIGN_OR_RETURN(step.condition,
                           all_.ProgramOf(instruction.called[0], ParameterUse::kKeep));
    EQSAT_ASSIGN_OR_RETURN(step.body,
                           all_.ProgramOf(instruction.called[1], ParameterUse::kConsume));
    step.initial = Leaves(instruction.operands[0]);
    step.state = Leaves(id);
    program_.steps.push_back(std::move(step));
    return absl::OkStatus();
  }

  absl::Status AddCall(ir::InstructionId id) {
    const ir::Instruction& instruction = computation_[id];
    CallStep step{.results = Leaves(id)};
    EQSAT_ASSIGN_OR_RETURN(step.program,
                           all_.ProgramOf(instruction.called[0], ParameterUse::kKeep));
    for (ir::InstructionId operand : instruction.operands) AppendLeaves(operand, &step.arguments);
    program_.steps.push_back(std::move(step));
    return absl::OkStatus();
  }

  absl::Status AddConditional(ir::InstructionId id) {
    const ir::Instruction& instruction = computation_[id];
    ConditionalStep step;
    step.selector = Leaves(instruction.operands[0])[0];
    step.selects_by_pred =
        computation_[instruction.operands[0]].shape.element_type() == ir::ElementType::kPred;
    for (size_t i = 0; i < instruction.called.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(int64_t program,
                             all_.ProgramOf(instruction.called[i], ParameterUse::kKeep));
      step.branches.push_back({program, Leaves(instruction.operands[i + 1])});
    }
    step.results = Leaves(id);
    program_.steps.push_back(std::move(step));
    return absl::OkStatus();
  }

  std::vector<BufferRef> Leaves(ir::InstructionId id) {
    std::vector<BufferRef> refs;
    AppendLeaves(id, &refs);
    return refs;
  }

  void AppendLeaves(ir::InstructionId id, std::vector<BufferRef>* refs) {
    for (int32_t slot : buffers_.leaves[id.value()])
      refs->push_back(Ref(buffers_.slots[static_cast<size_t>(slot)]));
  }

  BufferRef Ref(const BufferSlot& slot) {
    switch (slot.place) {
      case BufferSlot::Place::kParameter:
        return {Place::kParameter,
                first_parameter_array_[static_cast<size_t>(slot.number)] + slot.leaf, slot.bytes};
      case BufferSlot::Place::kConstant:
        return {Place::kConstant,
                all_.ConstantNumber({id_, slot.instruction, slot.leaf, slot.bytes}), slot.bytes};
      case BufferSlot::Place::kArena:
        break;
    }
    return {Place::kArena, slot.offset, slot.bytes};
  }

  LaunchPlanBuilder& all_;
  ir::ComputationId id_;
  const ir::Computation& computation_;
  const FusionPlan& plan_;
  BufferPlan buffers_;
  std::vector<int64_t> first_parameter_array_;  // by parameter number
  Program program_;
};

absl::StatusOr<int64_t> LaunchPlanBuilder::ProgramOf(ir::ComputationId id, ParameterUse use) {
  auto found = programs_.find({id, use});
  if (found != programs_.end()) return found->second;
  EQSAT_ASSIGN_OR_RETURN(BufferPlan buffers, PlanBuffers(module_[id], plan_.at(id), use));
  EQSAT_ASSIGN_OR_RETURN(Program program, ProgramBuilder(*this, id, std::move(buffers)).Build());
  int64_t number = static_cast<int64_t>(result_.programs.size());
  result_.programs.push_back(std::move(program));
  programs_[{id, use}] = number;
  return number;
}

}  // namespace

absl::StatusOr<LaunchPlan> BuildLaunchPlan(const ir::Module& module, const ModulePlan& plan,
                                           const KernelNumbers& kernels) {
  LaunchPlanBuilder builder(module, plan, kernels);
  EQSAT_RETURN_IF_ERROR(builder.ProgramOf(module.entry_id(), ParameterUse::kKeep).status());
  return std::move(builder).Take();
}

}  // namespace eqsat::codegen
