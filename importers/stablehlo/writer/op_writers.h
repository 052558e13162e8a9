// Which operations of StableHLO each opcode becomes.
//
// Each family of opcodes lists its own in a table of its file; op_writers.cc joins them.
#ifndef EQSAT_IMPORTERS_STABLEHLO_WRITER_OP_WRITERS_H_
#define EQSAT_IMPORTERS_STABLEHLO_WRITER_OP_WRITERS_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/stablehlo/writer/block_writer.h"

namespace eqsat::importers::stablehlo {

// Writes one instruction, whose operands are written, and gives its value. Unimplemented where
// StableHLO has no form for it.
using OpWriter = absl::StatusOr<Written> (*)(BlockWriter&, const ir::Instruction&);

struct OpWriterEntry {
  OpCode opcode;
  OpWriter write;
};

// Null where StableHLO lacks the opcode.
OpWriter FindOpWriter(OpCode opcode);

absl::Span<const OpWriterEntry> ElementwiseWriters();
absl::Span<const OpWriterEntry> MovementWriters();
absl::Span<const OpWriterEntry> ContractionWriters();
absl::Span<const OpWriterEntry> RegionWriters();
absl::Span<const OpWriterEntry> IndexedWriters();
absl::Span<const OpWriterEntry> ControlWriters();
absl::Span<const OpWriterEntry> CollectiveWriters();
absl::Span<const OpWriterEntry> TransferWriters();
absl::Span<const OpWriterEntry> AsyncWriters();
absl::Span<const OpWriterEntry> LinearAlgebraWriters();
absl::Span<const OpWriterEntry> CustomCallWriters();

// The value of an operation that is begun and awaited later: a tuple of the shape, of which only
// the first two elements are known.
Written StartedValue(const ir::Shape& shape, Written first, Written second);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_WRITER_OP_WRITERS_H_
