// A called computation on scalars, made fast: a list of kernels over a register file.
#ifndef EQSAT_IR_INTERPRET_REGION_FUNCTION_H_
#define EQSAT_IR_INTERPRET_REGION_FUNCTION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {

// An error unless region `index` exists and takes `count` scalars.
absl::Status CheckScalarParameters(const Regions& regions, size_t index, size_t count);

// The element types of the first `count` parameters of region 0, which passed the check.
std::vector<ElementType> LeadingParameterTypes(const Regions& regions, size_t count);

// A region whose parameters and results are scalars (several results as a flat tuple). Regions of
// elementwise ops, constants, tuples and calls become kernel lists; any other is interpreted.
class RegionFunction {
 public:
  // InvalidArgument if the parameters are not scalars of `parameters`, or the results not of
  // `results`.
  static absl::StatusOr<RegionFunction> Make(const Regions& regions, size_t index,
                                             absl::Span<const ElementType> parameters,
                                             absl::Span<const ElementType> results);

  // Evaluates once. Arguments and results are single elements in compute form; they may overlap.
  absl::Status Call(absl::Span<const void* const> arguments, absl::Span<void* const> results);

  // The opcode, if the region is one binary op of its two parameters, in either order, and of their
  // type.
  std::optional<OpCode> single_op() const { return single_op_; }

 private:
  using Register = int;
  struct Step {
    Kernel kernel;
    KernelCall call;
    absl::InlinedVector<Register, 3> operands;
    Register result;
    bool normalize;
  };
  RegionFunction() = default;

  // The registers of the computation's result, or nullopt if some op has no kernel.
  std::optional<std::vector<Register>> Compile(const Module& module, const Computation& computation,
                                               absl::Span<const std::vector<Register>> arguments,
                                               int depth);
  std::optional<std::vector<Register>> CompileInstruction(
      const Module& module, const Computation& computation, const Instruction& instruction,
      absl::Span<const std::vector<Register>> values,
      absl::Span<const std::vector<Register>> arguments, int depth);
  std::optional<std::vector<Register>> CompileKernel(
      const Computation& computation, const Instruction& instruction,
      absl::Span<const std::vector<Register>> values);
  Register NewRegister(ElementType type);
  void FindSingleOp(const Computation& computation);
  absl::Status Interpret(absl::Span<const void* const> arguments, absl::Span<void* const> results);

  Regions regions_;
  size_t index_ = 0;
  int compile_budget_ = 10000;  // instructions: calls of calls may expand without bound
  std::vector<ElementType> parameter_types_;
  std::vector<ElementType> result_types_;
  std::optional<OpCode> single_op_;

  bool compiled_ = false;
  std::vector<Step> steps_;
  std::vector<Register> parameter_registers_;
  std::vector<Register> result_registers_;
  std::vector<ElementType> register_types_;
  std::vector<ScalarSlot> registers_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_REGION_FUNCTION_H_
