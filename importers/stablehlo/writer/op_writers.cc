#include "importers/stablehlo/writer/op_writers.h"

#include <array>

namespace eqsat::importers::stablehlo {

OpWriter FindOpWriter(OpCode opcode) {
  static const auto* table = [] {
    auto* entries = new std::array<OpWriter, ir::kNumOpCodes>{};
    for (absl::Span<const OpWriterEntry> family :
         {ElementwiseWriters(), MovementWriters(), ContractionWriters(), RegionWriters(),
          IndexedWriters(), ControlWriters(), CollectiveWriters(), TransferWriters(),
          AsyncWriters(), LinearAlgebraWriters(), CustomCallWriters()}) {
      for (const OpWriterEntry& entry : family) {
        (*entries)[static_cast<size_t>(entry.opcode)] = entry.write;
      }
    }
    return entries;
  }();
  return (*table)[static_cast<size_t>(opcode)];
}

}  // namespace eqsat::importers::stablehlo
