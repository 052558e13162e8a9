// Builds a computation instruction by instruction, inferring shapes.
#ifndef EQSAT_IR_GRAPH_COMPUTATION_BUILDER_H_
#define EQSAT_IR_GRAPH_COMPUTATION_BUILDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/computation.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// `module` holds the computations that instructions may call; it must outlive the builder.
class ComputationBuilder {
 public:
  ComputationBuilder(const Module& module, std::string name)
      : module_(module), name_(std::move(name)) {}

  // Appends an instruction named `<opcode>.<id>`. `declared` is needed where the op does not infer
  // its shape, and checked where it does.
  absl::StatusOr<InstructionId> Add(OpCode opcode, absl::Span<const InstructionId> operands,
                                    Attributes attributes,
                                    absl::Span<const ComputationId> called = {},
                                    const Shape* declared = nullptr);
  // The op's default attributes.
  absl::StatusOr<InstructionId> Add(OpCode opcode, absl::Span<const InstructionId> operands,
                                    const Shape* declared = nullptr);
  InstructionId AddParameter(int64_t number, const Shape& shape, std::string name);
  InstructionId AddConstant(Literal literal);

  const Shape& shape(InstructionId id) const { return instructions_[id.value()].shape; }
  // The instruction just built, to name or annotate it.
  Instruction& mutable_instruction(InstructionId id) { return instructions_[id.value()]; }

  absl::StatusOr<Computation> Build(InstructionId root) &&;

 private:
  InstructionId Append(Instruction instruction);

  const Module& module_;
  std::string name_;
  std::vector<Instruction> instructions_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_COMPUTATION_BUILDER_H_
