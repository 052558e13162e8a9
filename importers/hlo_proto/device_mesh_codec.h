// Meshes of devices, groups and shardings along their axes, between XLA's messages and ours.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_
#define EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_

#include "absl/status/statusor.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"
#include "ir/ops/device_mesh.h"
#include "ir/ops/named_sharding.h"

namespace eqsat::importers {

// Decoding fails with InvalidArgument where the message is not of a mesh that the text form could
// hold.
void EncodeMeshGroups(const ir::MeshGroups& groups, hlo::MeshAxesReplicaGroupListProto* proto);
absl::StatusOr<ir::MeshGroups> DecodeMeshGroups(const WireMessage& proto);

// All but the metadata.
void EncodeNamedSharding(const ir::NamedSharding& sharding, hlo::NamedShardingProto* proto);
absl::StatusOr<ir::NamedSharding> DecodeNamedSharding(const WireMessage& proto);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_DEVICE_MESH_CODEC_H_
