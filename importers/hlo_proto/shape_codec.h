// Shapes, layouts and literals to protos and back.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_SHAPE_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_SHAPE_CODEC_H_

#include <vector>

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::importers {

// Layouts are always written out, the default one too.
void EncodeShape(const ir::Shape& shape, hlo::ShapeProto* proto);
absl::StatusOr<ir::Shape> DecodeShape(const WireMessage& proto);
// The shapes in the repeated field `number` of `proto`.
absl::StatusOr<std::vector<ir::Shape>> DecodeShapes(const WireMessage& proto, int number);

void EncodeProgramShape(const ir::ProgramShape& shape, hlo::ProgramShapeProto* proto);
absl::StatusOr<ir::ProgramShape> DecodeProgramShape(const WireMessage& proto);

// A LiteralProto lists its elements in the order of its layout; a Literal row-major. `shape` is
// the literal's with the layout to write. The literal must be known throughout.
void EncodeLiteral(const ir::Literal& literal, const ir::Shape& shape, hlo::LiteralProto* proto);
// The result's shape has no layout.
absl::StatusOr<ir::Literal> DecodeLiteral(const WireMessage& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_SHAPE_CODEC_H_
