// The reference interpreter: what a program means, computed plainly. It is the oracle that rules,
// code generators and importers are tested against, and it folds constants.
//
// Numerics. Floats below f32 compute in f32 and are rounded once an operation; f32 and f64 compute
// in their own type. Integers wrap; x/0 is all ones, x%0 is x, INT_MIN/-1 is INT_MIN; shifts by the
// width or more give 0 or the sign. maximum and minimum pass NaN on. Reductions fold in row-major
// order from the initial value, except that sums of floats by reduce carry an f64 accumulator (as
// XLA's evaluator does); dots and convolutions accumulate in row-major order in the compute type.
// Indices of gathers and dynamic slices are clamped; scatter updates out of bounds are dropped.
#ifndef EQSAT_IR_INTERPRET_INTERPRETER_H_
#define EQSAT_IR_INTERPRET_INTERPRETER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// What the program reads from its host and writes to it.
struct HostStreams {
  std::deque<Literal> infeed;
  std::vector<Literal> outfeed;
};

struct InterpreterOptions {
  // Polled between instructions; true ends the evaluation with a Cancelled error.
  const std::atomic<bool>* interrupt = nullptr;
  // No value may be larger: programs come from strangers.
  int64_t max_value_bytes = int64_t{1} << 33;
  // A custom call of unknown code is an uninterpreted function: equal targets, attributes and
  // operands give equal arrays of arbitrary elements. So two programs that call it can be compared.
  bool uninterpreted_calls = false;
  // Null: infeeds fail and what is fed out is dropped.
  HostStreams* streams = nullptr;
};

// The entry computation's result. The module is verified; arguments have its parameters' shapes,
// layouts aside. Errors name the instruction and its source place: Unimplemented for custom calls
// of unknown code, InvalidArgument for constants whose values were elided, FailedPrecondition for
// checks in the program that fail, Aborted for devices that wait for each other without end. If
// the program's devices talk to each other, all of the module's run with the same arguments; the
// result is that of the first. Where a dimension is dynamic, values have its real size.
absl::StatusOr<Literal> Evaluate(const Module& module, absl::Span<const Literal> arguments,
                                 const InterpreterOptions& options = {});

// The entry computation on every device with arguments of its own, all in replica-major order.
absl::StatusOr<std::vector<Literal>> EvaluateDevices(
    const Module& module, absl::Span<const std::vector<Literal>> arguments,
    const InterpreterOptions& options = {});

// The same as Evaluate for any computation of the module.
absl::StatusOr<Literal> EvaluateComputation(const Module& module, ComputationId computation,
                                            absl::Span<const Literal> arguments,
                                            const InterpreterOptions& options = {});

// One instruction on given operands, apart from any device: parameters, ops that talk to devices or
// tell them apart and results of dynamic size cannot be evaluated.
absl::StatusOr<Literal> EvaluateOp(const Module& module, const Instruction& instruction,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options = {});

// One op that calls no computations. `result` must be what the op infers from the operands.
absl::StatusOr<Literal> EvaluateOp(OpCode opcode, const Attributes& attributes, const Shape& result,
                                   absl::Span<const Literal> operands,
                                   const InterpreterOptions& options = {});

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_INTERPRETER_H_
