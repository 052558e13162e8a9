#include "ir/interpret/interpreter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/actual_shape.h"
#include "ir/interpret/device_grid.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/execution.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

// Can devices differ in what they compute, or does one need another?
bool TellsDevicesApart(const Instruction& instruction) {
  switch (instruction.opcode) {
    case OpCode::kReplicaId:
    case OpCode::kPartitionId:
    case OpCode::kRecv:
      return true;
    default:
      return GetOpInfo(instruction.opcode).Has(OpTrait::kCollective);
  }
}

bool NeedsItsDevices(const Module& module) {
  return std::ranges::any_of(module.computations(), [](const Computation& computation) {
    return std::ranges::any_of(computation.instructions(), TellsDevicesApart);
  });
}

absl::Status CheckStatic(const Shape& shape) {
  if (!IsDynamic(shape)) return absl::OkStatus();
  return base::Unimplemented("%s has a dimension whose size is not static", shape.ToString());
}

}  // namespace

absl::StatusOr<Literal> Evaluate(const Module& module, absl::Span<const Literal> arguments,
                                 const InterpreterOptions& options) {
  return EvaluateComputation(module, module.entry_id(), arguments, options);
}

absl::StatusOr<Literal> EvaluateComputation(const Module& module, ComputationId computation,
                                            absl::Span<const Literal> arguments,
                                            const InterpreterOptions& options) {
  const ModuleHeader& header = module.header();
  const bool together = NeedsItsDevices(module);
  DeviceGrid grid(together ? header.replica_count : 1, together ? header.num_partitions : 1,
                  options.streams);
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> results, grid.Run([&](Device& device) {
    return Execution(module, options, &device).Run(computation, arguments);
  }));
  return std::move(results[0]);
}

absl::StatusOr<std::vector<Literal>> EvaluateDevices(
    const Module& module, absl::Span<const std::vector<Literal>> arguments,
    const InterpreterOptions& options) {
  const ModuleHeader& header = module.header();
  DeviceGrid grid(header.replica_count, header.num_partitions, options.streams);
  if (static_cast<int64_t>(arguments.size()) != grid.size()) {
    return base::InvalidArgument("arguments for %d devices are given, but %d × %d run",
                                 arguments.size(), grid.replicas(), grid.partitions());
  }
  return grid.Run([&](Device& device) {
    return Execution(module, options, &device).Run(module.entry_id(), arguments[device.index()]);
  });
}

absl::StatusOr<Literal> EvaluateOp(const Module& module, const Instruction& instruction,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckStatic(instruction.shape));
  return Execution(module, options)
      .RunInstruction(instruction, instruction.shape, instruction.called, operands);
}

absl::StatusOr<Literal> EvaluateOp(OpCode opcode, const Attributes& attributes, const Shape& result,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckStatic(result));
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
  EQSAT_ASSIGN_OR_RETURN(Literal value, EvaluateCall({.opcode = opcode,
                                                      .attributes = attributes,
                                                      .shape = result,
                                                      .operands = operands,
                                                      .regions = regions},
                                                     options));
  return result.IsArray() ? value.Reshaped(result) : value;
}

}  // namespace eqsat::ir
