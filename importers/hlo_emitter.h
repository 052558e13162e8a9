// A computation of HLO while the operations of another format are translated into it.
#ifndef EQSAT_IMPORTERS_HLO_EMITTER_H_
#define EQSAT_IMPORTERS_HLO_EMITTER_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/computation_builder.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::importers {

using ir::InstructionId;
using ir::OpCode;

// Emitting cannot fail at the call: the first error is kept, an invalid id comes back, and what is
// emitted on an invalid id is invalid too. So an expansion reads as arithmetic; status() tells at
// its end.
class HloEmitter {
 public:
  HloEmitter(const HloEmitter&) = delete;
  HloEmitter& operator=(const HloEmitter&) = delete;
  virtual ~HloEmitter() = default;

  const absl::Status& status() const { return status_; }
  void Fail(absl::Status status);

  InstructionId Add(OpCode opcode, absl::Span<const InstructionId> operands,
                    ir::Attributes attributes, absl::Span<const ir::ComputationId> called = {},
                    const ir::Shape* declared = nullptr);
  InstructionId Add(OpCode opcode, std::initializer_list<InstructionId> operands,
                    ir::Attributes attributes, const ir::Shape* declared = nullptr) {
    return Add(opcode, absl::MakeConstSpan(operands.begin(), operands.size()),
               std::move(attributes), {}, declared);
  }
  // With the op's default attributes.
  InstructionId Add(OpCode opcode, absl::Span<const InstructionId> operands);
  InstructionId Add(OpCode opcode, std::initializer_list<InstructionId> operands) {
    return Add(opcode, absl::MakeConstSpan(operands.begin(), operands.size()));
  }
  InstructionId Parameter(int64_t number, const ir::Shape& shape);
  InstructionId Constant(ir::Literal literal);
  InstructionId Tuple(absl::Span<const InstructionId> elements);
  InstructionId Element(InstructionId tuple, int64_t index);
  InstructionId Convert(InstructionId operand, ir::ElementType type);  // nothing if it has the type
  InstructionId Reshape(InstructionId operand, absl::Span<const int64_t> sizes);
  InstructionId Transpose(InstructionId operand, absl::Span<const int64_t> permutation);
  InstructionId Compare(InstructionId a, ir::ComparisonDirection direction, InstructionId b);
  // Operand dimension i becomes dims[i] of the result; sizes of 1 are stretched.
  InstructionId Broadcast(InstructionId operand, absl::Span<const int64_t> dims,
                          absl::Span<const int64_t> sizes);
  // A number in the type and sizes of `like`.
  InstructionId Like(InstructionId like, double value);
  InstructionId Like(InstructionId like, const ir::Literal& scalar);

  const ir::Shape& shape(InstructionId id) const;
  bool Ok(InstructionId id) const { return status_.ok() && id.valid(); }
  // The value of an instruction that depends on constants alone and is small.
  std::optional<ir::Literal> ConstantValue(InstructionId id);
  std::optional<std::vector<int64_t>> ConstantInts(InstructionId id);

  ir::Instruction& mutable_instruction(InstructionId id) {
    return builder_.mutable_instruction(id);
  }

 protected:
  // `module` holds the computations that instructions call.
  HloEmitter(ir::Module& module, std::string name);

  // An error when the module grows beyond what is sensible.
  virtual absl::Status CountInstruction() = 0;

  size_t instruction_count() const { return size_; }
  ir::ComputationBuilder& builder() { return builder_; }

 private:
  std::optional<ir::Literal> Fold(const ir::Instruction& instruction);

  ir::Module& module_;
  absl::Status status_;
  ir::ComputationBuilder builder_;
  size_t size_ = 0;
  absl::flat_hash_map<InstructionId, std::optional<ir::Literal>> constants_;
};

// A scalar of any array type: the nearest value of the type.
ir::Literal ScalarLiteral(ir::ElementType type, double value);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_EMITTER_H_
