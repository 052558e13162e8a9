// HloModuleProto to modules.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_MODULE_DECODER_H_
#define EQSAT_IMPORTERS_HLO_PROTO_MODULE_DECODER_H_

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Ids need to be unique only within their computation. Names that HLO text could not spell, and
// repeated ones, are changed. Errors name the instruction, or the offset of bytes that are
// malformed. Fields that the graph does not need are not looked into.
absl::StatusOr<ir::Module> DecodeModule(const WireMessage& proto);
// Of a message that text spells.
absl::StatusOr<ir::Module> DecodeModule(const hlo::HloModuleProto& proto);

bool HoldsModule(const WireMessage& proto);
inline bool HoldsModule(const hlo::HloModuleProto& proto) { return proto.computations_size() > 0; }

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_MODULE_DECODER_H_
