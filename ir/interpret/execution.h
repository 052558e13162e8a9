// One run of a module's computations on one device, and the walk over a computation.
#ifndef EQSAT_IR_INTERPRET_EXECUTION_H_
#define EQSAT_IR_INTERPRET_EXECUTION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/interpret/device_grid.h"
#include "ir/interpret/interpreter.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Calls nested deeper are an error, so that no program exhausts the stack.
inline constexpr int kMaxCallDepth = 500;

// Used by one thread.
class Execution {
 public:
  // Without a device, ops that need one cannot be evaluated. The module and the device outlive it.
  Execution(const Module& module, const InterpreterOptions& options, Device* device = nullptr)
      : module_(module), options_(options), device_(device) {}

  const Module& module() const { return module_; }
  const InterpreterOptions& options() const { return options_; }
  Device* device() const { return device_; }

  absl::StatusOr<Literal> Run(ComputationId id, absl::Span<const Literal> arguments, int depth = 0);
  // `shape` is what the result has (see actual_shape.h), `called` the instruction's computations.
  absl::StatusOr<Literal> RunInstruction(const Instruction& instruction, const Shape& shape,
                                         absl::Span<const ComputationId> called,
                                         absl::Span<const Literal> operands, int depth = 0);

 private:
  absl::StatusOr<Literal> RunInstruction(const Computation& computation,
                                         const Instruction& instruction,
                                         absl::Span<const Literal> operands, int depth);
  // Must the instruction run even if nothing uses it?
  bool HasEffect(const Instruction& instruction);
  bool HasEffect(ComputationId id);
  // How many uses each instruction has among those that run, and whether it runs.
  struct Needs {
    std::vector<int> uses;
    std::vector<bool> runs;
  };
  Needs FindNeeds(const Computation& computation, ComputationId id);

  const Module& module_;
  const InterpreterOptions options_;
  Device* const device_;
  std::vector<int8_t> effects_;  // by computation: 1 yes, 0 no, -1 not asked yet
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_EXECUTION_H_
