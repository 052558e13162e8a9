// Asynchronous operations over a whole module: what a chain began is what it continues and ends,
// through tuples and the turns of loops.
#include <algorithm>
#include <string>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/verify/rules.h"
#include "ir/verify/value_flow.h"

namespace eqsat::ir {
namespace {

bool Continues(const Instruction& instruction) {
  return instruction.opcode == OpCode::kAsyncUpdate || instruction.opcode == OpCode::kAsyncDone;
}

// What an instruction of a chain says of all of it, itself or by those that it continues: where it
// says nothing, the computation and thread are null.
struct Chain {
  const Computation* wrapped = nullptr;
  const std::string* thread = nullptr;
};

Chain ChainOf(const Module& module, const Computation& computation, const Instruction& last) {
  constexpr int kMostSteps = 1000;  // longer chains go unchecked
  Chain chain;
  const Instruction* at = &last;
  for (int step = 0; step < kMostSteps; ++step) {
    const std::string& thread = at->attr<AsyncAttributes>().async_execution_thread;
    if (chain.thread == nullptr && !thread.empty()) chain.thread = &thread;
    if (chain.wrapped == nullptr && !at->called.empty()) chain.wrapped = &module[at->called[0]];
    if (at->opcode == OpCode::kAsyncStart) break;
    at = &computation[at->operands[0]];
    if (at->opcode != OpCode::kAsyncStart && !Continues(*at)) break;
  }
  if (chain.thread == nullptr && chain.wrapped != nullptr)
    chain.thread = &chain.wrapped->execution_thread();
  return chain;
}

// What `instruction` states is what `before`, from which its value comes, states.
absl::Status CheckContinued(const Instruction& instruction, const Instruction& before,
                            const Computation* wrapped, const Chain& chain) {
  if (wrapped != nullptr && chain.wrapped != nullptr && wrapped != chain.wrapped) {
    return base::InvalidArgument("%s %s runs computation %s, but %s %s, which it continues, %s",
                                 Name(instruction.opcode), instruction.name, wrapped->name(),
                                 Name(before.opcode), before.name, chain.wrapped->name());
  }
  const std::string& thread = instruction.attr<AsyncAttributes>().async_execution_thread;
  if (thread.empty() || chain.thread == nullptr || ThreadName(thread) == ThreadName(*chain.thread))
    return absl::OkStatus();
  return base::InvalidArgument("%s %s is of thread %s, but %s %s, which it continues, of %s",
                               Name(instruction.opcode), instruction.name, thread,
                               Name(before.opcode), before.name, ThreadName(*chain.thread));
}

// The instruction at `place` against everything that its operand may come from.
absl::Status CheckOrigins(const Module& module, const ValueFlow& flow, const ValuePlace& place) {
  const Instruction& instruction = module[place.computation][place.instruction];
  const Computation* wrapped =
      instruction.called.empty() ? nullptr : &module[instruction.called[0]];
  for (const ValuePlace& origin : flow.Origins({place.computation, instruction.operands[0], {}})) {
    const Computation& from = module[origin.computation];
    const Instruction& before = from[origin.instruction];
    if (before.opcode != OpCode::kAsyncStart && before.opcode != OpCode::kAsyncUpdate) continue;
    EQSAT_RETURN_IF_ERROR(
        CheckContinued(instruction, before, wrapped, ChainOf(module, from, before)));
  }
  return absl::OkStatus();
}

absl::Status CheckComputation(const Module& module, const ValueFlow& flow, size_t number) {
  ComputationId id(number);
  const Computation& computation = module[id];
  std::vector<bool> used(computation.size());
  used[computation.root().value()] = true;
  for (const Instruction& instruction : computation.instructions())
    for (InstructionId operand : instruction.operands) used[operand.value()] = true;
  for (size_t i = 0; i < computation.size(); ++i) {
    const Instruction& instruction = computation.instructions()[i];
    if (Continues(instruction))
      EQSAT_RETURN_IF_ERROR(CheckOrigins(module, flow, {id, InstructionId(i), {}}));
    if (instruction.opcode == OpCode::kAsyncUpdate && !used[i])
      return base::InvalidArgument("nothing continues the async-update %s", instruction.name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAsyncChains(const Module& module) {
  ValueFlow flow(module);
  for (size_t i = 0; i < module.computations().size(); ++i) {
    absl::Status status = CheckComputation(module, flow, i);
    if (status.ok()) continue;
    return base::Annotate(status,
                          base::StrCat("computation ", module.computations()[i].name(), ": "));
  }
  const Instruction& result = module.entry()[module.entry().root()];
  if (result.opcode != OpCode::kAsyncStart && result.opcode != OpCode::kAsyncUpdate)
    return absl::OkStatus();
  return base::InvalidArgument("the %s %s is the result of the module and so has no async-done",
                               Name(result.opcode), result.name);
}

}  // namespace eqsat::ir
