// The ops whose accesses depend on values: a table from opcode to emitter.
#ifndef EQSAT_CODEGEN_LOWER_IRREGULAR_H_
#define EQSAT_CODEGEN_LOWER_IRREGULAR_H_

#include "codegen/lower/emitter.h"

namespace eqsat::codegen {

struct IrregularCode {
  // The result's element at `indices`, in computed form; indices are no vectors.
  ValueId (*emit)(Emitter& emitter, const ir::Instruction& instruction, const Indices& indices);
  // The op moves one window, whose start the operands from here on give, a scalar a dimension. 0:
  // it reads each element at a place of its own.
  size_t first_start = 0;
  // Operand 1 replaces the window; the rest of the result is operand 0.
  bool updates = false;
};

// Null for ops that have an IndexedForm or no lowering. Constant time.
const IrregularCode* FindIrregularCode(ir::OpCode opcode);

// The start indices of a window of `sizes`, clamped so that it stays within `dimensions`.
Indices ClampedStarts(Emitter& emitter, absl::Span<const ir::InstructionId> starts,
                      absl::Span<const int64_t> dimensions, absl::Span<const int64_t> sizes);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_IRREGULAR_H_
