// MLIR's own attributes and types in bytecode.
#ifndef EQSAT_IMPORTERS_MLIR_BUILTIN_BYTECODE_H_
#define EQSAT_IMPORTERS_MLIR_BUILTIN_BYTECODE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/bytecode_entries.h"

namespace eqsat::importers::mlir {

enum class BuiltinAttributeCode : uint64_t {
  kArray,
  kDictionary,
  kString,
  kTypedString,
  kFlatSymbol,
  kSymbol,
  kType,
  kUnit,
  kInteger,
  kFloat,
  kCallSite,
  kFileLineColumn,
  kFused,
  kFusedWithMetadata,
  kName,
  kUnknownLocation,
  kDenseResource,
  kDenseArray,
  kDense,
  kDenseStrings,
  kSparse,
  kDistinct,
  kFileLineColumnRange,
};

class BuiltinBytecode : public BytecodeDialect {
 public:
  std::string_view name() const override { return "builtin"; }
  absl::StatusOr<Attribute> ReadAttribute(BytecodeEntries& entries,
                                          ByteReader& reader) const override;
  absl::StatusOr<Type> ReadType(BytecodeEntries& entries, ByteReader& reader) const override;
  absl::StatusOr<std::vector<NamedAttribute>> ReadProperties(std::string_view name,
                                                             BytecodeEntries& entries,
                                                             ByteReader& reader) const override;
};

// Encodings that dialects share.

// No two entries may have one name.
absl::Status CheckDistinct(const std::vector<NamedAttribute>& entries, const ByteReader& reader);
// An integer of type `type`, which may be kElement or kIndex.
absl::StatusOr<Attribute> ReadInteger(const Type& type, ByteReader& reader);
absl::StatusOr<Attribute> ReadFloat(const Type& type, ByteReader& reader);
// The bits of a float of 64 bits.
absl::StatusOr<double> ReadDouble(ByteReader& reader);
// A tensor's elements from MLIR's form in memory: a whole number of bytes each, pred packed or a
// byte each; one element stands for all.
absl::StatusOr<Attribute> MakeDense(const Type& type, std::string_view blob,
                                    const ByteReader& reader);
// Dimensions: any negative number is a dynamic one.
absl::StatusOr<ir::DimensionVector> ReadDimensions(BytecodeEntries& entries, ByteReader& reader);
// A tensor, checked: its elements are of a kind that a tensor can have, its bounds as many as its
// dimensions.
absl::StatusOr<Type> MakeTensor(const Type& element, ir::DimensionVector dimensions,
                                ir::DimensionVector bounds, const ByteReader& reader);
// c64 or c128.
absl::StatusOr<Type> MakeComplex(const Type& part, const ByteReader& reader);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BUILTIN_BYTECODE_H_
