// The attributes of an op to the fields of an HloInstructionProto and back.
//
// Fields go by the names that ir/ops/attributes.h lists them under. What XLA's message has no
// field for travels as HLO text.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_ATTRIBUTE_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_ATTRIBUTE_CODEC_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/graph/instruction.h"

namespace eqsat::importers {

// `proto` has its opcode. A constant whose value is unknown gets no literal.
void EncodeAttributes(const ir::Instruction& instruction, hlo::HloInstructionProto* proto);

// `shape` is the instruction's.
absl::StatusOr<ir::Attributes> DecodeAttributes(const WireMessage& proto, ir::OpCode opcode,
                                                const ir::Shape& shape);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_ATTRIBUTE_CODEC_H_
