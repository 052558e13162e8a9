// Reads and writes the messages of hlo.proto in protobuf's text form.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_TEXT_H_
#define EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Does the first line that is no comment (`#`) begin with a field that holds a module or is one of
// its own?
bool LooksLikeProtoText(std::string_view text);

// The text of an HloProto, HloModuleProto or HloSnapshot, told apart by what they hold. Errors
// begin with a place; fields that no schema here knows are skipped.
absl::StatusOr<ir::Module> ParseHloProtoText(std::string_view text);

// The text of an HloProto.
std::string PrintHloProtoText(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_TEXT_H_
