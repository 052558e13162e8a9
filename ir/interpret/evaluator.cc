#include "ir/interpret/evaluator.h"

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluate_computation.h"

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
  return table;
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
  return EvaluateNested(*module_, ids_[i], arguments, options_, depth_ + 1);
}

absl::Status Regions::CheckInterrupt() const {
  if (options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed))
    return absl::CancelledError("the evaluation was interrupted");
  return absl::OkStatus();
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
