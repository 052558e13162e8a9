#include "importers/stablehlo/mesh_groups.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "importers/stablehlo/program.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/device_mesh.h"
#include "ir/ops/mesh_text.h"

namespace eqsat::importers::stablehlo {
namespace {

// An attribute's parameter as a list; empty if it has none.
std::vector<mlir::Attribute> ListOf(const std::vector<mlir::NamedAttribute>& parameters,
                                    std::string_view name) {
  const mlir::Attribute* found = mlir::Find(parameters, name);
  const auto* list = found != nullptr ? found->As<mlir::ArrayAttribute>() : nullptr;
  return list != nullptr ? list->elements : std::vector<mlir::Attribute>();
}

std::string TextOf(const std::vector<mlir::NamedAttribute>& parameters, std::string_view name) {
  const mlir::Attribute* found = mlir::Find(parameters, name);
  return std::string(found != nullptr ? found->AsKeyword().value_or("") : "");
}

int64_t NumberOf(const std::vector<mlir::NamedAttribute>& parameters, std::string_view name) {
  const mlir::Attribute* found = mlir::Find(parameters, name);
  return found != nullptr ? found->AsInt().value_or(0) : 0;
}

// `["x"=2, "y"=4], device_ids=[…]` within an sdy.mesh's brackets, which HLO writes otherwise.
absl::StatusOr<ir::DeviceMesh> ParseShardyMesh(std::string text) {
  const size_t ids = std::min(text.find("device_ids"), text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') text[i] = '\'';
    if (i > ids && text[i] == '[') text[i] = '(';
    if (i > ids && text[i] == ']') text[i] = ')';
  }
  const std::string whole = base::StrCat("mesh", text);
  ir::MeshText reader(whole);
  ir::DeviceMesh mesh = reader.Mesh();
  EQSAT_RETURN_IF_ERROR(reader.status());
  return mesh;
}

absl::StatusOr<ir::DeviceMesh> MeshNamed(const mlir::Module& source, std::string_view name) {
  for (const mlir::Operation& op : source.operations) {
    if (op.name != "sdy.mesh" || SymbolName(op) != name) continue;
    const mlir::Attribute* body = op.Find("mesh");
    return ParseShardyMesh(std::string(body != nullptr ? body->AsKeyword().value_or("") : ""));
  }
  return base::InvalidArgument("there is no mesh @%s", name);
}

// `#stablehlo.mesh<axes = [#stablehlo.mesh_axis<name = "x", size = 2>], device_ids = […]>`
absl::StatusOr<ir::DeviceMesh> MeshInPlace(const std::vector<mlir::NamedAttribute>& parameters) {
  ir::DeviceMesh mesh;
  for (const mlir::Attribute& element : ListOf(parameters, "axes")) {
    const auto* axis = element.As<mlir::DialectAttribute>();
    if (axis == nullptr) return base::InvalidArgument("an axis of a mesh has a name and a size");
    mesh.axes.push_back({TextOf(axis->parameters, "name"), NumberOf(axis->parameters, "size")});
  }
  if (const mlir::Attribute* ids = mlir::Find(parameters, "device_ids")) {
    mesh.device_ids = ids->AsInts().value_or(std::vector<int64_t>());
  }
  EQSAT_RETURN_IF_ERROR(mesh.Check());
  return mesh;
}

absl::StatusOr<ir::MeshAxisRef> AxisRefOf(const ir::DeviceMesh& mesh,
                                          const mlir::Attribute& attribute) {
  const auto* reference = attribute.As<mlir::DialectAttribute>();
  if (reference == nullptr) return base::InvalidArgument("axes must name axes of the mesh");
  const std::string name = TextOf(reference->parameters, "name");
  auto found = std::ranges::find(mesh.axes, name, &ir::DeviceMesh::Axis::name);
  if (found == mesh.axes.end()) return base::InvalidArgument("the mesh has no axis %s", name);
  ir::MeshAxisRef ref{.axis = found - mesh.axes.begin()};
  const mlir::Attribute* part = mlir::Find(reference->parameters, "sub_axis_info");
  if (part == nullptr) return ref;
  const auto* sizes = part->As<mlir::DialectAttribute>();
  if (sizes == nullptr) return base::InvalidArgument("a part of the axis %s has two sizes", name);
  ref.before = NumberOf(sizes->parameters, "pre_size");
  ref.size = NumberOf(sizes->parameters, "size");
  return ref;
}

}  // namespace

absl::StatusOr<ir::ReplicaGroups> MeshGroups(const mlir::Module& source,
                                             const std::vector<mlir::NamedAttribute>& parameters) {
  const mlir::Attribute* mesh = mlir::Find(parameters, "mesh");
  if (mesh == nullptr || mlir::Find(parameters, "axes") == nullptr) {
    return base::InvalidArgument("replica_groups must have a mesh and axes");
  }
  ir::MeshGroups groups;
  const auto* body = mesh->As<mlir::DialectAttribute>();
  EQSAT_ASSIGN_OR_RETURN(groups.mesh, body != nullptr
                                          ? MeshInPlace(body->parameters)
                                          : MeshNamed(source, mesh->AsKeyword().value_or("")));
  for (const mlir::Attribute& axis : ListOf(parameters, "axes")) {
    EQSAT_ASSIGN_OR_RETURN(groups.axes.emplace_back(), AxisRefOf(groups.mesh, axis));
  }
  EQSAT_RETURN_IF_ERROR(groups.Check());
  return ir::ReplicaGroups{.mesh = groups.ToString()};
}

}  // namespace eqsat::importers::stablehlo
