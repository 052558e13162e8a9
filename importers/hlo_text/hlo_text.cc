#include "importers/hlo_text/hlo_text.h"

#include <utility>

#include "importers/hlo_text/module_parser.h"
#include "importers/hlo_text/resolver.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"

namespace eqsat::importers {

absl::StatusOr<ir::Module> ParseHloText(std::string_view text) {
  EQSAT_RETURN_IF_ERROR(CheckEncoding(text));
  EQSAT_ASSIGN_OR_RETURN(SyntaxModule syntax, ParseSyntax(text));
  return Resolve(text, std::move(syntax));
}

}  // namespace eqsat::importers
