// One computation of HLO while the operations of a function or region are translated into it.
#ifndef EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_
#define EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/mlir/operation.h"
#include "ir/graph/computation_builder.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::importers::stablehlo {

// The error with "LINE:COLUMN: NAME: " of `op` before it, unless it names a place.
absl::Status WithPlace(const mlir::Operation& op, const absl::Status& error);

using ir::InstructionId;
using ir::OpCode;

class Program;

// Emitting cannot fail at the call: the first error is kept, an invalid id comes back, and what is
// emitted on an invalid id is invalid too. So an expansion reads as arithmetic; status() tells at
// its end.
class Emitter {
 public:
  // `outer` is the computation that the region of this one stands in; null for functions.
  Emitter(Program& program, Emitter* outer, std::string name);

  Program& program() { return program_; }
  const mlir::Module& source() const;
  const absl::Status& status() const { return status_; }
  void Fail(absl::Status status);

  // --- Values ---
  // The instruction of a value. A constant of an outer computation is emitted again here; other
  // outer values are an error, unless Bind gave them a place here.
  InstructionId Value(mlir::ValueId value);
  std::vector<InstructionId> Operands(const mlir::Operation& op);
  void Bind(mlir::ValueId value, InstructionId id) { values_[value] = id; }
  // `id` as the operation's results: itself, or the elements of a tuple if they are not one.
  void BindResults(const mlir::Operation& op, InstructionId id);
  // Is the value, or what it is made of, constants alone?
  bool IsConstantLike(mlir::ValueId value);

  // --- Instructions ---
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
  ir::ProgramShape program_shape(ir::ComputationId id) const;
  bool Ok(InstructionId id) const { return status_.ok() && id.valid(); }
  // The value of an instruction that depends on constants alone and is small.
  std::optional<ir::Literal> ConstantValue(InstructionId id);
  std::optional<std::vector<int64_t>> ConstantInts(InstructionId id);

  // --- Bodies ---
  // The operations of a block; the operands of its terminator.
  absl::StatusOr<std::vector<InstructionId>> TranslateBlock(const mlir::Region& region);
  // A computation with a parameter for each argument of the region; several results are a tuple.
  // None if there was an error.
  ir::ComputationId Region(const mlir::Operation& op, size_t index, std::string_view name);
  // Ends the computation and adds it to the module.
  absl::StatusOr<ir::ComputationId> Finish(absl::Span<const InstructionId> results);

  ir::Instruction& mutable_instruction(InstructionId id) {
    return builder_.mutable_instruction(id);
  }

 private:
  absl::Status TranslateOperation(const mlir::Operation& op);
  void Annotate(const mlir::Operation& op, size_t first_new);
  std::optional<InstructionId> CopyConstant(mlir::ValueId value);
  InstructionId CopyTree(Emitter& from, InstructionId id, int depth);
  bool IsConstantTree(InstructionId id, int depth);
  std::optional<ir::Literal> Fold(const ir::Instruction& instruction);

  Program& program_;
  Emitter* outer_;
  absl::Status status_;
  ir::ComputationBuilder builder_;
  size_t size_ = 0;
  absl::flat_hash_map<mlir::ValueId, InstructionId> values_;
  absl::flat_hash_map<InstructionId, std::optional<ir::Literal>> constants_;
};

// The values that the regions of `op` use from around it, in the order of their first use.
std::vector<mlir::ValueId> FreeValues(const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_
