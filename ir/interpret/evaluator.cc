#include "ir/interpret/evaluator.h"

#include <algorithm>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"

namespace eqsat::ir {
namespace {

EvaluatorTable MakeTable() {
  EvaluatorTable table;
  AddUnaryKernels(table);
  AddBinaryKernels(table);
  AddConversionKernels(table);
  for (int i = 0; i < kNumOpCodes; ++i) {
    OpEvaluator& entry = table[static_cast<OpCode>(i)];
    if (entry.kernel != nullptr) entry.evaluate = EvaluateElementwise;
  }
  AddMovement(table);
  AddContraction(table);
  AddReduction(table);
  AddSelectAndScatter(table);
  AddDynamicSlice(table);
  AddGatherScatter(table);
  AddSort(table);
  AddControl(table);
  AddBitcast(table);
  AddBatchNorm(table);
  AddLinearAlgebra(table);
  AddFft(table);
  AddDotVariants(table);
  AddStochasticConvert(table);
  AddScan(table);
  AddRandom(table);
  AddDynamicShape(table);
  AddCollectives(table);
  AddTransfer(table);
  AddCustomCalls(table);
  return table;
}

bool HasUnknownPart(const Literal& literal) {
  return literal.is_unknown() || std::ranges::any_of(literal.elements(), HasUnknownPart);
}

bool HasUnboundedPart(const Shape& shape) {
  return shape.IsArray() ? shape.HasUnboundedDimensions()
                         : std::ranges::any_of(shape.elements(), HasUnboundedPart);
}

absl::Status CheckSize(const Shape& shape, const InterpreterOptions& options) {
  if (HasUnboundedPart(shape) || shape.ByteSize() <= options.max_value_bytes)
    return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat("%s takes %d bytes, and the limit is %d",
                                                      shape.ToString(), shape.ByteSize(),
                                                      options.max_value_bytes));
}

}  // namespace

const EvaluatorTable& Evaluators() {
  static const auto* const kTable = new EvaluatorTable(MakeTable());
  return *kTable;
}

std::vector<ProgramShape> Regions::Shapes() const {
  std::vector<ProgramShape> shapes;
  for (size_t i = 0; i < size(); ++i) shapes.push_back((*this)[i].program_shape());
  return shapes;
}

absl::StatusOr<Literal> Regions::Evaluate(size_t i, absl::Span<const Literal> arguments) const {
  EQSAT_CHECK(i < size());
  return execution_->Run(ids_[i], arguments, depth_ + 1);
}

absl::Status Regions::CheckInterrupt() const {
  if (execution_ == nullptr) return absl::OkStatus();
  const std::atomic<bool>* interrupt = execution_->options().interrupt;
  if (interrupt != nullptr && interrupt->load(std::memory_order_relaxed))
    return absl::CancelledError("the evaluation was interrupted");
  return absl::OkStatus();
}

absl::StatusOr<Device*> DeviceOf(const OpCall& call) {
  if (call.regions.device() != nullptr) return call.regions.device();
  return base::Unimplemented("%s has no value apart from a device that runs it", Name(call.opcode));
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
  return evaluate(call);
}

IndexedForm FormOf(const OpCall& call) {
  std::vector<Shape> operands;
  for (const Literal& operand : call.operands) operands.push_back(operand.shape());
  const std::vector<ProgramShape> regions = call.regions.Shapes();
  const OpInfo& info = GetOpInfo(call.opcode);
  EQSAT_CHECK(info.indexing != nullptr);
  return info.indexing({.opcode = call.opcode,
                        .operands = operands,
                        .attributes = call.attributes,
                        .regions = regions,
                        .declared = &call.shape});
}

}  // namespace eqsat::ir
