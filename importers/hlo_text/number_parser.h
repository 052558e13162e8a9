// One array element from its spelling.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_NUMBER_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_NUMBER_PARSER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/shape/element_type.h"

namespace eqsat::importers {

// Reads one element of `type` and writes its ByteWidth(type) bytes to `out`. Integers may stand
// where floats are wanted, not the other way round; u64 takes negative numbers modulo 2^64.
absl::Status ParseElement(TokenReader& reader, ir::ElementType type, uint8_t* out);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_NUMBER_PARSER_H_
