// How the interpreter evaluates each op: one table indexed by opcode, filled by family files.
#ifndef EQSAT_IR_INTERPRET_EVALUATOR_H_
#define EQSAT_IR_INTERPRET_EVALUATOR_H_

#include <array>
#include <cstddef>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
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
  Regions(const Module& module, absl::Span<const ComputationId> ids,
          const InterpreterOptions& options, int depth)
      : module_(&module), ids_(ids), options_(options), depth_(depth) {}

  size_t size() const { return ids_.size(); }
  // `i` < size().
  const Module& module() const { return *module_; }
  const Computation& operator[](size_t i) const { return (*module_)[ids_[i]]; }
  std::vector<ProgramShape> Shapes() const;
  absl::StatusOr<Literal> Evaluate(size_t i, absl::Span<const Literal> arguments) const;
  // Cancelled if the caller of the interpreter asked to stop.
  absl::Status CheckInterrupt() const;

 private:
  const Module* module_ = nullptr;
  absl::Span<const ComputationId> ids_;
  InterpreterOptions options_;
  int depth_ = 0;
};

// One evaluation of one op. Operands are known; their shapes are those that `shape` follows from.
struct OpCall {
  OpCode opcode;
  const Attributes& attributes;
  const Shape& shape;  // of the result
  absl::Span<const Literal> operands;
  const Regions& regions;

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

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_EVALUATOR_H_
