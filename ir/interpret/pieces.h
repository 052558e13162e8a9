// Cutting arrays along one dimension and joining them.
#ifndef EQSAT_IR_INTERPRET_PIECES_H_
#define EQSAT_IR_INTERPRET_PIECES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Positions begin … begin + size - 1 along `dim`, which the array has.
Literal Piece(const Literal& array, int64_t dim, int64_t begin, int64_t size);

// Arrays of one element type that differ in `dim` at most, one after the other. At least one.
Literal Join(absl::Span<const Literal> arrays, int64_t dim);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_PIECES_H_
