#include "importers/hlo_proto/device_mesh_codec.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ir/base/status.h"

namespace eqsat::importers {
namespace {

// The name of the text that says which reduction is still to do, which XLA's message cannot.
constexpr std::string_view kUnreducedKind = "unreduced_kind";

void EncodeMesh(const ir::DeviceMesh& mesh, hlo::MeshProto* proto) {
  for (const ir::DeviceMesh::Axis& axis : mesh.axes) {
    hlo::MeshProto::MeshAxis* out = proto->add_axes();
    out->set_name(axis.name);
    out->set_size(axis.size);
  }
  proto->mutable_device_ids()->Add(mesh.device_ids.begin(), mesh.device_ids.end());
  if (mesh.iota_reshape.empty()) return;
  hlo::MeshProto::IotaTransform* iota = proto->mutable_iota_transform();
  for (size_t i = 0; i < mesh.iota_reshape.size(); ++i) {
    iota->add_reshape_dims(mesh.iota_reshape[i]);
    iota->add_transpose_perm(mesh.iota_transpose.empty() ? static_cast<int64_t>(i)
                                                         : mesh.iota_transpose[i]);
  }
}

ir::DeviceMesh DecodeMesh(const WireMessage& proto) {
  using Mesh = hlo::MeshProto;
  ir::DeviceMesh mesh;
  proto.ForEachChild(Mesh::kAxesFieldNumber, [&mesh](const WireMessage& axis) {
    mesh.axes.push_back({std::string(axis.String(Mesh::MeshAxis::kNameFieldNumber)),
                         axis.Int64(Mesh::MeshAxis::kSizeFieldNumber)});
  });
  proto.AppendVarints(Mesh::kDeviceIdsFieldNumber, &mesh.device_ids);
  const WireMessage iota = proto.Child(Mesh::kIotaTransformFieldNumber);
  iota.AppendVarints(Mesh::IotaTransform::kReshapeDimsFieldNumber, &mesh.iota_reshape);
  iota.AppendVarints(Mesh::IotaTransform::kTransposePermFieldNumber, &mesh.iota_transpose);
  if (std::ranges::is_sorted(mesh.iota_transpose)) mesh.iota_transpose.clear();
  return mesh;
}

// `out` is a repeated field of AxisRefProto.
template <typename Repeated>
void EncodeAxes(const std::vector<ir::MeshAxisRef>& axes, Repeated* out) {
  for (const ir::MeshAxisRef& ref : axes) {
    hlo::AxisRefProto* proto = out->Add();
    proto->set_mesh_axis_index(ref.axis);
    if (ref.size == 0) continue;
    proto->mutable_sub_axis_info()->set_pre_size(ref.before);
    proto->mutable_sub_axis_info()->set_size(ref.size);
  }
}

std::vector<ir::MeshAxisRef> DecodeAxes(const WireMessage& proto, int field) {
  using Ref = hlo::AxisRefProto;
  std::vector<ir::MeshAxisRef> axes;
  proto.ForEachChild(field, [&axes](const WireMessage& reference) {
    ir::MeshAxisRef& ref = axes.emplace_back();
    ref.axis = reference.Int64(Ref::kMeshAxisIndexFieldNumber);
    if (!reference.HasChild(Ref::kSubAxisInfoFieldNumber)) return;
    const WireMessage part = reference.Child(Ref::kSubAxisInfoFieldNumber);
    ref.before = part.Int64(Ref::SubAxis::kPreSizeFieldNumber);
    ref.size = part.Int64(Ref::SubAxis::kSizeFieldNumber);
  });
  return axes;
}

}  // namespace

void EncodeMeshGroups(const ir::MeshGroups& groups, hlo::MeshAxesReplicaGroupListProto* proto) {
  EncodeMesh(groups.mesh, proto->mutable_mesh());
  EncodeAxes(groups.axes, proto->mutable_axes());
}

absl::StatusOr<ir::MeshGroups> DecodeMeshGroups(const WireMessage& proto) {
  using List = hlo::MeshAxesReplicaGroupListProto;
  ir::MeshGroups groups{.mesh = DecodeMesh(proto.Child(List::kMeshFieldNumber)),
                        .axes = DecodeAxes(proto, List::kAxesFieldNumber)};
  EQSAT_RETURN_IF_ERROR(groups.Check());
  return groups;
}

void EncodeNamedSharding(const ir::NamedSharding& sharding, hlo::NamedShardingProto* proto) {
  if (sharding.maximal_device) proto->mutable_mesh()->add_device_ids(*sharding.maximal_device);
  EncodeMesh(sharding.mesh, proto->mutable_mesh());
  for (const ir::NamedSharding::Dimension& dimension : sharding.dimensions) {
    hlo::NamedShardingProto::DimensionSharding* out = proto->add_dim_shardings();
    EncodeAxes(dimension.axes, out->mutable_axes());
    out->set_is_closed(dimension.is_closed);
  }
  EncodeAxes(sharding.replicated, proto->mutable_replicated_axes());
  EncodeAxes(sharding.unreduced, proto->mutable_unreduced_axes());
  EncodeAxes(sharding.manual, proto->mutable_manual_axes());
  if (sharding.unreduced_kind.empty()) return;
  hlo::Text* kind = proto->add_eqsat_text();
  kind->set_name(std::string(kUnreducedKind));
  kind->set_text(sharding.unreduced_kind);
}

absl::StatusOr<ir::NamedSharding> DecodeNamedSharding(const WireMessage& proto) {
  using P = hlo::NamedShardingProto;
  ir::NamedSharding sharding{.mesh = DecodeMesh(proto.Child(P::kMeshFieldNumber))};
  // XLA writes the one device of a maximal sharding as a mesh without axes.
  if (sharding.mesh.axes.empty() && sharding.mesh.device_ids.size() == 1) {
    sharding.maximal_device = sharding.mesh.device_ids[0];
    sharding.mesh = {};
  }
  proto.ForEachChild(P::kDimShardingsFieldNumber, [&sharding](const WireMessage& dimension) {
    sharding.dimensions.push_back(
        {.axes = DecodeAxes(dimension, P::DimensionSharding::kAxesFieldNumber),
         .is_closed = dimension.Bool(P::DimensionSharding::kIsClosedFieldNumber)});
  });
  sharding.replicated = DecodeAxes(proto, P::kReplicatedAxesFieldNumber);
  sharding.unreduced = DecodeAxes(proto, P::kUnreducedAxesFieldNumber);
  sharding.manual = DecodeAxes(proto, P::kManualAxesFieldNumber);
  proto.ForEachPair(P::kEqsatTextFieldNumber, [&](std::string_view name, std::string_view text) {
    if (name == kUnreducedKind) sharding.unreduced_kind = text;
  });
  EQSAT_RETURN_IF_ERROR(sharding.Check());
  return sharding;
}

}  // namespace eqsat::importers
