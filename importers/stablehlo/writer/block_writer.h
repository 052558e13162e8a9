// Writes the instructions of one computation as operations of StableHLO, in a function's body or in
// a region.
#ifndef EQSAT_IMPORTERS_STABLEHLO_WRITER_BLOCK_WRITER_H_
#define EQSAT_IMPORTERS_STABLEHLO_WRITER_BLOCK_WRITER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/writer/module_writer.h"
#include "ir/graph/module.h"

namespace eqsat::importers::stablehlo {

using ir::InstructionId;
using ir::OpCode;
using mlir::ValueId;

// A value of HLO as values of MLIR: one value, or the elements of a tuple.
struct Written {
  // Valid unless it is the elements that are known, or it is an integer that says how far an
  // operation under way has come.
  ValueId value;
  std::vector<Written> elements;  // as many as the tuple has, empty where `value` is valid
};

using Attributes = std::vector<mlir::NamedAttribute>;

// The first error sticks: after it nothing is written and all values are invalid, so that ops need
// not check each step. Tuples are taken apart as far as possible, because most operations of
// StableHLO take none.
class BlockWriter {
 public:
  // Operations go to `region`; both must outlive the writer. `depth` counts the regions around.
  BlockWriter(ModuleWriter& program, const ir::Computation& computation, mlir::Region* region,
              int depth);

  // All instructions, given the parameters' values; then the root's.
  absl::StatusOr<Written> Write(std::vector<Written> parameters);

  ModuleWriter& program() { return program_; }
  const ir::Module& source() const { return program_.source(); }
  const ir::Computation& computation() const { return computation_; }
  const ir::Shape& shape(InstructionId id) const { return computation_[id].shape; }
  const absl::Status& status() const { return status_; }
  void Fail(absl::Status status);

  // --- Values of instructions already written ---
  const Written& Of(InstructionId id) const { return values_[id.value()]; }
  // As one value; a tuple's elements are packed.
  ValueId One(InstructionId id);
  std::vector<ValueId> Ones(absl::Span<const InstructionId> ids);
  // All arrays and tokens in it.
  std::vector<ValueId> Leaves(InstructionId id);
  std::vector<ValueId> LeavesOf(absl::Span<const InstructionId> ids);
  Written Element(const Written& tuple, const ir::Shape& tuple_shape, int64_t index);
  ValueId Pack(const Written& value, const ir::Shape& shape);

  // --- Operations ---
  // One with a result for each leaf of `result`.
  Written Emit(std::string_view name, std::vector<ValueId> operands, const ir::Shape& result,
               Attributes attributes = {}, std::vector<mlir::Region> regions = {});
  // One whose one result is of the whole `result`, be it a tuple.
  ValueId EmitOne(std::string_view name, std::vector<ValueId> operands, const ir::Shape& result,
                  Attributes attributes = {}, std::vector<mlir::Region> regions = {});
  // One with a result for each element of `result`, as calls have; of the whole where it is no
  // tuple or has one element.
  Written EmitElements(std::string_view name, std::vector<ValueId> operands,
                       const ir::Shape& result, Attributes attributes);
  ValueId Constant(const ir::Literal& literal);
  ValueId Reshape(ValueId operand, ir::ElementType type, absl::Span<const int64_t> sizes);
  ValueId Transpose(ValueId operand, const ir::Shape& shape, absl::Span<const int64_t> order);

  // --- Regions and calls ---
  // A region with an argument for each leaf of the computation's parameters, that returns the
  // leaves of its root.
  mlir::Region Region(ir::ComputationId id);
  // A region without arguments, of a computation whose parameters are `parameters`.
  mlir::Region Capturing(ir::ComputationId id, std::vector<Written> parameters);
  // The computation's instructions here, in place of a call.
  Written Inline(ir::ComputationId id, std::vector<Written> parameters);

 private:
  std::vector<bool> Used() const;
  void WriteInstruction(InstructionId id);
  void Annotate(const ir::Instruction& instruction, size_t first_new);
  mlir::Operation* Append(std::string_view name, std::vector<ValueId> operands,
                          Attributes attributes, std::vector<mlir::Region> regions);
  ValueId NewValue(const ir::Shape& shape);
  Written NewLeaves(const ir::Shape& shape, std::vector<ValueId>* leaves);
  bool IsResult(ValueId value, const Written& written) const;
  void Collect(const Written& value, const ir::Shape& shape, std::vector<ValueId>* leaves);
  void FillRegion(ir::ComputationId id, std::vector<Written> parameters, mlir::Region* region);

  ModuleWriter& program_;
  const ir::Computation& computation_;
  mlir::Region* region_;
  int depth_;
  absl::Status status_;
  std::vector<Written> values_;  // by instruction
};

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_WRITER_BLOCK_WRITER_H_
