// Rules about several instructions of one computation.
#include <algorithm>
#include <vector>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// Control predecessors exist, and with the operands they still order the instructions.
absl::Status CheckControlEdges(const Computation& computation) {
  size_t size = computation.size();
  std::vector<std::vector<uint32_t>> successors(size);
  std::vector<size_t> waiting_for(size);
  bool backward = false;
  for (size_t i = 0; i < size; ++i) {
    const Instruction& instruction = computation.instructions()[i];
    auto add = [&](InstructionId before) {
      successors[before.value()].push_back(static_cast<uint32_t>(i));
      ++waiting_for[i];
    };
    for (InstructionId operand : instruction.operands) add(operand);
    for (InstructionId before : instruction.Notes().control_predecessors) {
      if (!before.valid() || before.value() >= size) {
        return base::InvalidArgument("instruction %s has a control predecessor that does not exist",
                                     instruction.name);
      }
      add(before);
      backward |= before.value() >= i;
    }
  }
  if (!backward) return absl::OkStatus();
  std::vector<uint32_t> ready;
  for (size_t i = 0; i < size; ++i)
    if (waiting_for[i] == 0) ready.push_back(static_cast<uint32_t>(i));
  size_t done = 0;
  for (; !ready.empty(); ++done) {
    uint32_t id = ready.back();
    ready.pop_back();
    for (uint32_t next : successors[id])
      if (--waiting_for[next] == 0) ready.push_back(next);
  }
  if (done == size) return absl::OkStatus();
  size_t stuck =
      std::ranges::find_if(waiting_for, [](size_t n) { return n > 0; }) - waiting_for.begin();
  return base::InvalidArgument("instruction %s waits for itself through control predecessors",
                               computation.instructions()[stuck].name);
}

// All-reduces that meet either all constrain layouts or none does.
absl::Status CheckAllReduces(const Computation& computation) {
  const Instruction* first = nullptr;
  for (const Instruction& instruction : computation.instructions()) {
    if (instruction.opcode != OpCode::kAllReduce) continue;
    if (first == nullptr) first = &instruction;
    if (instruction.attr<AllReduceAttributes>().constrain_layout ==
        first->attr<AllReduceAttributes>().constrain_layout)
      continue;
    return base::InvalidArgument("of the all-reduces %s and %s only one constrains layouts",
                                 first->name, instruction.name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWholeComputation(const Computation& computation) {
  EQSAT_RETURN_IF_ERROR(CheckControlEdges(computation));
  return CheckAllReduces(computation);
}

}  // namespace eqsat::ir
