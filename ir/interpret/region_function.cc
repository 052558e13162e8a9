#include "ir/interpret/region_function.h"

#include <cstring>

#include "ir/base/status.h"
#include "ir/interpret/execution.h"

namespace eqsat::ir {
namespace {

// The element types of an array or of a flat tuple of arrays.
std::vector<ElementType> LeafTypes(const Shape& shape) {
  if (shape.IsArray()) return {shape.element_type()};
  std::vector<ElementType> types;
  for (const Shape& element : shape.elements()) types.push_back(element.element_type());
  return types;
}

bool AllScalars(const Shape& shape) {
  if (shape.IsArray()) return shape.IsScalar();
  for (const Shape& element : shape.elements())
    if (!element.IsScalar()) return false;
  return shape.IsTuple();
}

Literal LiteralOf(ElementType type, const void* element) {
  ComputeResult result(Shape(type, {}));
  std::memcpy(result.data(), element, ComputeBytes(type));
  return std::move(result).Take();
}

}  // namespace

absl::Status CheckScalarParameters(const Regions& regions, size_t index, size_t count) {
  if (index >= regions.size()) return base::InvalidArgument("there is no computation to apply");
  const ProgramShape shape = regions[index].program_shape();
  bool fits = shape.parameters.size() == count;
  for (const Shape& parameter : shape.parameters) fits = fits && parameter.IsScalar();
  if (fits) return absl::OkStatus();
  return base::InvalidArgument("computation %s does not take %d scalars", regions[index].name(),
                               count);
}

std::vector<ElementType> LeadingParameterTypes(const Regions& regions, size_t count) {
  const ProgramShape shape = regions[0].program_shape();
  std::vector<ElementType> types;
  for (size_t i = 0; i < count; ++i) types.push_back(shape.parameters[i].element_type());
  return types;
}

absl::StatusOr<RegionFunction> RegionFunction::Make(const Regions& regions, size_t index,
                                                    absl::Span<const ElementType> parameters,
                                                    absl::Span<const ElementType> results) {
  EQSAT_RETURN_IF_ERROR(CheckScalarParameters(regions, index, parameters.size()));
  const Computation& computation = regions[index];
  RegionFunction function;
  function.regions_ = regions;
  function.index_ = index;
  function.parameter_types_.assign(parameters.begin(), parameters.end());
  function.result_types_.assign(results.begin(), results.end());
  ProgramShape shape = computation.program_shape();
  bool fits = AllScalars(shape.result) && LeafTypes(shape.result) == function.result_types_;
  for (size_t i = 0; fits && i < parameters.size(); ++i)
    fits = shape.parameters[i].element_type() == parameters[i];
  if (!fits) {
    return base::InvalidArgument("computation %s does not fit the elements that it is applied to",
                                 computation.name());
  }
  std::vector<std::vector<Register>> arguments;
  for (ElementType type : parameters) {
    function.parameter_registers_.push_back(function.NewRegister(type));
    arguments.push_back({function.parameter_registers_.back()});
  }
  auto compiled = function.Compile(regions.module(), computation, arguments, 0);
  function.compiled_ = compiled.has_value();
  if (compiled) function.result_registers_ = *compiled;
  function.FindSingleOp(computation);
  return function;
}

RegionFunction::Register RegionFunction::NewRegister(ElementType type) {
  register_types_.push_back(type);
  registers_.emplace_back();
  return static_cast<Register>(registers_.size()) - 1;
}

void RegionFunction::FindSingleOp(const Computation& computation) {
  const Instruction& root = computation[computation.root()];
  if (computation.parameters().size() != 2 || root.operands.size() != 2) return;
  if (!root.shape.IsScalar() || root.shape.element_type() != parameter_types_[0]) return;
  if (parameter_types_[0] != parameter_types_[1]) return;
  const InstructionId first = computation.parameters()[0];
  const InstructionId second = computation.parameters()[1];
  if ((root.operands[0] == first && root.operands[1] == second) ||
      (root.operands[0] == second && root.operands[1] == first))
    single_op_ = root.opcode;
}

std::optional<std::vector<RegionFunction::Register>> RegionFunction::Compile(
    const Module& module, const Computation& computation,
    absl::Span<const std::vector<Register>> arguments, int depth) {
  if (depth > kMaxCallDepth) return std::nullopt;
  std::vector<std::vector<Register>> values(computation.size());
  for (size_t i = 0; i < computation.size(); ++i) {
    const Instruction& instruction = computation.instructions()[i];
    if (--compile_budget_ < 0 || !AllScalars(instruction.shape)) return std::nullopt;
    auto value = CompileInstruction(module, computation, instruction, values, arguments, depth);
    if (!value) return std::nullopt;
    values[i] = *std::move(value);
  }
  return values[computation.root().value()];
}

std::optional<std::vector<RegionFunction::Register>> RegionFunction::CompileInstruction(
    const Module& module, const Computation& computation, const Instruction& instruction,
    absl::Span<const std::vector<Register>> values,
    absl::Span<const std::vector<Register>> arguments, int depth) {
  switch (instruction.opcode) {
    case OpCode::kParameter:
      return arguments[instruction.attr<ParameterAttributes>().number];
    case OpCode::kConstant: {
      const Literal& literal = instruction.attr<ConstantAttributes>().literal;
      if (literal.is_unknown() || !literal.shape().IsScalar()) return std::nullopt;
      ComputeArray element(literal);
      Register constant = NewRegister(element.type());
      std::memcpy(&registers_[constant], element.data(), ComputeBytes(element.type()));
      return std::vector<Register>{constant};
    }
    case OpCode::kTuple: {
      std::vector<Register> elements;
      for (InstructionId operand : instruction.operands) {
        if (!computation[operand].shape.IsScalar()) return std::nullopt;
        elements.push_back(values[operand.value()][0]);
      }
      return elements;
    }
    case OpCode::kGetTupleElement: {
      int64_t index = instruction.attr<GetTupleElementAttributes>().index;
      return std::vector<Register>{values[instruction.operands[0].value()][index]};
    }
    case OpCode::kCall:
    case OpCode::kFusion: {
      std::vector<std::vector<Register>> passed;
      for (InstructionId operand : instruction.operands) passed.push_back(values[operand.value()]);
      return Compile(module, module[instruction.called[0]], passed, depth + 1);
    }
    default:
      return CompileKernel(computation, instruction, values);
  }
}

std::optional<std::vector<RegionFunction::Register>> RegionFunction::CompileKernel(
    const Computation& computation, const Instruction& instruction,
    absl::Span<const std::vector<Register>> values) {
  if (!instruction.shape.IsScalar()) return std::nullopt;
  std::vector<ElementType> types;
  Step step{};
  for (InstructionId operand : instruction.operands) {
    if (!computation[operand].shape.IsScalar()) return std::nullopt;
    step.operands.push_back(values[operand.value()][0]);
    types.push_back(register_types_[step.operands.back()]);
  }
  const ElementType type = instruction.shape.element_type();
  // Elementwise ops have operands; only they have kernels.
  if (types.empty() || types.size() > step.call.operands.size()) return std::nullopt;
  step.kernel = FindKernel({.opcode = instruction.opcode,
                            .operands = types,
                            .result = type,
                            .attributes = instruction.Attrs()});
  if (step.kernel == nullptr) return std::nullopt;
  step.call.count = 1;
  step.call.operand_type = types[0];
  step.call.result_type = type;
  step.call.attributes = &instruction.Attrs();
  step.normalize = BitWidth(type) < 32 && type != ElementType::kPred;
  step.result = NewRegister(type);
  steps_.push_back(step);
  return std::vector<Register>{step.result};
}

absl::Status RegionFunction::Call(absl::Span<const void* const> arguments,
                                  absl::Span<void* const> results) {
  if (!compiled_) return Interpret(arguments, results);
  for (size_t i = 0; i < arguments.size(); ++i) {
    Register parameter = parameter_registers_[i];
    std::memcpy(&registers_[parameter], arguments[i], ComputeBytes(register_types_[parameter]));
  }
  for (Step& step : steps_) {
    for (size_t i = 0; i < step.operands.size(); ++i)
      step.call.operands[i] = &registers_[step.operands[i]];
    step.call.result = &registers_[step.result];
    step.kernel(step.call);
    if (step.normalize) Normalize(step.call.result_type, step.call.result, 1);
  }
  for (size_t i = 0; i < results.size(); ++i)
    std::memcpy(results[i], &registers_[result_registers_[i]], ComputeBytes(result_types_[i]));
  return absl::OkStatus();
}

absl::Status RegionFunction::Interpret(absl::Span<const void* const> arguments,
                                       absl::Span<void* const> results) {
  std::vector<Literal> literals;
  for (size_t i = 0; i < arguments.size(); ++i)
    literals.push_back(LiteralOf(parameter_types_[i], arguments[i]));
  EQSAT_ASSIGN_OR_RETURN(Literal value, regions_.Evaluate(index_, literals));
  for (size_t i = 0; i < results.size(); ++i) {
    ComputeArray element(value.shape().IsTuple() ? value.elements()[i] : value);
    std::memcpy(results[i], element.data(), ComputeBytes(result_types_[i]));
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
