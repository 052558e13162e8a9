#include "importers/stablehlo/shardy.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "importers/stablehlo/program.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/tiled_sharding.h"
#include "ir/ops/device_mesh.h"
#include "ir/ops/mesh_text.h"
#include "ir/ops/named_sharding.h"

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

// The words within an attribute's brackets.
std::string BodyOf(const mlir::Attribute* attribute) {
  if (attribute == nullptr) return "";
  if (const auto* text = attribute->As<std::string>()) return *text;
  return std::string(attribute->AsKeyword().value_or(""));
}

// `["x"=2, "y"=4], device_ids=[…]` within an sdy.mesh's brackets as HLO writes it.
std::string HloMesh(std::string text) {
  const size_t ids = std::min(text.find("device_ids"), text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') text[i] = '\'';
    if (i > ids && text[i] == '[') text[i] = '(';
    if (i > ids && text[i] == ']') text[i] = ')';
  }
  return base::StrCat("mesh", text);
}

absl::StatusOr<std::string> MeshNamed(const mlir::Module& source, std::string_view name) {
  for (const mlir::Operation& op : source.operations) {
    if (op.name == "sdy.mesh" && SymbolName(op) == name) return BodyOf(op.Find("mesh"));
  }
  return base::InvalidArgument("there is no mesh @%s", name);
}

absl::StatusOr<ir::DeviceMesh> ParseShardyMesh(absl::StatusOr<std::string> body) {
  EQSAT_RETURN_IF_ERROR(body.status());
  const std::string whole = HloMesh(*std::move(body));
  ir::MeshText reader(whole);
  ir::DeviceMesh mesh = reader.Mesh();
  EQSAT_RETURN_IF_ERROR(reader.status());
  return mesh;
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

// `{"x"}p1`: the priority of a dimension orders what a partitioner tries.
std::string WithoutPriorities(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i] == '"' ? '\'' : text[i];
    if (text[i] != '}' || i + 1 == text.size() || text[i + 1] != 'p') continue;
    i = std::min(text.find_first_not_of("0123456789", i + 2), text.size()) - 1;
  }
  return out;
}

// `@mesh, [{"x"}, {}], replicated={"y"}`, or with a mesh in place, `mesh<["x"=2]>, […]`.
absl::StatusOr<ir::Sharding> ParseSharding(const mlir::Module& source, std::string_view text) {
  constexpr std::string_view kInPlace = "mesh<";
  std::string body;
  size_t end = text.find(',');
  if (text.starts_with("@")) {
    EQSAT_ASSIGN_OR_RETURN(body, MeshNamed(source, text.substr(1, std::min(end, text.size()) - 1)));
  } else if (text.starts_with(kInPlace)) {
    end = std::min(text.find('>'), text.size());
    body = text.substr(kInPlace.size(), end - kInPlace.size());
    end = text.find(',', end);
  } else {
    return base::InvalidArgument("%s is no sharding by a mesh", std::string(text));
  }
  EQSAT_ASSIGN_OR_RETURN(const ir::DeviceMesh mesh, ParseShardyMesh(body));
  if (mesh.axes.empty() && mesh.device_ids.size() == 1) {
    return ir::Sharding{.kind = ir::Sharding::Kind::kMaximal, .maximal_device = mesh.device_ids[0]};
  }
  const std::string rest = WithoutPriorities(text.substr(std::min(end, text.size())));
  const std::string whole = base::StrCat(mesh.ToString(), rest);
  std::string_view unread = whole;
  EQSAT_ASSIGN_OR_RETURN(ir::NamedSharding sharding, ir::NamedSharding::Consume(&unread));
  if (!unread.empty()) {
    return base::InvalidArgument("%s is no sharding by a mesh", std::string(text));
  }
  return ir::TiledSharding(sharding);
}

// The shardings of `[<@mesh, […]>, <@mesh, […]>]`, of one value or of a tuple.
absl::StatusOr<ir::Sharding> ParseShardingPerValue(const mlir::Module& source,
                                                   std::string_view text) {
  ir::Sharding all{.kind = ir::Sharding::Kind::kTuple};
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' && depth++ == 0) begin = i + 1;
    if (text[i] != '>' || --depth != 0) continue;
    EQSAT_ASSIGN_OR_RETURN(all.elements.emplace_back(),
                           ParseSharding(source, text.substr(begin, i - begin)));
  }
  if (all.elements.size() == 1) return ir::Sharding(all.elements[0]);
  return all;
}

void AddFrontendAttribute(std::string key, std::string value, ir::FrontendAttributes* out) {
  auto at = std::ranges::lower_bound(*out, key, {}, &std::pair<std::string, std::string>::first);
  if (at != out->end() && at->first == key) return;
  out->emplace(at, std::move(key), std::move(value));
}

// With its brackets, which the text form leaves to its reader.
std::string Bracketed(std::string text, char open, char close) {
  if (text.starts_with(open)) return text;
  return base::StrCat(std::string(1, open), text, std::string(1, close));
}

std::string PerValue(std::string shardings) {
  return base::StrCat("#sdy.sharding_per_value<", Bracketed(std::move(shardings), '[', ']'), ">");
}

InstructionId AnnotatedCall(Emitter& e, std::string_view target, bool has_side_effect,
                            absl::Span<const InstructionId> operands, const ir::Shape& shape,
                            ir::Annotations notes) {
  InstructionId call =
      e.Add(OpCode::kCustomCall, operands,
            ir::CustomCallAttributes{.custom_call_target = std::string(target),
                                     .custom_call_has_side_effect = has_side_effect},
            {}, &shape);
  if (e.Ok(call)) {
    e.SetAnnotations(call, std::move(notes));
  }
  return call;
}

// Between the shapes of one device and of all: `clause` names the shardings.
std::vector<InstructionId> ChangeShapes(Emitter& e, const mlir::Operation& op,
                                        std::string_view target, std::string_view clause,
                                        absl::Span<const InstructionId> values,
                                        std::vector<ir::Shape> shapes) {
  if (values.empty()) return {};
  ir::Annotations notes;
  AddFrontendAttribute(base::StrCat("xla.sdy.", clause), PerValue(BodyOf(op.Find(clause))),
                       &notes.frontend_attributes);
  AddFrontendAttribute(
      "xla.sdy.manual_axes",
      base::StrCat("#sdy<manual_axes", Bracketed(BodyOf(op.Find("manual_axes")), '{', '}'), ">"),
      &notes.frontend_attributes);
  const bool one = shapes.size() == 1;
  const ir::Shape shape = one ? shapes[0] : ir::Shape::Tuple(std::move(shapes));
  InstructionId call = AnnotatedCall(e, target, true, values, shape, std::move(notes));
  if (one) return {call};
  std::vector<InstructionId> parts;
  for (size_t i = 0; i < values.size(); ++i)
    parts.push_back(e.Element(call, static_cast<int64_t>(i)));
  return parts;
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
  EQSAT_ASSIGN_OR_RETURN(groups.mesh,
                         body != nullptr
                             ? MeshInPlace(body->parameters)
                             : ParseShardyMesh(MeshNamed(source, mesh->AsKeyword().value_or(""))));
  for (const mlir::Attribute& axis : ListOf(parameters, "axes")) {
    EQSAT_ASSIGN_OR_RETURN(groups.axes.emplace_back(), AxisRefOf(groups.mesh, axis));
  }
  EQSAT_RETURN_IF_ERROR(groups.Check());
  return ir::ReplicaGroups{.mesh = groups.ToString()};
}

bool ShardyAnnotations(const mlir::Module& source,
                       const std::vector<mlir::NamedAttribute>& attributes,
                       ir::Annotations* notes) {
  const mlir::Attribute* attribute = mlir::Find(attributes, "sdy.sharding");
  const auto* sharding = attribute != nullptr ? attribute->As<mlir::DialectAttribute>() : nullptr;
  if (sharding == nullptr) return false;
  const std::string body = BodyOf(attribute);
  absl::StatusOr<ir::Sharding> tiles = sharding->name.ends_with("per_value")
                                           ? ParseShardingPerValue(source, body)
                                           : ParseSharding(source, body);
  if (tiles.ok() && !notes->sharding) notes->sharding = *std::move(tiles);
  AddFrontendAttribute("xla.sdy.sharding", base::StrCat("#", sharding->name, "<", body, ">"),
                       &notes->frontend_attributes);
  return true;
}

void AddMeshes(const mlir::Module& source, ir::FrontendAttributes* attributes) {
  std::vector<std::string> meshes;
  for (const mlir::Operation& op : source.operations) {
    if (op.name != "sdy.mesh") continue;
    meshes.push_back(base::StrCat(SymbolName(op), " = #sdy.mesh<", BodyOf(op.Find("mesh")), ">"));
  }
  if (meshes.empty()) return;
  AddFrontendAttribute("xla.sdy.meshes", base::StrCat("{", base::Join(meshes, ", "), "}"),
                       attributes);
}

InstructionId WithResultSharding(Emitter& e, const std::vector<mlir::NamedAttribute>& attributes,
                                 InstructionId result) {
  const mlir::Attribute* sharding = mlir::Find(attributes, "sdy.sharding");
  if (sharding == nullptr || !e.Ok(result)) return result;
  ir::Annotations notes;
  AddFrontendAttribute("xla.sdy.sharding", PerValue(base::StrCat("[<", BodyOf(sharding), ">]")),
                       &notes.frontend_attributes);
  const ir::Shape shape = e.shape(result);
  return AnnotatedCall(e, "xla.sdy.FuncResultSharding", true, {result}, shape, std::move(notes));
}

absl::Status ShardingConstraint(Emitter& e, const mlir::Operation& op) {
  if (op.operands.size() != 1 || op.results.size() != 1) {
    return base::InvalidArgument("it has one operand and one result");
  }
  const std::string body = BodyOf(op.Find("sharding"));
  ir::Annotations notes;
  EQSAT_ASSIGN_OR_RETURN(notes.sharding, ParseSharding(e.source(), body));
  AddFrontendAttribute("xla.sdy.sharding", PerValue(base::StrCat("[<", body, ">]")),
                       &notes.frontend_attributes);
  const InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  const ir::Shape shape = e.shape(operand);
  e.Bind(op.results[0], AnnotatedCall(e, "Sharding", false, {operand}, shape, std::move(notes)));
  return absl::OkStatus();
}

absl::Status ManualComputation(Emitter& e, const mlir::Operation& op) {
  if (op.regions.size() != 1 || op.regions[0].arguments.size() != op.operands.size()) {
    return base::InvalidArgument("it has one region, with as many arguments as there are operands");
  }
  ir::ComputationId body = e.Region(op, 0, "xla.sdy.manual_computation_body");
  EQSAT_RETURN_IF_ERROR(e.status());
  const ir::ProgramShape local = e.program_shape(body);
  const std::vector<InstructionId> operands =
      ChangeShapes(e, op, "xla.sdy.GlobalToLocalShape", "in_shardings", e.Operands(op),
                   {local.parameters.begin(), local.parameters.end()});
  InstructionId call =
      e.Add(OpCode::kCall, operands, ir::CallAttributes{}, {&body, 1}, &local.result);
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  notes.frontend_attributes = {{"inlineable", "false"}};
  e.SetAnnotations(call, std::move(notes));
  std::vector<InstructionId> locals;
  std::vector<ir::Shape> shapes;
  for (size_t i = 0; i < op.results.size(); ++i) {
    locals.push_back(op.results.size() == 1 ? call : e.Element(call, static_cast<int64_t>(i)));
    EQSAT_ASSIGN_OR_RETURN(shapes.emplace_back(), ShapeOf(e.source().type(op.results[i])));
  }
  const std::vector<InstructionId> results =
      ChangeShapes(e, op, "xla.sdy.LocalToGlobalShape", "out_shardings", locals, std::move(shapes));
  for (size_t i = 0; i < results.size(); ++i) e.Bind(op.results[i], results[i]);
  return absl::OkStatus();
}

}  // namespace eqsat::importers::stablehlo
