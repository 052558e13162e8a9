#include "tools/reduce/loop_state.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "tools/reduce/edit.h"

namespace eqsat::tools {
namespace {

using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using Instructions = std::vector<Instruction>;

class StateNarrower {
 public:
  StateNarrower(const ir::Module& module, int64_t element) : module_(module), element_(element) {
    for (const ir::Computation& computation : module.computations())
      bodies_.emplace_back(computation.instructions().begin(), computation.instructions().end());
  }

  absl::StatusOr<ir::Module> Run(ir::ComputationId caller, InstructionId loop) {
    const Instruction& instruction = module_[caller][loop];
    for (ir::ComputationId callee : instruction.called) {
      const ir::Computation& body = module_[callee];
      EQSAT_RETURN_IF_ERROR(NarrowUses(callee, body.parameters()[0]));
      // The condition's result is no state.
      const bool is_body = ir::Shape::Compatible(body.result_shape(), instruction.shape);
      if (is_body) EQSAT_RETURN_IF_ERROR(NarrowValue(callee, body.root()));
    }
    const InstructionId first = instruction.operands[0];
    if (UsersOf(caller, first).size() != 1)
      return base::InvalidArgument("%s has other users than the loop", module_[caller][first].name);
    EQSAT_RETURN_IF_ERROR(NarrowValue(caller, first));
    EQSAT_RETURN_IF_ERROR(NarrowUses(caller, loop));
    return Rebuilt();
  }

 private:
  ir::Shape Narrower(const ir::Shape& shape) const {
    std::vector<ir::Shape> elements(shape.elements().begin(), shape.elements().end());
    elements.erase(elements.begin() + element_);
    return ir::Shape::Tuple(std::move(elements));
  }

  std::vector<size_t> UsersOf(ir::ComputationId id, InstructionId value) const {
    std::vector<size_t> users;
    const Instructions& instructions = bodies_[id.value()];
    for (size_t i = 0; i < instructions.size(); ++i)
      if (std::ranges::find(instructions[i].operands, value) != instructions[i].operands.end())
        users.push_back(i);
    return users;
  }

  // A tuple that is put together, or a parameter.
  absl::Status NarrowValue(ir::ComputationId id, InstructionId value) {
    Instruction& instruction = bodies_[id.value()][value.value()];
    if (instruction.opcode == OpCode::kTuple) {
      instruction.operands.erase(instruction.operands.begin() + element_);
      instruction.shape = Narrower(instruction.shape);
      return absl::OkStatus();
    }
    if (instruction.opcode != OpCode::kParameter)
      return base::InvalidArgument("%s is no tuple that is put together", instruction.name);
    // A body that returns its parameter has been narrowed.
    if (ir::Shape::Compatible(instruction.shape, module_[id][value].shape))
      instruction.shape = Narrower(instruction.shape);
    return absl::OkStatus();
  }

  // The state itself, and what takes elements out of it.
  absl::Status NarrowUses(ir::ComputationId id, InstructionId state) {
    Instructions& instructions = bodies_[id.value()];
    instructions[state.value()].shape = Narrower(instructions[state.value()].shape);
    for (size_t user : UsersOf(id, state)) {
      Instruction& instruction = instructions[user];
      if (instruction.opcode != OpCode::kGetTupleElement)
        return base::InvalidArgument("%s takes the loop's state whole", instruction.name);
      const int64_t index = instruction.attr<ir::GetTupleElementAttributes>().index;
      if (index == element_) EQSAT_RETURN_IF_ERROR(MakeLeaf(id, &instruction));
      if (index > element_) {
        instruction.attributes = std::make_shared<const ir::Attributes>(
            ir::GetTupleElementAttributes{.index = index - 1});
      }
    }
    return absl::OkStatus();
  }

  absl::Status MakeLeaf(ir::ComputationId id, Instruction* instruction) const {
    ir::Attributes attributes;
    if (id == module_.entry_id()) {
      instruction->opcode = OpCode::kParameter;
      attributes =
          ir::ParameterAttributes{.number = static_cast<int64_t>(module_[id].parameters().size())};
    } else if (instruction->shape.IsArray() && !instruction->shape.HasDynamicDimensions()) {
      instruction->opcode = OpCode::kConstant;
      attributes = ir::ConstantAttributes{ir::Literal::Zero(instruction->shape)};
    } else {
      return base::InvalidArgument("%s has no zero", instruction->name);
    }
    instruction->operands.clear();
    instruction->annotations = nullptr;
    instruction->attributes = std::make_shared<const ir::Attributes>(std::move(attributes));
    return absl::OkStatus();
  }

  // Without what nothing needs any more.
  absl::StatusOr<ir::Module> Rebuilt() {
    ir::ModuleHeader header = module_.header();
    header.entry_layout = std::nullopt;
    ir::Module narrowed(std::move(header));
    for (size_t i = 0; i < bodies_.size(); ++i) {
      const ir::Computation& old = module_.computations()[i];
      EQSAT_ASSIGN_OR_RETURN(ir::Computation computation,
                             ir::Computation::Make(old.name(), std::move(bodies_[i]), old.root()));
      computation.set_execution_thread(old.execution_thread());
      EQSAT_ASSIGN_OR_RETURN(computation, Edited(narrowed, computation, {}, computation.root()));
      narrowed.Add(std::move(computation));
    }
    narrowed.set_entry(module_.entry_id());
    return narrowed;
  }

  const ir::Module& module_;
  int64_t element_;
  std::vector<Instructions> bodies_;  // by computation
};

}  // namespace

absl::StatusOr<ir::Module> WithoutStateElement(const ir::Module& module, ir::ComputationId caller,
                                               ir::InstructionId loop, int64_t element) {
  return StateNarrower(module, element).Run(caller, loop);
}

}  // namespace eqsat::tools
