// Reads HLO text, XLA's own format, in all the spellings that XLA reads.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_HLO_TEXT_H_
#define EQSAT_IMPORTERS_HLO_TEXT_HLO_TEXT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// A whole module, computations without a header, or a single instruction. Result shapes that are
// left out are inferred; stated ones are kept as they are (ir/verify judges them). Errors begin
// "LINE:COLUMN: ".
absl::StatusOr<ir::Module> ParseHloText(std::string_view text);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_HLO_TEXT_H_
