// How the interpreter evaluates each op: one table indexed by opcode, filled by family files.
#ifndef EQSAT_IR_INTERPRET_EVALUATOR_H_
#define EQSAT_IR_INTERPRET_EVALUATOR_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/interpret/execution.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/kernel.h"
#include "ir/ops/attributes.h"
#include "ir/ops/op_info.h"
#include "ir/ops/opcode.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// The computations that an instruction calls. Without a module there are none.
class Regions {
 public:
  Regions() = default;
  Regions(Execution& execution, absl::Span<const ComputationId> ids, int depth)
      : execution_(&execution), ids_(ids), depth_(depth) {}

  size_t size() const { return ids_.size(); }
  // There are regions.
  Execution& execution() const { return *execution_; }
  const Module& module() const { return execution_->module(); }
  // `i` < size().
  const Computation& operator[](size_t i) const { return module()[ids_[i]]; }
  ComputationId id(size_t i) const { return ids_[i]; }
  std::vector<ProgramShape> Shapes() const;
  absl::StatusOr<Literal> Evaluate(size_t i, absl::Span<const Literal> arguments) const;
  // Cancelled if the caller of the interpreter asked to stop.
  absl::Status CheckInterrupt() const;
  // The device that runs; null where there is none, as in constant folding.
  Device* device() const { return execution_ == nullptr ? nullptr : execution_->device(); }

 private:
  Execution* execution_ = nullptr;
  absl::Span<const ComputationId> ids_;
  int depth_ = 0;
};

// One evaluation of one op. Operands are known; their shapes are those that `shape` follows from.
struct OpCall {
  OpCode opcode;
  const Attributes& attributes;
  const Shape& shape;  // of the result
  absl::Span<const Literal> operands;
  const Regions& regions;
  std::string_view backend_config = {};

  template <typename T>
  const T& attr() const {
    return std::get<T>(attributes);
  }
  const Shape& operand_shape(size_t i) const { return operands[i].shape(); }
};

using EvaluateFn = absl::StatusOr<Literal> (*)(const OpCall& call);

struct OpEvaluator {
  EvaluateFn evaluate = nullptr;   // null: the interpreter cannot evaluate the op
  KernelChooser kernel = nullptr;  // elementwise ops
};

class EvaluatorTable {
 public:
  OpEvaluator& operator[](OpCode opcode) { return entries_[static_cast<size_t>(opcode)]; }
  const OpEvaluator& operator[](OpCode opcode) const {
    return entries_[static_cast<size_t>(opcode)];
  }

 private:
  std::array<OpEvaluator, kNumOpCodes> entries_;
};

const EvaluatorTable& Evaluators();

// Checks sizes, operands and interrupts, and evaluates. The value may lack the layout of `shape`.
absl::StatusOr<Literal> EvaluateCall(const OpCall& call, const InterpreterOptions& options);

// The device of a call; an error without one.
absl::StatusOr<Device*> DeviceOf(const OpCall& call);

// The indexed form of the call's op. The op has one.
IndexedForm FormOf(const OpCall& call);

// One a family file.
void AddUnaryKernels(EvaluatorTable& table);
void AddBinaryKernels(EvaluatorTable& table);
void AddConversionKernels(EvaluatorTable& table);
void AddMovement(EvaluatorTable& table);
void AddContraction(EvaluatorTable& table);
void AddReduction(EvaluatorTable& table);
void AddSelectAndScatter(EvaluatorTable& table);
void AddDynamicSlice(EvaluatorTable& table);
void AddGatherScatter(EvaluatorTable& table);
void AddSort(EvaluatorTable& table);
void AddControl(EvaluatorTable& table);
void AddBitcast(EvaluatorTable& table);
void AddBatchNorm(EvaluatorTable& table);
void AddLinearAlgebra(EvaluatorTable& table);
void AddFft(EvaluatorTable& table);
void AddDotVariants(EvaluatorTable& table);
void AddStochasticConvert(EvaluatorTable& table);
void AddScan(EvaluatorTable& table);
void AddRandom(EvaluatorTable& table);
void AddDynamicShape(EvaluatorTable& table);
void AddCollectives(EvaluatorTable& table);
void AddTransfer(EvaluatorTable& table);
void AddCustomCalls(EvaluatorTable& table);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_EVALUATOR_H_
