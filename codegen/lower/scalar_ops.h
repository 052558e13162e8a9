// The scalar code of HLO's elementwise ops: a table from opcode to emitter.
#ifndef EQSAT_CODEGEN_LOWER_SCALAR_OPS_H_
#define EQSAT_CODEGEN_LOWER_SCALAR_OPS_H_

#include "absl/types/span.h"
#include "codegen/kernel_ir/builder.h"
#include "ir/graph/instruction.h"

namespace eqsat::codegen {

// One element's worth of an elementwise instruction. Operands are in computed form (element.h) and
// of one width.
struct ScalarOp {
  const ir::Instruction& instruction;
  absl::Span<const ir::ElementType> operand_types;
  absl::Span<const ValueId> operands;

  ir::ElementType type() const { return operand_types[0]; }  // of the first operand
  ir::ElementType result() const { return instruction.shape.element_type(); }
};

struct ScalarCode {
  // The result in computed form, not yet rounded to f16 or bf16.
  ValueId (*emit)(KernelBuilder& b, const ScalarOp& op) = nullptr;
  // The result never needs rounding: it is an operand, or one with another sign.
  bool exact = false;
};

// Null for ops that are not elementwise. Constant time.
const ScalarCode* FindScalarCode(ir::OpCode opcode);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_SCALAR_OPS_H_
