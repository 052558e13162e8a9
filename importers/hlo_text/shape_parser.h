// Shapes and layouts in HLO text: `f32[2,<=8]{0,1:T(8,128)S(1)}`, `(s32[], token[])`, `b(f32[4])`.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_SHAPE_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_SHAPE_PARSER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/hlo_text/token_reader.h"
#include "importers/shared_values.h"
#include "ir/shape/shape.h"

namespace eqsat::importers {

// Does a shape begin here? Type names are reserved, so `f32[` cannot begin anything else.
bool AtShape(const TokenReader& reader);

// A `{` after the dimensions is a layout only if a number, `:` or `}` follows; else it opens a
// computation's body. Arrays that `known` holds are not read again, others are added to it.
absl::StatusOr<ir::Shape> ParseShape(TokenReader& reader, ShapesByText* known = nullptr);

// `{a,b}`, with `open` and `close` for the braces; appends to `out`.
absl::Status ParseIntegers(TokenReader& reader, std::string_view open, std::string_view close,
                           std::vector<int64_t>* out);

// The layout of `rank` dimensions whose `{` has just been read.
absl::StatusOr<ir::Layout> ParseLayout(TokenReader& reader, int64_t rank);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_SHAPE_PARSER_H_
