#include "ir/interpret/execution.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/actual_shape.h"
#include "ir/interpret/evaluator.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

// "multiply.3 (multiply) at model.py:12: …"
absl::Status AtInstruction(const Module& module, const Instruction& instruction,
                           const absl::Status& status) {
  std::string place = module.SourcePlace(instruction);
  return base::Annotate(status, base::StrCat(instruction.name, " (", Name(instruction.opcode), ")",
                                             place.empty() ? "" : " at ", place, ": "));
}

// The same value under the instruction's own layout, or with its real size where that is dynamic.
absl::StatusOr<Literal> Relabel(Literal literal, const Shape& shape) {
  if (!shape.IsArray() || (literal.shape() == shape && !IsDynamic(shape))) return literal;
  if (!IsActualShapeOf(literal.shape(), shape)) {
    return base::InvalidArgument("the value is %s, but the stated shape is %s",
                                 literal.shape().ToString(), shape.ToString());
  }
  if (!shape.HasDynamicDimensions()) return literal.Reshaped(shape);
  return literal.Reshaped(Shape(shape.element_type(), literal.shape().dimensions()));
}

absl::Status CheckArguments(const Computation& computation, absl::Span<const Literal> arguments) {
  if (arguments.size() != computation.parameters().size()) {
    return base::InvalidArgument("computation %s takes %d arguments, but %d are given",
                                 computation.name(), computation.parameters().size(),
                                 arguments.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Shape& shape = computation[computation.parameters()[i]].shape;
    if (!IsActualShapeOf(arguments[i].shape(), shape)) {
      return base::InvalidArgument("parameter %d of computation %s is %s, but the argument is %s",
                                   i, computation.name(), shape.ToString(),
                                   arguments[i].shape().ToString());
    }
  }
  return absl::OkStatus();
}

// The computations that the instruction calls. The steps of an asynchronous one may leave them to
// its start.
absl::Span<const ComputationId> CalledBy(const Computation& computation,
                                         const Instruction& instruction) {
  const Instruction* caller = &instruction;
  while (caller->called.empty() && caller->opcode == OpCode::kAsyncUpdate)
    caller = &computation[caller->operands[0]];
  return caller->called;
}

}  // namespace

bool Execution::HasEffect(const Instruction& instruction) {
  if (HasSideEffect(instruction.opcode, instruction.Attrs())) return true;
  return std::ranges::any_of(instruction.called,
                             [this](ComputationId id) { return HasEffect(id); });
}

bool Execution::HasEffect(ComputationId id) {
  if (effects_.empty()) effects_.assign(module_.computations().size(), -1);
  // Callees come first, so none of them asks back.
  for (uint32_t i = 0; i <= static_cast<uint32_t>(id.value()) && effects_[id.value()] < 0; ++i) {
    if (effects_[i] >= 0) continue;
    effects_[i] = std::ranges::any_of(
        module_.computations()[i].instructions(),
        [this](const Instruction& instruction) { return HasEffect(instruction); });
  }
  return effects_[id.value()] == 1;
}

Execution::Needs Execution::FindNeeds(const Computation& computation, ComputationId id) {
  const bool effects = HasEffect(id);
  Needs needs{std::vector<int>(computation.size()), std::vector<bool>(computation.size())};
  needs.uses[computation.root().value()] = 1;
  for (size_t i = computation.size(); i-- > 0;) {
    const Instruction& instruction = computation.instructions()[i];
    needs.runs[i] = needs.uses[i] > 0 || (effects && HasEffect(instruction));
    if (!needs.runs[i]) continue;
    for (InstructionId operand : instruction.operands) ++needs.uses[operand.value()];
  }
  return needs;
}

absl::StatusOr<Literal> Execution::RunInstruction(const Computation& computation,
                                                  const Instruction& instruction,
                                                  absl::Span<const Literal> operands, int depth) {
  const bool dynamic = IsDynamic(instruction.shape) ||
                       std::ranges::any_of(instruction.operands, [&](InstructionId operand) {
                         return IsDynamic(computation[operand].shape);
                       });
  absl::Span<const ComputationId> called = CalledBy(computation, instruction);
  if (!dynamic) return RunInstruction(instruction, instruction.shape, called, operands, depth);
  absl::StatusOr<Shape> shape = ActualShape(module_, instruction, operands);
  if (!shape.ok()) return AtInstruction(module_, instruction, shape.status());
  return RunInstruction(instruction, *shape, called, operands, depth);
}

absl::StatusOr<Literal> Execution::RunInstruction(const Instruction& instruction,
                                                  const Shape& shape,
                                                  absl::Span<const ComputationId> called,
                                                  absl::Span<const Literal> operands, int depth) {
  const Regions regions(*this, called, depth);
  absl::StatusOr<Literal> result =
      EvaluateCall({.opcode = instruction.opcode,
                    .attributes = instruction.Attrs(),
                    .shape = shape,
                    .operands = operands,
                    .regions = regions,
                    .backend_config = instruction.Notes().backend_config},
                   options_);
  if (result.ok()) result = Relabel(*std::move(result), instruction.shape);
  if (!result.ok()) return AtInstruction(module_, instruction, result.status());
  return result;
}

absl::StatusOr<Literal> Execution::Run(ComputationId id, absl::Span<const Literal> arguments,
                                       int depth) {
  const Computation& computation = module_[id];
  EQSAT_RETURN_IF_ERROR(CheckArguments(computation, arguments));
  if (depth > kMaxCallDepth) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "calls nest deeper than %d at computation %s", kMaxCallDepth, computation.name()));
  }
  Needs needs = FindNeeds(computation, id);
  std::vector<Literal> values(computation.size());
  std::vector<Literal> operands;
  for (size_t i = 0; i < computation.size(); ++i) {
    if (!needs.runs[i]) continue;
    const Instruction& instruction = computation.instructions()[i];
    if (instruction.opcode == OpCode::kParameter) {
      EQSAT_ASSIGN_OR_RETURN(
          values[i],
          Relabel(arguments[instruction.attr<ParameterAttributes>().number], instruction.shape));
      continue;
    }
    operands.clear();
    for (InstructionId operand : instruction.operands) {
      Literal& value = values[operand.value()];
      bool last_use = --needs.uses[operand.value()] == 0;
      operands.push_back(last_use ? std::exchange(value, Literal()) : value);
    }
    EQSAT_ASSIGN_OR_RETURN(Literal value,
                           RunInstruction(computation, instruction, operands, depth));
    if (needs.uses[i] > 0) values[i] = std::move(value);
  }
  return std::move(values[computation.root().value()]);
}

}  // namespace eqsat::ir
