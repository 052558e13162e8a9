// Constants in HLO text: `{ {1, 2}, {3, 4} }`, `(1.5, -inf)`, `nan(0x1)`, `{...}`.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_LITERAL_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_LITERAL_PARSER_H_

#include "absl/status/statusor.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/shape/literal.h"

namespace eqsat::importers {

// A value of `shape`; the literal's shape has no layout. Elided text gives an unknown literal. A
// number that the element type cannot hold is an error, and so is a wrong number of elements.
absl::StatusOr<ir::Literal> ParseLiteral(TokenReader& reader, const ir::Shape& shape);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_LITERAL_PARSER_H_
