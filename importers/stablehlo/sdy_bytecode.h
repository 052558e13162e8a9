// Shardy, the dialect of shardings that JAX's portable artifacts use, in bytecode.
#ifndef EQSAT_IMPORTERS_STABLEHLO_SDY_BYTECODE_H_
#define EQSAT_IMPORTERS_STABLEHLO_SDY_BYTECODE_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/bytecode_entries.h"

namespace eqsat::importers::stablehlo {

// Attributes come out as their text does: `#sdy.sharding<@mesh, [{"x"}, {}]>` is an attribute with
// one nameless parameter, what stands between the brackets.
class SdyBytecode : public mlir::BytecodeDialect {
 public:
  std::string_view name() const override { return "sdy"; }
  absl::StatusOr<mlir::Attribute> ReadAttribute(mlir::BytecodeEntries& entries,
                                                mlir::ByteReader& reader) const override;
  absl::StatusOr<mlir::Type> ReadType(mlir::BytecodeEntries& entries,
                                      mlir::ByteReader& reader) const override;
  absl::StatusOr<std::vector<mlir::NamedAttribute>> ReadProperties(
      std::string_view name, mlir::BytecodeEntries& entries,
      mlir::ByteReader& reader) const override;
};

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_SDY_BYTECODE_H_
