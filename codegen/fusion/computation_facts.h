// What fusion wants to know of every instruction of a computation, worked out once.
#ifndef EQSAT_CODEGEN_FUSION_COMPUTATION_FACTS_H_
#define EQSAT_CODEGEN_FUSION_COMPUTATION_FACTS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "cost_models/analytic/work_table.h"
#include "ir/graph/module.h"
#include "ir/ops/indexing.h"

namespace eqsat::codegen {

// Elements of an array, or of each array that a reduction of several inputs gives.
int64_t ElementsOf(const ir::Shape& shape);
// Of all arrays of a shape; those without a bound count nothing.
double StaticBytes(const ir::Shape& shape);

// What an instruction can be in a plan.
enum class Role : uint8_t {
  kAlias,        // no code
  kControl,      // while, conditional
  kLibrary,      // no generator lowers it
  kPointwise,    // each element from some elements of the operands: elementwise, movement, gather
  kReduction,    // reduce, reduce-window
  kContraction,  // dot, convolution
  kUpdate,       // dynamic-update-slice
};

// One reading of an operand by an instruction.
struct OperandRead {
  static constexpr uint64_t kIdentity = 0;

  ir::InstructionId operand;
  // Equal for readings that give the same operand element at the same element of the reader;
  // kIdentity where that is the element at the reader's own index.
  uint64_t map = kIdentity;
  // Evaluations of an operand element by one evaluation of the reader. Less than 1 where the
  // reader's inner dimensions do not matter, since a loop nest keeps the value meanwhile.
  double evaluations = 1;
  // The reading happens for a part of the reader's elements only: concatenate, pad.
  bool is_guarded = false;
};

struct InstructionFacts {
  Role role = Role::kLibrary;
  double elements = 0;  // of the first array of a tuple
  double bytes = 0;
  // Of one element of the result.
  double flops = 0;
  double transcendentals = 0;
  // Pointwise, and so is all that it is made of, up to values that no kernel computes (parameters,
  // constants, results of loops): no other kernel could have it in its epilogue.
  bool is_of_stored_values = false;
  bool is_cheap_to_repeat = false;  // see ComputationFacts
  double repeat_bytes = 0;          // read by computing it anew, where it is cheap to repeat
};

// Linear to build. Refers to module and computation, which must outlive it.
class ComputationFacts {
 public:
  ComputationFacts(const ir::Module& module, const ir::Computation& computation,
                   const cost_models::WorkTable& work);

  const ir::Computation& computation() const { return computation_; }
  // A value is cheap to repeat if it and what it is made of take few operations and read no more
  // bytes than it has.
  const InstructionFacts& operator[](ir::InstructionId id) const { return facts_[id.value()]; }
  // In the order of operands. Empty for roles without kernels.
  absl::Span<const OperandRead> Reads(ir::InstructionId id) const { return reads_[id.value()]; }

  // True if row r of `reader` (its elements [r·k, (r+1)·k), k = elements / rows) reads no element
  // of `operand` outside of the operand's row r.
  bool ReadsOwnRow(ir::InstructionId reader, ir::InstructionId operand, int64_t rows) const;

 private:
  // What it takes to compute a value anew.
  struct Repetition {
    double operations_per_element = 0;
    int instructions = 0;
  };

  Role RoleOf(const ir::Instruction& instruction) const;
  void AddReads(ir::InstructionId id, const ir::IndexedForm& form);
  void AddIndexedReads(ir::InstructionId id);
  void AddWork(ir::InstructionId id, const ir::Work& work);
  void DecideRepetition(ir::InstructionId id, const ir::Work& work);

  const ir::Module& module_;
  const ir::Computation& computation_;
  std::vector<InstructionFacts> facts_;
  std::vector<std::vector<OperandRead>> reads_;
  std::vector<ir::IndexedForm> forms_;  // empty where the op has none, or no kernel
  std::vector<Repetition> repetition_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_COMPUTATION_FACTS_H_
