#include "ir/ops/named_sharding.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/mesh_text.h"

namespace eqsat::ir {
namespace {

NamedSharding::Dimension ReadDimension(MeshText& text, const DeviceMesh& mesh) {
  text.Expect("{");
  NamedSharding::Dimension dimension{.axes = text.AxisRefs(mesh)};
  dimension.is_closed = !text.Accept("?");
  text.Expect("}");
  return dimension;
}

std::vector<MeshAxisRef> ReadAxes(MeshText& text, const DeviceMesh& mesh) {
  text.Expect("{");
  std::vector<MeshAxisRef> axes = text.AxisRefs(mesh);
  text.Expect("}");
  return axes;
}

NamedSharding ReadSharding(MeshText& text) {
  NamedSharding sharding;
  if (text.Accept("maximal_mesh[")) {
    text.Expect("device_id=");
    sharding.maximal_device = text.Number();
    text.Expect("]");
    return sharding;
  }
  sharding.mesh = text.Mesh();
  if (text.Accept("[")) {
    while (text.ok() && !text.Accept("]"))
      sharding.dimensions.push_back(ReadDimension(text, sharding.mesh));
  } else {
    text.Expect("replicated");
  }
  if (text.Accept("replicated=")) sharding.replicated = ReadAxes(text, sharding.mesh);
  if (text.Accept("unreduced=")) {
    sharding.unreduced_kind = text.Word();
    sharding.unreduced = ReadAxes(text, sharding.mesh);
  }
  if (text.Accept("manual=")) sharding.manual = ReadAxes(text, sharding.mesh);
  return sharding;
}

// Of two neighbours that are one part of an axis, `'x':(1)2, 'x':(2)2`, or a part that is a whole,
// XLA accepts neither.
absl::Status CheckShortest(const DeviceMesh& mesh, const std::vector<MeshAxisRef>& axes) {
  for (size_t i = 0; i < axes.size(); ++i) {
    const MeshAxisRef& a = axes[i];
    const bool whole = a.size == mesh.axes[a.axis].size;
    const bool joins = i > 0 && a.size > 0 && axes[i - 1].axis == a.axis &&
                       axes[i - 1].before * axes[i - 1].size == a.before;
    if (!whole && !joins) continue;
    return base::InvalidArgument("{%s} is not the shortest way to name these parts",
                                 ToString(mesh, axes, ", "));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NamedSharding> NamedSharding::Consume(std::string_view* text) {
  MeshText reader(*text);
  NamedSharding sharding = ReadSharding(reader);
  EQSAT_RETURN_IF_ERROR(reader.status());
  EQSAT_RETURN_IF_ERROR(sharding.Check());
  text->remove_prefix(reader.position());
  return sharding;
}

std::string NamedSharding::ToString() const {
  if (maximal_device) return base::StrCat("maximal_mesh[device_id=", *maximal_device, "]");
  std::vector<std::string> divided;
  for (const Dimension& dimension : dimensions) {
    const std::string_view comma = dimension.axes.empty() ? "" : ", ";
    divided.push_back(base::StrCat("{", ir::ToString(mesh, dimension.axes, ", "),
                                   dimension.is_closed ? "" : base::StrCat(comma, "?"), "}"));
  }
  std::string out = base::StrCat(
      mesh.ToString(), ", ",
      divided.empty() ? "replicated" : base::StrCat("[", base::Join(divided, ", "), "]"));
  auto append = [&](std::string_view name, const std::vector<MeshAxisRef>& axes) {
    if (axes.empty()) return;
    base::StrAppend(&out, ", ", name, "{", ir::ToString(mesh, axes, ", "), "}");
  };
  append("replicated=", replicated);
  append(base::StrCat("unreduced=", unreduced_kind), unreduced);
  append("manual=", manual);
  return out;
}

absl::Status NamedSharding::Check() const {
  if (maximal_device) return absl::OkStatus();
  EQSAT_RETURN_IF_ERROR(mesh.Check());
  std::vector<std::vector<MeshAxisRef>> lists = {replicated, unreduced, manual};
  for (const Dimension& dimension : dimensions) lists.push_back(dimension.axes);
  std::vector<MeshAxisRef> all;
  for (const std::vector<MeshAxisRef>& list : lists) {
    for (const MeshAxisRef& ref : list) EQSAT_RETURN_IF_ERROR(CheckAxisRef(mesh, ref));
    EQSAT_RETURN_IF_ERROR(CheckShortest(mesh, list));
    all.insert(all.end(), list.begin(), list.end());
  }
  return CheckApart(mesh, all);
}

}  // namespace eqsat::ir
