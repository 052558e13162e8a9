// VHLO, the versioned copy of StableHLO that portable artifacts are written in: its attributes,
// types and properties in bytecode.
#ifndef EQSAT_IMPORTERS_STABLEHLO_VHLO_BYTECODE_H_
#define EQSAT_IMPORTERS_STABLEHLO_VHLO_BYTECODE_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/bytecode_entries.h"

namespace eqsat::importers::stablehlo {

// Attributes and types come out as those of StableHLO: `#vhlo.integer_v1<1 : i64>` is `1 : i64`,
// `!vhlo.f32_v1` is `f32`. Codes of every version since 0.9.0; a code never changes its meaning.
class VhloBytecode : public mlir::BytecodeDialect {
 public:
  std::string_view name() const override { return "vhlo"; }
  absl::StatusOr<mlir::Attribute> ReadAttribute(mlir::BytecodeEntries& entries,
                                                mlir::ByteReader& reader) const override;
  absl::StatusOr<mlir::Type> ReadType(mlir::BytecodeEntries& entries,
                                      mlir::ByteReader& reader) const override;
  absl::StatusOr<std::vector<mlir::NamedAttribute>> ReadProperties(
      std::string_view name, mlir::BytecodeEntries& entries,
      mlir::ByteReader& reader) const override;
};

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_VHLO_BYTECODE_H_
