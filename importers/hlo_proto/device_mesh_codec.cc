#include "importers/hlo_proto/device_mesh_codec.h"

#include <algorithm>
#include <string>

#include "ir/base/status.h"

namespace eqsat::importers {

void EncodeDeviceMesh(const ir::DeviceMesh& mesh, hlo::MeshAxesReplicaGroupListProto* proto) {
  hlo::MeshProto* devices = proto->mutable_mesh();
  for (const ir::DeviceMesh::Axis& axis : mesh.axes) {
    hlo::MeshProto::MeshAxis* out = devices->add_axes();
    out->set_name(axis.name);
    out->set_size(axis.size);
  }
  devices->mutable_device_ids()->Add(mesh.device_ids.begin(), mesh.device_ids.end());
  if (!mesh.iota_reshape.empty()) {
    hlo::MeshProto::IotaTransform* iota = devices->mutable_iota_transform();
    for (size_t i = 0; i < mesh.iota_reshape.size(); ++i) {
      iota->add_reshape_dims(mesh.iota_reshape[i]);
      iota->add_transpose_perm(mesh.iota_transpose.empty() ? static_cast<int64_t>(i)
                                                           : mesh.iota_transpose[i]);
    }
  }
  for (const ir::DeviceMesh::GroupAxis& group : mesh.group_axes) {
    hlo::AxisRefProto* out = proto->add_axes();
    out->set_mesh_axis_index(group.axis);
    if (group.size == 0) continue;
    out->mutable_sub_axis_info()->set_pre_size(group.before);
    out->mutable_sub_axis_info()->set_size(group.size);
  }
}

absl::StatusOr<ir::DeviceMesh> DecodeDeviceMesh(const WireMessage& proto) {
  using List = hlo::MeshAxesReplicaGroupListProto;
  using Mesh = hlo::MeshProto;
  using Reference = hlo::AxisRefProto;
  ir::DeviceMesh mesh;
  const WireMessage devices = proto.Child(List::kMeshFieldNumber);
  devices.ForEachChild(Mesh::kAxesFieldNumber, [&mesh](const WireMessage& axis) {
    mesh.axes.push_back({std::string(axis.String(Mesh::MeshAxis::kNameFieldNumber)),
                         axis.Int64(Mesh::MeshAxis::kSizeFieldNumber)});
  });
  devices.AppendVarints(Mesh::kDeviceIdsFieldNumber, &mesh.device_ids);
  const WireMessage iota = devices.Child(Mesh::kIotaTransformFieldNumber);
  iota.AppendVarints(Mesh::IotaTransform::kReshapeDimsFieldNumber, &mesh.iota_reshape);
  iota.AppendVarints(Mesh::IotaTransform::kTransposePermFieldNumber, &mesh.iota_transpose);
  if (std::ranges::is_sorted(mesh.iota_transpose)) mesh.iota_transpose.clear();
  const auto count = static_cast<int64_t>(mesh.axes.size());
  bool known = true;
  proto.ForEachChild(List::kAxesFieldNumber, [&](const WireMessage& reference) {
    ir::DeviceMesh::GroupAxis& group = mesh.group_axes.emplace_back();
    group.axis = reference.Int64(Reference::kMeshAxisIndexFieldNumber);
    known = known && group.axis >= 0 && group.axis < count;
    if (!reference.HasChild(Reference::kSubAxisInfoFieldNumber)) return;
    const WireMessage part = reference.Child(Reference::kSubAxisInfoFieldNumber);
    group.before = part.Int64(Reference::SubAxis::kPreSizeFieldNumber);
    group.size = part.Int64(Reference::SubAxis::kSizeFieldNumber);
  });
  if (!known) return base::InvalidArgument("a mesh of %d axes has no such axis", count);
  return ir::DeviceMesh::Parse(mesh.ToString());
}

}  // namespace eqsat::importers
