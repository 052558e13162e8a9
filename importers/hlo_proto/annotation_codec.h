// Metadata, shardings and frontend attributes to protos and back.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_ANNOTATION_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_ANNOTATION_CODEC_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/graph/annotations.h"

namespace eqsat::importers {

void EncodeSharding(const ir::Sharding& sharding, hlo::OpSharding* proto);
absl::StatusOr<ir::Sharding> DecodeSharding(const WireMessage& proto);

void EncodeFrontendAttributes(const ir::FrontendAttributes& attributes,
                              hlo::FrontendAttributes* proto);
ir::FrontendAttributes DecodeFrontendAttributes(const WireMessage& proto);

// All but control predecessors, which are ids.
void EncodeAnnotations(const ir::Annotations& annotations, hlo::HloInstructionProto* proto);
absl::Status DecodeAnnotations(const WireMessage& proto, ir::Annotations* notes);
// What the message states of them.
enum class StatedAnnotations : uint8_t { kNone, kMetadataAlone, kMore };
StatedAnnotations WhichAnnotations(const WireMessage& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_ANNOTATION_CODEC_H_
