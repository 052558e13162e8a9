#include "ir/verify/value_flow.h"

#include <set>

namespace eqsat::ir {

ValueFlow::ValueFlow(const Module& module)
    : module_(module), callers_(module.computations().size()) {
  for (size_t c = 0; c < module.computations().size(); ++c) {
    const Computation& computation = module.computations()[c];
    for (size_t i = 0; i < computation.size(); ++i) {
      const Instruction& instruction = computation.instructions()[i];
      for (size_t region = 0; region < instruction.called.size(); ++region) {
        callers_[instruction.called[region].value()].push_back(
            {ComputationId(c), InstructionId(i), region});
      }
    }
  }
}

std::vector<ValuePlace> ValueFlow::Origins(ValuePlace place) const {
  constexpr size_t kMostPlaces = 1000;
  std::set<ValuePlace> seen = {place};
  std::vector<ValuePlace> pending = {std::move(place)}, origins;
  while (!pending.empty()) {
    ValuePlace at = std::move(pending.back());
    pending.pop_back();
    if (seen.size() > kMostPlaces) return {};
    std::vector<ValuePlace> before = Before(at);
    if (before.empty()) origins.push_back(std::move(at));
    for (ValuePlace& next : before)
      if (seen.insert(next).second) pending.push_back(std::move(next));
  }
  return origins;
}

std::vector<ValuePlace> ValueFlow::Before(const ValuePlace& place) const {
  const Instruction& instruction = At(place);
  auto operand = [&](size_t i, std::vector<int64_t> index) {
    return ValuePlace{place.computation, instruction.operands[i], std::move(index)};
  };
  switch (instruction.opcode) {
    case OpCode::kGetTupleElement: {
      std::vector<int64_t> index = {instruction.attr<GetTupleElementAttributes>().index};
      index.insert(index.end(), place.index.begin(), place.index.end());
      return {operand(0, std::move(index))};
    }
    case OpCode::kTuple: {
      if (place.index.empty()) return {};
      std::vector<int64_t> rest(place.index.begin() + 1, place.index.end());
      return {operand(static_cast<size_t>(place.index[0]), std::move(rest))};
    }
    case OpCode::kOptBarrier:
      return {operand(0, place.index)};
    case OpCode::kWhile:
      return {operand(0, place.index), RootOf(instruction.called[1], place.index)};
    case OpCode::kCall:
    case OpCode::kConditional: {
      std::vector<ValuePlace> roots;
      for (ComputationId callee : instruction.called) roots.push_back(RootOf(callee, place.index));
      return roots;
    }
    case OpCode::kParameter:
      return BeforeParameter(place);
    default:
      return {};
  }
}

std::vector<ValuePlace> ValueFlow::BeforeParameter(const ValuePlace& place) const {
  auto number = static_cast<size_t>(At(place).attr<ParameterAttributes>().number);
  std::vector<ValuePlace> before;
  for (const Caller& caller : callers_[place.computation.value()]) {
    const Instruction& call = module_[caller.computation][caller.instruction];
    size_t operand = number;
    if (call.opcode == OpCode::kWhile) {
      before.push_back(RootOf(call.called[1], place.index));
    } else if (call.opcode == OpCode::kConditional) {
      operand = caller.region + 1;
    } else if (call.opcode != OpCode::kCall) {
      continue;
    }
    if (operand < call.operands.size())
      before.push_back({caller.computation, call.operands[operand], place.index});
  }
  return before;
}

}  // namespace eqsat::ir
