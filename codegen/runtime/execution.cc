#include "codegen/runtime/execution.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <variant>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/interpret/interpreter.h"

namespace eqsat::codegen {
namespace {

// Consumes the arrays of `shape` from `next` on.
absl::StatusOr<ir::Literal> ReadFrom(Device& device, const ir::Shape& shape,
                                     const Addresses& arrays, size_t* next) {
  if (shape.IsArray()) {
    std::vector<uint8_t> bytes(static_cast<size_t>(shape.ByteSize()));
    EQSAT_RETURN_IF_ERROR(device.CopyOut(bytes.data(), arrays[(*next)++], shape.ByteSize()));
    return ir::Literal::FromBytes(shape, std::move(bytes));
  }
  if (!shape.IsTuple()) return ir::Literal::Zero(shape);
  std::vector<ir::Literal> elements;
  for (const ir::Shape& element : shape.elements()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ReadFrom(device, element, arrays, next));
    elements.push_back(std::move(value));
  }
  return ir::Literal::Tuple(std::move(elements));
}

}  // namespace

void AppendArrays(const ir::Literal& value, std::vector<const ir::Literal*>* arrays) {
  if (value.shape().IsArray()) arrays->push_back(&value);
  if (value.shape().IsTuple())
    for (const ir::Literal& element : value.elements()) AppendArrays(element, arrays);
}

Execution::~Execution() {
  for (uint8_t* memory : owned_) device_.Free(memory);
}

absl::StatusOr<uint8_t*> Execution::Allocate(int64_t bytes) {
  EQSAT_ASSIGN_OR_RETURN(uint8_t* memory, device_.Allocate(bytes));
  owned_.push_back(memory);
  return memory;
}

absl::StatusOr<ir::Literal> Execution::Read(const ir::Shape& shape, const Addresses& arrays) const {
  size_t next = 0;
  return ReadFrom(device_, shape, arrays, &next);
}

absl::Status Execution::Write(const ir::Literal& value, const Addresses& arrays) const {
  std::vector<const ir::Literal*> literals;
  AppendArrays(value, &literals);
  EQSAT_CHECK(literals.size() == arrays.size());
  for (size_t i = 0; i < arrays.size(); ++i) {
    absl::Span<const uint8_t> bytes = literals[i]->bytes();
    EQSAT_RETURN_IF_ERROR(
        device_.CopyIn(arrays[i], bytes.data(), static_cast<int64_t>(bytes.size())));
  }
  return absl::OkStatus();
}

absl::StatusOr<Addresses> Execution::RunProgram(int64_t program, const Addresses& parameters) {
  const Program& code = plan_.programs[static_cast<size_t>(program)];
  EQSAT_CHECK(parameters.size() == code.parameter_bytes.size());
  uint8_t*& arena = arenas_[static_cast<size_t>(program)];
  if (arena == nullptr) {
    EQSAT_ASSIGN_OR_RETURN(arena, Allocate(code.arena_bytes));
  }
  Frame frame{arena, parameters};
  for (const Step& step : code.steps)
    EQSAT_RETURN_IF_ERROR(std::visit([&](const auto& s) { return Take(frame, s); }, step));
  return Resolve(frame, code.results);
}

uint8_t* Execution::Resolve(const Frame& frame, const BufferRef& ref) const {
  switch (ref.place) {
    case BufferRef::Place::kParameter:
      return frame.parameters[static_cast<size_t>(ref.position)];
    case BufferRef::Place::kConstant:
      return constants_[static_cast<size_t>(ref.position)];
    case BufferRef::Place::kArena:
      break;
  }
  return frame.arena + ref.position;
}

Addresses Execution::Resolve(const Frame& frame, absl::Span<const BufferRef> refs) const {
  Addresses addresses;
  for (const BufferRef& ref : refs) addresses.push_back(Resolve(frame, ref));
  return addresses;
}

absl::Status Execution::Copy(uint8_t* to, const uint8_t* from, int64_t bytes) const {
  if (to == from) return absl::OkStatus();
  return device_.CopyWithin(to, from, bytes);
}

absl::Status Execution::Take(const Frame& frame, const KernelStep& step) {
  return device_.Launch(step.kernel, Resolve(frame, step.buffers));
}

absl::Status Execution::Take(const Frame& frame, const CopyStep& step) {
  return Copy(Resolve(frame, step.to), Resolve(frame, step.from), step.from.bytes);
}

absl::Status Execution::Take(const Frame& frame, const WhileStep& step) {
  Addresses state = Resolve(frame, step.state);
  for (size_t i = 0; i < state.size(); ++i)
    EQSAT_RETURN_IF_ERROR(Copy(state[i], Resolve(frame, step.initial[i]), step.initial[i].bytes));
  while (true) {
    EQSAT_ASSIGN_OR_RETURN(Addresses answer, RunProgram(step.condition, state));
    uint8_t proceed = 0;
    EQSAT_RETURN_IF_ERROR(device_.CopyOut(&proceed, answer[0], 1));
    if (proceed == 0) return absl::OkStatus();
    EQSAT_ASSIGN_OR_RETURN(Addresses next, RunProgram(step.body, state));
    EQSAT_RETURN_IF_ERROR(ReplaceState(step, state, next));
  }
}

absl::Status Execution::ReplaceState(const WhileStep& step, const Addresses& state,
                                     const Addresses& next) {
  // A result may be another element of the old state: those are saved before any is overwritten.
  Addresses sources = next;
  Addresses saved;
  absl::Status status;
  for (size_t i = 0; i < state.size() && status.ok(); ++i) {
    bool is_old_state = std::find(state.begin(), state.end(), next[i]) != state.end();
    if (next[i] == state[i] || !is_old_state) continue;
    absl::StatusOr<uint8_t*> memory = device_.Allocate(step.state[i].bytes);
    if (!memory.ok()) {
      status = memory.status();
      break;
    }
    saved.push_back(*memory);
    sources[i] = *memory;
    status = Copy(*memory, next[i], step.state[i].bytes);
  }
  for (size_t i = 0; i < state.size() && status.ok(); ++i)
    status = Copy(state[i], sources[i], step.state[i].bytes);
  for (uint8_t* memory : saved) device_.Free(memory);
  return status;
}

absl::Status Execution::Take(const Frame& frame, const ConditionalStep& step) {
  int64_t last = static_cast<int64_t>(step.branches.size()) - 1;
  int64_t chosen = 0;
  if (step.selects_by_pred) {
    uint8_t pred = 0;
    EQSAT_RETURN_IF_ERROR(device_.CopyOut(&pred, Resolve(frame, step.selector), 1));
    chosen = pred != 0 ? 0 : 1;
  } else {
    int32_t index = 0;
    EQSAT_RETURN_IF_ERROR(device_.CopyOut(&index, Resolve(frame, step.selector), 4));
    chosen = index >= 0 && index <= last ? index : last;
  }
  const ConditionalStep::Branch& branch = step.branches[static_cast<size_t>(chosen)];
  return RunInto(frame, branch.program, branch.arguments, step.results);
}

absl::Status Execution::Take(const Frame& frame, const CallStep& step) {
  return RunInto(frame, step.program, step.arguments, step.results);
}

absl::Status Execution::RunInto(const Frame& frame, int64_t program,
                                const std::vector<BufferRef>& arguments,
                                const std::vector<BufferRef>& results) {
  EQSAT_ASSIGN_OR_RETURN(Addresses values, RunProgram(program, Resolve(frame, arguments)));
  Addresses targets = Resolve(frame, results);
  for (size_t i = 0; i < targets.size(); ++i)
    EQSAT_RETURN_IF_ERROR(Copy(targets[i], values[i], results[i].bytes));
  return absl::OkStatus();
}

absl::Status Execution::Take(const Frame& frame, const InterpretedStep& step) {
  const ir::Computation& computation = module_[step.computation];
  std::map<ir::InstructionId, ir::Literal> values;
  for (const InterpretedStep::Value& input : step.inputs) {
    EQSAT_ASSIGN_OR_RETURN(values[input.id],
                           Read(computation[input.id].shape, Resolve(frame, input.leaves)));
  }
  for (ir::InstructionId id : step.members) {
    std::vector<ir::Literal> operands;
    for (ir::InstructionId operand : computation[id].operands) {
      auto found = values.find(operand);
      // A value without arrays, such as a token, is in no buffer.
      operands.push_back(found != values.end() ? found->second
                                               : ir::Literal::Zero(computation[operand].shape));
    }
    const ir::Instruction& instruction = computation[id];
    EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ir::EvaluateOp(module_, instruction, operands));
    // Asynchronous ops may carry less than their shapes say until they are done.
    if (!ir::Shape::Compatible(value.shape(), instruction.shape))
      return base::Unimplemented("%s (%s) is %s before it is done, not %s", instruction.name,
                                 ir::Name(instruction.opcode), value.shape().ToString(),
                                 instruction.shape.ToString());
    values[id] = std::move(value);
  }
  for (const InterpretedStep::Value& output : step.outputs)
    EQSAT_RETURN_IF_ERROR(Write(values[output.id], Resolve(frame, output.leaves)));
  return absl::OkStatus();
}

}  // namespace eqsat::codegen
