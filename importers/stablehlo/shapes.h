// MLIR types and constants as shapes and literals of HLO.
#ifndef EQSAT_IMPORTERS_STABLEHLO_SHAPES_H_
#define EQSAT_IMPORTERS_STABLEHLO_SHAPES_H_

#include "absl/status/statusor.h"
#include "importers/mlir/attribute.h"
#include "importers/mlir/operation.h"
#include "importers/mlir/type.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::importers::stablehlo {

// Quantized elements become their storage type, `index` s64; a bounded dimension is dynamic, one
// without a bound is unbounded. Bare number types are scalars. InvalidArgument for what HLO lacks.
absl::StatusOr<ir::Shape> ShapeOf(const mlir::Type& type);

// The shapes of an operation's results: the one, or a tuple.
absl::StatusOr<ir::Shape> StatedResults(const mlir::Module& source, const mlir::Operation& op);

// A tensor whose sizes are all known?
bool IsStatic(const mlir::Type& type);

// DenseAttribute, ResourceAttribute (from `module`), or a single number or truth value. A splat is
// written out. What a resource lacks is an unknown literal.
absl::StatusOr<ir::Literal> LiteralOf(const mlir::Module& module, const mlir::Attribute& value);

// Can a value of this shape have this type? Sizes that either leaves open fit any; futures, buffers
// and unranked tensors are not compared.
bool Fits(const mlir::Type& type, const ir::Shape& shape);

// `count` copies of one element.
ir::Literal Splat(const ir::Shape& shape, absl::Span<const uint8_t> element);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_SHAPES_H_
