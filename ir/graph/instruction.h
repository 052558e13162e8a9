// One operation of a computation.
#ifndef EQSAT_IR_GRAPH_INSTRUCTION_H_
#define EQSAT_IR_GRAPH_INSTRUCTION_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "ir/base/check.h"
#include "ir/base/id.h"
#include "ir/graph/annotations.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

using ComputationId = base::Id<struct ComputationTag>;

// Invariant (checked by verify/): `shape` is compatible with what the op infers from the operand
// shapes, the attributes and the called computations. Immutable once in a Computation.
struct Instruction {
  std::string name;
  OpCode opcode{};
  Shape shape;
  absl::InlinedVector<InstructionId, 3> operands;
  absl::InlinedVector<ComputationId, 1> called;
  std::shared_ptr<const Attributes> attributes;    // null: the op's defaults
  std::shared_ptr<const Annotations> annotations;  // null: none

  // Dies unless the op's attributes are a T.
  template <typename T>
  const T& attr() const {
    return std::get<T>(Attrs());
  }
  const Attributes& Attrs() const;
  const Annotations& Notes() const;

  // Replaces each operand and control predecessor by `moved` at its id; a predecessor whose entry
  // is invalid is gone.
  void Renumber(absl::Span<const InstructionId> moved);
};

// Equal opcode, shape (with layout), attributes, annotations; names, operands and callees aside.
bool SamePayload(const Instruction& a, const Instruction& b);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_INSTRUCTION_H_
