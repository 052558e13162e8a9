// The `HloModule` line and the tables of source places below it.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_HEADER_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_HEADER_PARSER_H_

#include <string_view>

#include "absl/status/status.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Reads `HloModule name, attribute=value, …` from after the word HloModule. Attributes that are
// not known are kept as text.
absl::Status ParseModuleLine(TokenReader& reader, ir::ModuleHeader* header);

// Reads the value of one of the line's attributes, after its `=`.
absl::Status ParseModuleAttribute(TokenReader& reader, std::string_view name,
                                  ir::ModuleHeader* header);

// Reads `FileNames`, `FunctionNames`, `FileLocations` and `StackFrames`, whichever stand here.
absl::Status ParseStackFrameTables(TokenReader& reader, ir::StackFrameIndex* tables);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_HEADER_PARSER_H_
