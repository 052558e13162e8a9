// Modules to HloModuleProto and back.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_MODULE_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_MODULE_CODEC_H_

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

void EncodeModule(const ir::Module& module, hlo::HloModuleProto* proto);

// Ids need to be unique only within their computation. Names that HLO text could not spell, and
// repeated ones, are changed. Errors name the instruction.
absl::StatusOr<ir::Module> DecodeModule(const hlo::HloModuleProto& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_MODULE_CODEC_H_
