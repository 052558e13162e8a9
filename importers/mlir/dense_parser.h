// Reads the elements of `dense<…>`.
#ifndef EQSAT_IMPORTERS_MLIR_DENSE_PARSER_H_
#define EQSAT_IMPORTERS_MLIR_DENSE_PARSER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/attribute.h"
#include "importers/mlir/cursor.h"

namespace eqsat::importers::mlir {

// The type of one element as DenseAttribute stores it: a quantized one's storage, s64 for index.
// InvalidArgument, without a place, for others.
absl::StatusOr<ir::ElementType> StoredElement(const Type& element);

// The cursor stands after `dense<`; it is left before the closing `>`. `type` is a static tensor.
absl::StatusOr<DenseAttribute> ReadDenseElements(Cursor& cursor, const Type& type);

// One number of `element` as text spells it, appended as DenseAttribute stores it.
absl::Status ReadElement(Cursor& cursor, ir::ElementType element, std::vector<uint8_t>* bytes);

// MLIR's raw buffer for `count` elements, as hexadecimal text and resources hold it, encoded as
// DenseAttribute's bytes: one element of it if the buffer holds a splat. InvalidArgument, without a
// place, if the size is wrong.
absl::StatusOr<std::vector<uint8_t>> DecodeRawElements(std::string_view raw,
                                                       ir::ElementType element, int64_t count);

// The number of elements; InvalidArgument, without a place, if a size is dynamic or the product
// overflows.
absl::StatusOr<int64_t> StaticElementCount(const Type& tensor);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_DENSE_PARSER_H_
