// One computation of HLO while the operations of a function or region are translated into it.
#ifndef EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_
#define EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/hlo_emitter.h"
#include "importers/mlir/operation.h"
#include "ir/graph/module.h"

namespace eqsat::importers::stablehlo {

// The error with "LINE:COLUMN: NAME: " of `op` before it, unless it names a place.
absl::Status WithPlace(const mlir::Operation& op, const absl::Status& error);

class Program;

// Operations translated into one computation, with the MLIR values that they define.
class Emitter : public HloEmitter {
 public:
  // `outer` is the computation that the region of this one stands in; null for functions.
  Emitter(Program& program, Emitter* outer, std::string name);

  Program& program() { return program_; }
  const mlir::Module& source() const;

  // --- Values ---
  // The instruction of a value. A constant of an outer computation is emitted again here; other
  // outer values are an error, unless Bind gave them a place here.
  InstructionId Value(mlir::ValueId value);
  std::vector<InstructionId> Operands(const mlir::Operation& op);
  void Bind(mlir::ValueId value, InstructionId id) { values_[value] = id; }
  // `id` as the operation's results: itself, or the elements of a tuple if they are not one.
  void BindResults(const mlir::Operation& op, InstructionId id);
  // In place of those that the instruction had.
  void SetAnnotations(InstructionId id, ir::Annotations notes);
  // Is the value, or what it is made of, constants alone?
  bool IsConstantLike(mlir::ValueId value);

  ir::ProgramShape program_shape(ir::ComputationId id) const;

  // --- Bodies ---
  // The operations of a block; the operands of its terminator.
  absl::StatusOr<std::vector<InstructionId>> TranslateBlock(const mlir::Region& region);
  // A computation with a parameter for each argument of the region; several results are a tuple.
  // None if there was an error.
  ir::ComputationId Region(const mlir::Operation& op, size_t index, std::string_view name);
  // Ends the computation and adds it to the module.
  absl::StatusOr<ir::ComputationId> Finish(absl::Span<const InstructionId> results);

 private:
  absl::Status CountInstruction() override;
  absl::Status TranslateOperation(const mlir::Operation& op);
  void Annotate(const mlir::Operation& op, size_t first_new);
  std::optional<InstructionId> CopyConstant(mlir::ValueId value);
  InstructionId CopyTree(Emitter& from, InstructionId id, int depth);
  bool IsConstantTree(InstructionId id, int depth);

  Program& program_;
  Emitter* outer_;
  absl::flat_hash_map<mlir::ValueId, InstructionId> values_;
};

// The values that the regions of `op` use from around it, in the order of their first use.
std::vector<mlir::ValueId> FreeValues(const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_EMITTER_H_
