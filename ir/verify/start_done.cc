// Ops in two halves: what is started is done, once.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "ir/ops/shape_checks.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

struct Halves {
  OpCode start;
  OpCode done;
};

// Halves with nothing between them. A send or recv may be done in another turn of a loop.
constexpr Halves kHalves[] = {
    {OpCode::kCopyStart, OpCode::kCopyDone},
    {OpCode::kAllReduceStart, OpCode::kAllReduceDone},
    {OpCode::kAllGatherStart, OpCode::kAllGatherDone},
    {OpCode::kCollectivePermuteStart, OpCode::kCollectivePermuteDone},
};

using Users = std::vector<std::vector<InstructionId>>;

Users UsersOf(const Computation& computation) {
  Users users(computation.size());
  for (size_t i = 0; i < computation.size(); ++i) {
    for (InstructionId operand : computation.instructions()[i].operands)
      users[operand.value()].push_back(InstructionId(i));
  }
  return users;
}

absl::Status CheckHalves(const Computation& computation, const Instruction& instruction,
                         size_t users) {
  for (const Halves& halves : kHalves) {
    if (instruction.opcode == halves.start && users > 1) {
      return base::InvalidArgument("the %s %s must have one user, but has %d", Name(halves.start),
                                   instruction.name, users);
    }
    if (instruction.opcode != halves.done) continue;
    const Instruction& operand = computation[instruction.operands[0]];
    if (operand.opcode == halves.start) continue;
    return base::InvalidArgument("the operand of the %s %s must be a %s, but is the %s %s",
                                 Name(halves.done), instruction.name, Name(halves.start),
                                 Name(operand.opcode), operand.name);
  }
  return absl::OkStatus();
}

// --- async chains --------------------------------------------------------------------------------

// The async-start that the operands of `instruction` lead to, if none of them leaves the chain.
const Instruction* StartOf(const Computation& computation, const Instruction& instruction) {
  const Instruction* at = &instruction;
  while (at->opcode == OpCode::kAsyncUpdate || at->opcode == OpCode::kAsyncDone)
    at = &computation[at->operands[0]];
  return at->opcode == OpCode::kAsyncStart ? at : nullptr;
}

// An update has bound no more, and promises no other result, than the computation has.
absl::Status CheckUpdate(const Module& module, const Computation& computation,
                         const Instruction& update) {
  const Instruction* start = StartOf(computation, update);
  if (start == nullptr) return absl::OkStatus();
  ProgramShape wrapped = module[start->called[0]].program_shape();
  Shape parameters = Shape::Tuple(wrapped.parameters);
  if (IsTuplePrefix(update.shape.element(0), parameters) &&
      IsTuplePrefix(update.shape.element(1), wrapped.result))
    return absl::OkStatus();
  return base::InvalidArgument(
      "the async-update %s of shape %s does not fit the computation, %s "
      "to %s",
      update.name, update.shape.ToString(), parameters.ToString(), wrapped.result.ToString());
}

// Counts the dones that a start leads to; a start whose value goes elsewhere may be done there.
absl::Status CheckAsyncStart(const Computation& computation, const Users& users,
                             InstructionId start) {
  std::vector<InstructionId> pending = {start};
  int dones = 0;
  bool escapes = false;
  while (!pending.empty()) {
    InstructionId at = pending.back();
    pending.pop_back();
    escapes |= at == computation.root();
    for (InstructionId user : users[at.value()]) {
      OpCode opcode = computation[user].opcode;
      if (opcode == OpCode::kAsyncUpdate) pending.push_back(user);
      dones += opcode == OpCode::kAsyncDone;
      escapes |= opcode != OpCode::kAsyncUpdate && opcode != OpCode::kAsyncDone;
    }
  }
  if (dones == 1 || (dones == 0 && escapes)) return absl::OkStatus();
  return base::InvalidArgument("the async-start %s must have one async-done, but has %d",
                               computation[start].name, dones);
}

}  // namespace

absl::Status CheckStartsAndDones(const Module& module, const Computation& computation) {
  Users users = UsersOf(computation);
  for (size_t i = 0; i < computation.size(); ++i) {
    const Instruction& instruction = computation.instructions()[i];
    EQSAT_RETURN_IF_ERROR(CheckHalves(computation, instruction, users[i].size()));
    if (instruction.opcode == OpCode::kAsyncUpdate)
      EQSAT_RETURN_IF_ERROR(CheckUpdate(module, computation, instruction));
    if (instruction.opcode == OpCode::kAsyncStart)
      EQSAT_RETURN_IF_ERROR(CheckAsyncStart(computation, users, InstructionId(i)));
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
