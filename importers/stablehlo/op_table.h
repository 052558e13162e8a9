// How each operation becomes HLO: one entry an operation, grouped in a file per family.
#ifndef EQSAT_IMPORTERS_STABLEHLO_OP_TABLE_H_
#define EQSAT_IMPORTERS_STABLEHLO_OP_TABLE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/emitter.h"

namespace eqsat::importers::stablehlo {

// Emits the operation and binds its results.
using Translate = absl::Status (*)(Emitter& emitter, const mlir::Operation& op);

struct OpEntry {
  std::string_view name;  // without the dialect: StableHLO, MHLO and CHLO share their names
  Translate translate;
};

absl::Span<const OpEntry> ElementwiseOps();
absl::Span<const OpEntry> MovementOps();
absl::Span<const OpEntry> ContractionOps();
absl::Span<const OpEntry> ReductionOps();
absl::Span<const OpEntry> IndexedOps();
absl::Span<const OpEntry> ControlOps();
absl::Span<const OpEntry> CollectiveOps();
absl::Span<const OpEntry> AsyncOps();
absl::Span<const OpEntry> TransferOps();
absl::Span<const OpEntry> LinearAlgebraOps();
absl::Span<const OpEntry> DynamicOps();
absl::Span<const OpEntry> QuantizationOps();
absl::Span<const OpEntry> CheckOps();
absl::Span<const OpEntry> ChloOps();
absl::Span<const OpEntry> ChloMathOps();

// Null if the operation is not known.
Translate FindTranslation(std::string_view name);

// --- Attributes. An error names the attribute and what it should be. ---
absl::StatusOr<int64_t> IntAttribute(const mlir::Operation& op, std::string_view name);
absl::StatusOr<std::vector<int64_t>> IntsAttribute(const mlir::Operation& op,
                                                   std::string_view name);
absl::StatusOr<std::string_view> KeywordAttribute(const mlir::Operation& op, std::string_view name);
// The fallback where the attribute is absent.
int64_t IntAttributeOr(const mlir::Operation& op, std::string_view name, int64_t fallback);
bool BoolAttributeOr(const mlir::Operation& op, std::string_view name, bool fallback);
std::vector<int64_t> IntsAttributeOr(const mlir::Operation& op, std::string_view name,
                                     std::vector<int64_t> fallback);
// The parameter of a dialect attribute; absent: empty.
std::vector<int64_t> IntsParameter(const mlir::DialectAttribute& attribute, std::string_view name);
ir::DimensionVector DimensionsParameter(const mlir::DialectAttribute& attribute,
                                        std::string_view name);
absl::StatusOr<const mlir::DialectAttribute*> StructAttribute(const mlir::Operation& op,
                                                              std::string_view name);

// `output_operand_aliases`; absent: none.
std::vector<ir::OutputOperandAlias> AliasesOf(const mlir::Operation& op);

// An error unless the operation has so many operands.
absl::Status ExpectOperands(const mlir::Operation& op, size_t count);

inline ir::DimensionVector ToDimensions(absl::Span<const int64_t> values) {
  return {values.begin(), values.end()};
}

// The enumerator with HLO's text name `name`.
template <typename E>
absl::StatusOr<E> EnumFromName(std::string_view name);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_OP_TABLE_H_
