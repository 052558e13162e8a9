// Reads and writes the messages of hlo.proto in protobuf's JSON form.
#ifndef EQSAT_IMPORTERS_HLO_JSON_HLO_JSON_H_
#define EQSAT_IMPORTERS_HLO_JSON_HLO_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// An HloProto, HloModuleProto, HloSnapshot or HloUnoptimizedSnapshot; fields are spelled in
// lowerCamelCase or as in the .proto file, unknown ones are skipped. Errors in the syntax begin
// "LINE:COLUMN: ".
absl::StatusOr<ir::Module> ParseHloJson(std::string_view text);

// An HloProto in lowerCamelCase.
absl::StatusOr<std::string> SerializeHloJson(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_JSON_HLO_JSON_H_
