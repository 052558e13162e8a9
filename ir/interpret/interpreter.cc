#include "ir/interpret/interpreter.h"

#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/evaluate_computation.h"
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

bool HasDynamicPart(const Shape& shape) {
  if (shape.IsArray()) return shape.HasDynamicDimensions();
  for (const Shape& element : shape.elements())
    if (HasDynamicPart(element)) return true;
  return false;
}

bool HasUnknownPart(const Literal& literal) {
  if (literal.is_unknown()) return true;
  for (const Literal& element : literal.elements())
    if (HasUnknownPart(element)) return true;
  return false;
}

absl::Status CheckSize(const Shape& shape, const InterpreterOptions& options) {
  if (HasDynamicPart(shape))
    return base::Unimplemented("%s has a dimension whose size is not static", shape.ToString());
  if (shape.ByteSize() > options.max_value_bytes) {
    return absl::ResourceExhaustedError(absl::StrFormat("%s takes %d bytes, and the limit is %d",
                                                        shape.ToString(), shape.ByteSize(),
                                                        options.max_value_bytes));
  }
  return absl::OkStatus();
}

// The same value under the instruction's own layout.
absl::StatusOr<Literal> Relabel(Literal literal, const Shape& shape) {
  if (!shape.IsArray() || literal.shape() == shape) return literal;
  if (!Shape::Compatible(literal.shape(), shape)) {
    return base::InvalidArgument("the value is %s, but the stated shape is %s",
                                 literal.shape().ToString(), shape.ToString());
  }
  return literal.Reshaped(shape);
}

absl::StatusOr<Literal> EvaluateCall(const OpCall& call, const InterpreterOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckSize(call.shape, options));
  EQSAT_RETURN_IF_ERROR(call.regions.CheckInterrupt());
  for (const Literal& operand : call.operands) {
    if (HasUnknownPart(operand))
      return base::InvalidArgument("an operand's values were elided (`{...}`)");
  }
  EvaluateFn evaluate = Evaluators()[call.opcode].evaluate;
  if (evaluate == nullptr) {
    return base::Unimplemented("the interpreter does not evaluate %s", Name(call.opcode));
  }
  EQSAT_ASSIGN_OR_RETURN(Literal result, evaluate(call));
  return Relabel(std::move(result), call.shape);
}

absl::StatusOr<Literal> EvaluateInstruction(const Module& module, const Instruction& instruction,
                                            absl::Span<const Literal> operands,
                                            const InterpreterOptions& options, int depth) {
  const Regions regions(module, instruction.called, options, depth);
  absl::StatusOr<Literal> result = EvaluateCall({.opcode = instruction.opcode,
                                                 .attributes = instruction.Attrs(),
                                                 .shape = instruction.shape,
                                                 .operands = operands,
                                                 .regions = regions},
                                                options);
  if (!result.ok()) return AtInstruction(module, instruction, result.status());
  return result;
}

// How many uses each instruction has among those that the root needs; 0: not needed.
std::vector<int> CountUses(const Computation& computation) {
  std::vector<int> uses(computation.size());
  uses[computation.root().value()] = 1;
  for (size_t i = computation.size(); i-- > 0;) {
    if (uses[i] == 0) continue;
    for (InstructionId operand : computation.instructions()[i].operands) ++uses[operand.value()];
  }
  return uses;
}

absl::Status CheckArguments(const Computation& computation, absl::Span<const Literal> arguments) {
  if (arguments.size() != computation.parameters().size()) {
    return base::InvalidArgument("computation %s takes %d arguments, but %d are given",
                                 computation.name(), computation.parameters().size(),
                                 arguments.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Shape& shape = computation[computation.parameters()[i]].shape;
    if (!Shape::Compatible(arguments[i].shape(), shape)) {
      return base::InvalidArgument("parameter %d of computation %s is %s, but the argument is %s",
                                   i, computation.name(), shape.ToString(),
                                   arguments[i].shape().ToString());
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Literal> EvaluateNested(const Module& module, ComputationId id,
                                       absl::Span<const Literal> arguments,
                                       const InterpreterOptions& options, int depth) {
  const Computation& computation = module[id];
  EQSAT_RETURN_IF_ERROR(CheckArguments(computation, arguments));
  if (depth > kMaxCallDepth) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "calls nest deeper than %d at computation %s", kMaxCallDepth, computation.name()));
  }
  std::vector<int> uses = CountUses(computation);
  std::vector<Literal> values(computation.size());
  std::vector<Literal> operands;
  for (size_t i = 0; i < computation.size(); ++i) {
    if (uses[i] == 0) continue;
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
      bool last_use = --uses[operand.value()] == 0;
      operands.push_back(last_use ? std::exchange(value, Literal()) : value);
    }
    EQSAT_ASSIGN_OR_RETURN(values[i],
                           EvaluateInstruction(module, instruction, operands, options, depth));
  }
  return std::move(values[computation.root().value()]);
}

absl::StatusOr<Literal> Evaluate(const Module& module, absl::Span<const Literal> arguments,
                                 const InterpreterOptions& options) {
  return EvaluateComputation(module, module.entry_id(), arguments, options);
}

absl::StatusOr<Literal> EvaluateComputation(const Module& module, ComputationId computation,
                                            absl::Span<const Literal> arguments,
                                            const InterpreterOptions& options) {
  return EvaluateNested(module, computation, arguments, options, 0);
}

absl::StatusOr<Literal> EvaluateOp(const Module& module, const Instruction& instruction,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options) {
  return EvaluateInstruction(module, instruction, operands, options, 0);
}

absl::StatusOr<Literal> EvaluateOp(OpCode opcode, const Attributes& attributes, const Shape& result,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options) {
  std::vector<Shape> shapes;
  for (const Literal& operand : operands) shapes.push_back(operand.shape());
  EQSAT_ASSIGN_OR_RETURN(
      Shape inferred,
      InferShape(
          {.opcode = opcode, .operands = shapes, .attributes = attributes, .declared = &result}));
  if (!Shape::Compatible(inferred, result)) {
    return base::InvalidArgument("%s gives %s here, not %s", Name(opcode), inferred.ToString(),
                                 result.ToString());
  }
  const Regions regions;
  return EvaluateCall({.opcode = opcode,
                       .attributes = attributes,
                       .shape = result,
                       .operands = operands,
                       .regions = regions},
                      options);
}

}  // namespace eqsat::ir
