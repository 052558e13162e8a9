// The attributes of a module's first line to protos and back.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_HEADER_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_HEADER_CODEC_H_

#include "absl/status/status.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// All of the header but its name, the schedule and the entry's shapes.
void EncodeHeader(const ir::ModuleHeader& header, hlo::HloModuleProto* proto);
absl::Status DecodeHeader(const WireMessage& proto, ir::ModuleHeader* header);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_HEADER_CODEC_H_
