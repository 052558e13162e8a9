// Groups of devices along axes of a mesh, between XLA's message and ir::DeviceMesh.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::importers {

void EncodeDeviceMesh(const ir::DeviceMesh& mesh, hlo::MeshAxesReplicaGroupListProto* proto);

// InvalidArgument where the message is not of a mesh that the text form could hold.
absl::StatusOr<ir::DeviceMesh> DecodeDeviceMesh(const WireMessage& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_
