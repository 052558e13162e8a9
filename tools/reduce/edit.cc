#include "tools/reduce/edit.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::tools {
namespace {

using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;

class Editor {
 public:
  Editor(const ir::Module& module, const ir::Computation& computation, absl::Span<const Edit> edits)
      : module_(module), computation_(computation), edit_of_(computation.size()) {
    for (const Edit& edit : edits) edit_of_[edit.at.value()] = &edit;
  }

  absl::StatusOr<ir::Computation> Run(InstructionId root) {
    const std::vector<bool> live = Live(root);
    moved_.resize(computation_.size());
    for (size_t i = 0; i < computation_.size(); ++i) {
      if (!live[i]) continue;
      EQSAT_ASSIGN_OR_RETURN(moved_[i], Place(InstructionId(i)));
    }
    NumberParameters();
    EQSAT_ASSIGN_OR_RETURN(
        ir::Computation edited,
        ir::Computation::Make(computation_.name(), std::move(placed_), moved_[root.value()]));
    edited.set_execution_thread(computation_.execution_thread());
    return edited;
  }

 private:
  bool Is(InstructionId id, Edit::Kind kind) const {
    return edit_of_[id.value()] && edit_of_[id.value()]->kind == kind;
  }

  // What the root needs, and what stays without being needed.
  std::vector<bool> Live(InstructionId root) const {
    std::vector<bool> live(computation_.size());
    live[root.value()] = true;
    for (size_t i = computation_.size(); i-- > 0;) {
      const InstructionId id(i);
      const Instruction& instruction = computation_[id];
      const bool stays = instruction.opcode == OpCode::kParameter ||
                         ir::HasSideEffect(instruction.opcode, instruction.Attrs());
      if (stays && !Is(id, Edit::Kind::kDrop)) live[i] = true;
      if (!live[i] || Is(id, Edit::Kind::kParameter) || Is(id, Edit::Kind::kZero)) continue;
      if (Is(id, Edit::Kind::kUse)) {
        live[edit_of_[i]->value.value()] = true;
        continue;
      }
      for (InstructionId operand : instruction.operands) live[operand.value()] = true;
    }
    return live;
  }

  // Where the instruction's value is in the new computation.
  absl::StatusOr<InstructionId> Place(InstructionId id) {
    const Edit* edit = edit_of_[id.value()];
    Instruction copy = computation_[id];
    if (edit == nullptr) return Push(std::move(copy));
    switch (edit->kind) {
      case Edit::Kind::kUse:
        return moved_[edit->value.value()];
      case Edit::Kind::kParameter:
        return PushLeaf(copy, OpCode::kParameter, ir::ParameterAttributes{.number = kNew});
      case Edit::Kind::kZero:
        return PushLeaf(copy, OpCode::kConstant,
                        ir::ConstantAttributes{ir::Literal::Zero(copy.shape)});
      case Edit::Kind::kInline:
        return PlaceBody(copy, edit->callee);
      case Edit::Kind::kDrop:
        return base::InvalidArgument("%s is still used", copy.name);
      case Edit::Kind::kStrip:
        copy.annotations = nullptr;
        return Push(std::move(copy));
    }
    return InstructionId();
  }

  InstructionId PushLeaf(const Instruction& instruction, OpCode opcode, ir::Attributes attributes) {
    Instruction leaf;
    leaf.name = instruction.name;
    leaf.opcode = opcode;
    leaf.shape = instruction.shape;
    leaf.attributes = std::make_shared<const ir::Attributes>(std::move(attributes));
    return Push(std::move(leaf));
  }

  // A branch gets its own operand, a called computation all of them.
  absl::StatusOr<InstructionId> PlaceBody(const Instruction& call, size_t callee) {
    const ir::Computation& body = module_[call.called[callee]];
    const bool is_branch = call.opcode == OpCode::kConditional;
    std::vector<InstructionId> inner(body.size());
    for (size_t i = 0; i < body.size(); ++i) {
      Instruction copy = body.instructions()[i];
      if (copy.opcode == OpCode::kParameter) {
        const auto number = static_cast<size_t>(copy.attr<ir::ParameterAttributes>().number);
        const size_t position = is_branch ? callee + 1 : number;
        if (position >= call.operands.size())
          return base::InvalidArgument("%s has no operand %d", call.name, position);
        inner[i] = moved_[call.operands[position].value()];
        continue;
      }
      copy.name = base::StrCat(call.name, ".", copy.name);
      copy.Renumber(inner);
      inner[i] = Append(std::move(copy));
    }
    return inner[body.root().value()];
  }

  InstructionId Push(Instruction instruction) {
    instruction.Renumber(moved_);
    return Append(std::move(instruction));
  }

  InstructionId Append(Instruction instruction) {
    std::string name = instruction.name;
    for (int suffix = 1; !names_.insert(name).second; ++suffix)
      name = base::StrCat(instruction.name, ".", suffix);
    instruction.name = std::move(name);
    placed_.push_back(std::move(instruction));
    return InstructionId(placed_.size() - 1);
  }

  // Parameters that were there keep their order; new ones follow.
  void NumberParameters() {
    std::vector<Instruction*> parameters;
    for (Instruction& instruction : placed_)
      if (instruction.opcode == OpCode::kParameter) parameters.push_back(&instruction);
    std::ranges::stable_sort(parameters, {}, [](const Instruction* parameter) {
      return parameter->attr<ir::ParameterAttributes>().number;
    });
    for (size_t i = 0; i < parameters.size(); ++i) {
      parameters[i]->attributes = std::make_shared<const ir::Attributes>(
          ir::ParameterAttributes{.number = static_cast<int64_t>(i)});
    }
  }

  static constexpr int64_t kNew = std::numeric_limits<int64_t>::max();

  const ir::Module& module_;
  const ir::Computation& computation_;
  std::vector<const Edit*> edit_of_;  // by instruction; null: it stays
  std::vector<InstructionId> moved_;  // by instruction; invalid: left out
  std::vector<Instruction> placed_;
  std::set<std::string> names_;
};

}  // namespace

absl::StatusOr<ir::Computation> Edited(const ir::Module& module, const ir::Computation& computation,
                                       absl::Span<const Edit> edits, InstructionId root) {
  EQSAT_ASSIGN_OR_RETURN(ir::Computation edited, Editor(module, computation, edits).Run(root));
  const bool has_bodies =
      std::ranges::any_of(edits, [](const Edit& edit) { return edit.kind == Edit::Kind::kInline; });
  // A body may hold what its caller does not use.
  return has_bodies ? Editor(module, edited, {}).Run(edited.root()) : std::move(edited);
}

}  // namespace eqsat::tools
