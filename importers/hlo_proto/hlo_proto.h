// Reads and writes the messages of hlo.proto, as bytes.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_H_
#define EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// The bytes of an HloProto, HloModuleProto, HloSnapshot or HloUnoptimizedSnapshot, told apart by
// what they hold. Errors in the bytes name an offset, errors in the graph an instruction.
absl::StatusOr<ir::Module> ParseHloProto(std::string_view bytes);

// The bytes of an HloProto. InvalidArgument where they reach 2 GiB, which no reader takes.
absl::StatusOr<std::string> SerializeHloProto(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_HLO_PROTO_H_
