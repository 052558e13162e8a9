#include "ir/graph/settle_precision.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

bool IsFloatArray(const Shape& shape) { return shape.IsArray() && IsFloat(shape.element_type()); }

bool StatesItsType(OpCode opcode) {
  return opcode == OpCode::kConvert || opcode == OpCode::kBitcastConvert;
}

// The type that the floats among the operands are to have; nothing if the op takes any.
std::optional<ElementType> CommonType(const Computation& computation,
                                      const Instruction& instruction) {
  if (!GetOpInfo(instruction.opcode).Has(OpTrait::kElementwise)) return std::nullopt;
  if (StatesItsType(instruction.opcode)) return std::nullopt;
  if (IsFloatArray(instruction.shape)) return instruction.shape.element_type();
  std::optional<ElementType> widest;
  for (InstructionId operand : instruction.operands) {
    const Shape& shape = computation[operand].shape;
    if (!IsFloatArray(shape)) continue;
    if (!widest || BitWidth(shape.element_type()) > BitWidth(*widest))
      widest = shape.element_type();
  }
  return widest;
}

class Settling {
 public:
  explicit Settling(const Computation& computation) : computation_(computation) {
    for (const Instruction& instruction : computation.instructions())
      names_.insert(instruction.name);
  }

  absl::StatusOr<Computation> Run() {
    for (const Instruction& instruction : computation_.instructions()) Move(instruction);
    EQSAT_ASSIGN_OR_RETURN(Computation settled,
                           Computation::Make(computation_.name(), std::move(instructions_),
                                             moved_[computation_.root().value()]));
    settled.set_execution_thread(computation_.execution_thread());
    return settled;
  }

 private:
  void Move(const Instruction& instruction) {
    Instruction copy = instruction;
    copy.Renumber(moved_);
    if (std::optional<ElementType> type = CommonType(computation_, instruction))
      for (InstructionId& operand : copy.operands) operand = Converted(operand, *type);
    moved_.push_back(Append(std::move(copy)));
  }

  InstructionId Converted(InstructionId operand, ElementType type) {
    const Shape& shape = instructions_[operand.value()].shape;
    if (!IsFloatArray(shape) || shape.element_type() == type) return operand;
    Instruction convert;
    convert.opcode = OpCode::kConvert;
    convert.shape = shape.WithElementType(type);
    convert.operands = {operand};
    do convert.name = base::StrCat("convert.", ++made_);
    while (!names_.insert(convert.name).second);
    return Append(std::move(convert));
  }

  InstructionId Append(Instruction instruction) {
    instructions_.push_back(std::move(instruction));
    return InstructionId(static_cast<uint32_t>(instructions_.size() - 1));
  }

  const Computation& computation_;
  std::set<std::string> names_;
  int made_ = 0;
  std::vector<Instruction> instructions_;
  std::vector<InstructionId> moved_;  // by the id before
};

}  // namespace

absl::StatusOr<Module> SettlePrecision(const Module& module) {
  Module settled(module.header());
  for (const Computation& computation : module.computations()) {
    EQSAT_ASSIGN_OR_RETURN(Computation made, Settling(computation).Run());
    settled.Add(std::move(made));
  }
  settled.set_entry(module.entry_id());
  return settled;
}

}  // namespace eqsat::ir
