// HLO text to syntax: computations and instructions, names unresolved.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_MODULE_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_MODULE_PARSER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "importers/hlo_text/syntax.h"

namespace eqsat::importers {

// The result's names view `text`. Takes a whole module, bare computations, or one instruction.
absl::StatusOr<SyntaxModule> ParseSyntax(std::string_view text);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_MODULE_PARSER_H_
