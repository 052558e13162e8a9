// Syntax to ir::Module: names become ids, instructions and computations get an order in which what
// is used comes first, omitted shapes are inferred.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_RESOLVER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_RESOLVER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "importers/hlo_text/syntax.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// `text` is what `syntax` was parsed from; errors take their places from it. Both orders are that
// of the text where it allows.
absl::StatusOr<ir::Module> Resolve(std::string_view text, SyntaxModule syntax);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_RESOLVER_H_
