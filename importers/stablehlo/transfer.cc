// Custom calls, and operations that talk to the host.
#include "importers/hlo_text/attribute_parser.h"
#include "importers/mlir/attribute_text.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// `dense<[1, 0]> : tensor<2xindex>` is a minor-to-major order.
absl::StatusOr<ir::Shape> WithLayout(const ir::Shape& shape, const mlir::Attribute& layout) {
  std::optional<std::vector<int64_t>> order = layout.AsInts();
  if (!order) return base::InvalidArgument("a layout is a list of dimensions");
  if (!shape.IsArray()) {
    if (order->empty()) return shape;
    return base::InvalidArgument("%s has no layout", shape.ToString());
  }
  std::vector<bool> seen(shape.rank());
  bool permutation = static_cast<int64_t>(order->size()) == shape.rank();
  for (int64_t dim : *order) {
    permutation = permutation && dim >= 0 && dim < shape.rank() && !seen[dim];
    if (permutation) seen[dim] = true;
  }
  if (!permutation) {
    return base::InvalidArgument("the layout is no order of the dimensions of %s",
                                 shape.ToString());
  }
  return shape.WithLayout({.minor_to_major = ToDimensions(*order)});
}

absl::StatusOr<std::vector<ir::Shape>> WithLayouts(std::vector<ir::Shape> shapes,
                                                   const mlir::Attribute& layouts) {
  const auto* list = layouts.As<mlir::ArrayAttribute>();
  if (list == nullptr || list->elements.size() != shapes.size()) {
    return base::InvalidArgument("layouts are given for %d values, not %d",
                                 list == nullptr ? 0 : list->elements.size(), shapes.size());
  }
  for (size_t i = 0; i < shapes.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(shapes[i], WithLayout(shapes[i], list->elements[i]));
  }
  return shapes;
}

absl::Status SetLayouts(const mlir::Operation& op, absl::Span<const ir::Shape> operands,
                        ir::CustomCallAttributes* attributes, ir::Shape* result) {
  if (const mlir::Attribute* layouts = op.Find("operand_layouts")) {
    EQSAT_ASSIGN_OR_RETURN(attributes->operand_layout_constraints,
                           WithLayouts({operands.begin(), operands.end()}, *layouts));
  }
  const mlir::Attribute* layouts = op.Find("result_layouts");
  if (layouts == nullptr) return absl::OkStatus();
  const bool tuple = result->IsTuple();
  std::vector<ir::Shape> parts{*result};
  if (tuple) parts.assign(result->elements().begin(), result->elements().end());
  EQSAT_ASSIGN_OR_RETURN(parts, WithLayouts(std::move(parts), *layouts));
  *result = tuple ? ir::Shape::Tuple(std::move(parts)) : parts[0];
  return absl::OkStatus();
}

std::string BackendConfigOf(const mlir::Operation& op) {
  for (std::string_view name : {"backend_config", "mhlo.backend_config"}) {
    const mlir::Attribute* config = op.Find(name);
    if (config == nullptr) continue;
    const std::string* text = config->As<std::string>();
    // An empty one may stand beside the other.
    if (text == nullptr) return mlir::ToText(*config);
    if (!text->empty()) return *text;
  }
  return "";
}

// XLA's own targets that stand for operations: `@mhlo.topk` with its attributes in a dictionary,
// `@ApproxTopK` and `@ragged_all_to_all` with theirs in the configuration.
std::optional<mlir::Operation> AsOperation(const mlir::Operation& op, std::string_view target) {
  const bool configured = target == "ApproxTopK" || target == "ragged_all_to_all";
  if (!configured && !target.starts_with("mhlo.") && !target.starts_with("chlo.")) {
    return std::nullopt;
  }
  if (FindTranslation(target) == nullptr) return std::nullopt;
  mlir::Operation out = op;
  out.name = target;
  const mlir::Attribute* attributes = op.Find(configured ? "backend_config" : "mhlo.attributes");
  if (configured && (attributes == nullptr || attributes->As<std::string>() != nullptr)) {
    attributes = op.Find("mhlo.backend_config");
  }
  const auto* entries =
      attributes != nullptr ? attributes->As<mlir::DictionaryAttribute>() : nullptr;
  if (entries != nullptr) {
    out.attributes.insert(out.attributes.end(), entries->entries.begin(), entries->entries.end());
  }
  return out;
}

// `called_computations = [@f, @g]`
absl::StatusOr<std::vector<ir::ComputationId>> CalledBy(Emitter& e, const mlir::Operation& op) {
  std::vector<ir::ComputationId> called;
  const mlir::Attribute* names = op.Find("called_computations");
  const auto* list = names != nullptr ? names->As<mlir::ArrayAttribute>() : nullptr;
  if (list == nullptr) return called;
  for (const mlir::Attribute& element : list->elements) {
    const std::string_view name = element.AsKeyword().value_or("");
    const mlir::Operation* function = e.program().FindFunction(name);
    if (function == nullptr) return base::InvalidArgument("there is no function @%s", name);
    // Computations of HLO do not call each other in circles.
    if (e.program().IsInProgress(*function)) continue;
    EQSAT_ASSIGN_OR_RETURN(ir::ComputationId id, e.program().Function(*function));
    called.push_back(id);
  }
  return called;
}

// The best of each row. The whole row in order is an approximation that misses nothing. Operands
// are the arrays and then the values of nothing for each.
absl::Status ApproxTopK(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "reduction_dim"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::ComputationId> called, CalledBy(e, op));
  const size_t count = op.results.size();
  if (called.size() != 1 || count == 0 || op.operands.size() != 2 * count) {
    return base::InvalidArgument("it takes arrays, as many initial values and one comparison");
  }
  std::vector<InstructionId> operands = e.Operands(op);
  operands.resize(count);
  InstructionId sorted =
      e.Add(OpCode::kSort, operands,
            ir::SortAttributes{.dimensions = {dimension}, .is_stable = true}, called);
  for (size_t i = 0; i < count; ++i) {
    InstructionId row = count == 1 ? sorted : e.Element(sorted, static_cast<int64_t>(i));
    EQSAT_ASSIGN_OR_RETURN(ir::Shape best, ShapeOf(e.source().type(op.results[i])));
    ir::SliceAttributes first;
    for (int64_t size : best.dimensions()) first.slice.push_back({0, size, 1});
    e.Bind(op.results[i], e.Add(OpCode::kSlice, {row}, std::move(first)));
  }
  return e.status();
}

// Fields of HLO that StableHLO lacks, in HLO's text: `window={size=3x3},
// dim_labels=bf01_oi01->bf01`.
absl::Status ReadHloAttributes(const mlir::Operation& op, ir::CustomCallAttributes* attributes) {
  const mlir::Attribute* fields = op.Find("mhlo.hlo_attributes");
  const auto* text = fields != nullptr ? fields->As<std::string>() : nullptr;
  if (text == nullptr) return absl::OkStatus();
  TokenReader reader(*text);
  while (!reader.AtEnd()) {
    const std::string name(reader.token().text);
    reader.Advance();
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a field's name"));
    absl::Status read = base::InvalidArgument("custom calls have no field %s", name);
    ir::CustomCallAttributes::VisitFields(*attributes,
                                          [&](std::string_view known, auto& field, ir::Presence) {
                                            if (known == name) read = ParseValue(reader, &field);
                                          });
    EQSAT_RETURN_IF_ERROR(read);
    if (!reader.AtEnd()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between fields"));
  }
  return absl::OkStatus();
}

absl::Status CustomCall(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view target, KeywordAttribute(op, "call_target_name"));
  if (std::optional<mlir::Operation> operation = AsOperation(op, target)) {
    return FindTranslation(target)(e, *operation);
  }
  std::vector<InstructionId> operands = e.Operands(op);
  EQSAT_RETURN_IF_ERROR(e.status());
  ir::CustomCallAttributes attributes;
  attributes.custom_call_target = target;
  attributes.custom_call_has_side_effect = BoolAttributeOr(op, "has_side_effect", false);
  attributes.output_to_operand_aliasing = AliasesOf(op);
  // A buffer and the value that it holds are one memory.
  if ((target == "Pin" || target == "Unpin") && attributes.output_to_operand_aliasing.empty()) {
    attributes.output_to_operand_aliasing.emplace_back();
  }
  const int64_t version = IntAttributeOr(op, "api_version", 1);
  if (version < 0 || version > 4) return base::InvalidArgument("unknown api_version %d", version);
  // The first version goes without saying.
  if (version > 1) attributes.api_version = static_cast<ir::CustomCallApiVersion>(version);
  EQSAT_RETURN_IF_ERROR(ReadHloAttributes(op, &attributes));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, StatedResults(e.source(), op));
  std::vector<ir::Shape> shapes;
  for (InstructionId operand : operands) shapes.push_back(e.shape(operand).WithoutLayout());
  EQSAT_RETURN_IF_ERROR(SetLayouts(op, shapes, &attributes, &result));
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::ComputationId> called, CalledBy(e, op));
  InstructionId call = e.Add(OpCode::kCustomCall, operands, std::move(attributes), called, &result);
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  notes.backend_config = BackendConfigOf(op);
  notes.metadata.source_line = op.place.line;
  e.SetAnnotations(call, std::move(notes));
  e.BindResults(op, call);
  return absl::OkStatus();
}

// `programs = [[@a, @b], [@c, @d]]` are run together, a row a replica; `infeed` names functions
// that give what the programs are fed.
absl::Status RunParallel(Emitter& e, const mlir::Operation& op) {
  std::vector<ir::ComputationId> called;
  size_t replicas = 0, partitions = 0, infeeds = 0;
  auto add = [&](const mlir::Attribute& name) -> absl::Status {
    const mlir::Operation* function = e.program().FindFunction(name.AsKeyword().value_or(""));
    if (function == nullptr) return base::InvalidArgument("a program is no function of the module");
    EQSAT_ASSIGN_OR_RETURN(ir::ComputationId id, e.program().Function(*function));
    called.push_back(id);
    return absl::OkStatus();
  };
  const mlir::Attribute* programs = op.Find("programs");
  const auto* rows = programs != nullptr ? programs->As<mlir::ArrayAttribute>() : nullptr;
  if (rows == nullptr) return base::InvalidArgument("the attribute programs must be a table");
  for (const mlir::Attribute& row : rows->elements) {
    const auto* names = row.As<mlir::ArrayAttribute>();
    if (names == nullptr) return base::InvalidArgument("the attribute programs must be a table");
    partitions = names->elements.size();
    ++replicas;
    for (const mlir::Attribute& name : names->elements) EQSAT_RETURN_IF_ERROR(add(name));
  }
  const mlir::Attribute* infeed = op.Find("infeed");
  if (const auto* names = infeed != nullptr ? infeed->As<mlir::ArrayAttribute>() : nullptr) {
    infeeds = names->elements.size();
    for (const mlir::Attribute& name : names->elements) EQSAT_RETURN_IF_ERROR(add(name));
  }
  std::vector<ir::Shape> shapes;
  for (mlir::ValueId result : op.results) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(e.source().type(result)));
    shapes.push_back(std::move(shape));
  }
  const ir::Shape result = ir::Shape::Tuple(std::move(shapes));
  InstructionId call = e.Add(
      OpCode::kCustomCall, e.Operands(op),
      ir::CustomCallAttributes{.custom_call_target = op.name, .custom_call_has_side_effect = true},
      called, &result);
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  notes.backend_config = base::StrCat("{\"replicas\":", replicas, ",\"partitions\":", partitions,
                                      ",\"infeed\":", infeeds, "}");
  e.SetAnnotations(call, std::move(notes));
  for (size_t i = 0; i < op.results.size(); ++i) {
    e.Bind(op.results[i], e.Element(call, static_cast<int64_t>(i)));
  }
  return absl::OkStatus();
}

// The types of channels.
constexpr int64_t kDeviceToDevice = 1, kDeviceToHost = 2, kHostToDevice = 3;

// What an operation with a token receives: one value, or several as a tuple. Its results are these
// and the token, in this order.
absl::StatusOr<ir::Shape> ReceivedShape(Emitter& e, const mlir::Operation& op) {
  std::vector<ir::Shape> parts;
  for (size_t i = 0; i + 1 < op.results.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(e.source().type(op.results[i])));
    if (shape.IsToken()) return base::InvalidArgument("of its results only the last is a token");
    parts.push_back(std::move(shape));
  }
  return parts.size() == 1 ? parts[0] : ir::Shape::Tuple(parts);
}

// `pair` is the value of ReceivedShape and the token.
void BindReceived(Emitter& e, const mlir::Operation& op, InstructionId pair) {
  const size_t count = op.results.size() - 1;
  InstructionId value = e.Element(pair, 0);
  for (size_t i = 0; i < count; ++i) {
    e.Bind(op.results[i], count == 1 ? value : e.Element(value, i));
  }
  e.Bind(op.results.back(), e.Element(pair, 1));
}

struct Sent {
  InstructionId value;  // a tuple, unless there is one
  InstructionId token;
};

absl::StatusOr<Sent> SentBy(Emitter& e, const mlir::Operation& op) {
  std::vector<InstructionId> operands = e.Operands(op);
  EQSAT_RETURN_IF_ERROR(e.status());
  if (operands.empty()) return base::InvalidArgument("the token is missing");
  InstructionId token = operands.back();
  operands.pop_back();
  return Sent{operands.size() == 1 ? operands[0] : e.Tuple(operands), token};
}

// `layout = [[0, 1], []]`: an order of dimensions for each result but the token, nested as results
// are.
absl::Status CheckInfeedLayout(const mlir::Operation& op) {
  const mlir::Attribute* layout = op.Find("layout");
  if (layout == nullptr) return absl::OkStatus();
  const auto* orders = layout->As<mlir::ArrayAttribute>();
  if (orders == nullptr || orders->elements.size() + 1 != op.results.size()) {
    return base::InvalidArgument("layout must be a list with an entry for each of %d results",
                                 op.results.size() - 1);
  }
  for (const mlir::Attribute& order : orders->elements) {
    if (order.AsInts()) continue;
    return base::InvalidArgument("an entry of layout must be a list of dimensions");
  }
  return absl::OkStatus();
}

absl::Status Infeed(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  if (op.results.empty()) return base::InvalidArgument("its results are not named");
  EQSAT_ASSIGN_OR_RETURN(ir::Shape fed, ReceivedShape(e, op));
  const ir::Shape result = ir::Shape::Tuple({std::move(fed), ir::Shape::Token()});
  ir::InfeedAttributes attributes;
  EQSAT_RETURN_IF_ERROR(CheckInfeedLayout(op));
  if (const mlir::Attribute* config = op.Find("infeed_config")) {
    attributes.infeed_config = config->AsKeyword().value_or("");
  }
  InstructionId infeed = e.Add(OpCode::kInfeed, e.Operands(op), std::move(attributes), {}, &result);
  BindReceived(e, op, infeed);
  return absl::OkStatus();
}

absl::Status Outfeed(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(Sent sent, SentBy(e, op));
  ir::OutfeedAttributes attributes;
  attributes.outfeed_shape = e.shape(sent.value);
  if (const mlir::Attribute* config = op.Find("outfeed_config")) {
    attributes.outfeed_config = config->AsKeyword().value_or("");
  }
  e.BindResults(op, e.Add(OpCode::kOutfeed, {sent.value, sent.token}, std::move(attributes)));
  return absl::OkStatus();
}

// `host` is the channel's type between the device and the host in the direction of `op`.
absl::StatusOr<ir::TransferAttributes> TransferOf(const mlir::Operation& op, int64_t host) {
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* channel,
                         StructAttribute(op, "channel_handle"));
  const mlir::Attribute* handle = mlir::Find(channel->parameters, "handle");
  ir::TransferAttributes out;
  out.channel_id = handle != nullptr ? handle->AsInt().value_or(0) : 0;
  out.is_host_transfer = BoolAttributeOr(op, "is_host_transfer", false);
  const mlir::Attribute* type = mlir::Find(channel->parameters, "type");
  const int64_t expected = out.is_host_transfer ? host : kDeviceToDevice;
  if (op.name.starts_with("stablehlo.") && type != nullptr && type->AsInt() != expected) {
    return base::InvalidArgument(
        "the channel's type must be %d where is_host_transfer is %s, not %d", expected,
        out.is_host_transfer ? "true" : "false", type->AsInt().value_or(0));
  }
  return out;
}

absl::Status Send(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(Sent sent, SentBy(e, op));
  EQSAT_ASSIGN_OR_RETURN(ir::TransferAttributes attributes, TransferOf(op, kDeviceToHost));
  InstructionId send = e.Add(OpCode::kSend, {sent.value, sent.token}, attributes);
  e.BindResults(op, e.Add(OpCode::kSendDone, {send}, attributes));
  return absl::OkStatus();
}

absl::Status Recv(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  if (op.results.empty()) return base::InvalidArgument("its results are not named");
  EQSAT_ASSIGN_OR_RETURN(const ir::Shape received, ReceivedShape(e, op));
  EQSAT_ASSIGN_OR_RETURN(ir::TransferAttributes attributes, TransferOf(op, kHostToDevice));
  const ir::Shape in_flight =
      ir::Shape::Tuple({received, ir::Shape(ir::ElementType::kU32, {}), ir::Shape::Token()});
  InstructionId recv = e.Add(OpCode::kRecv, e.Operands(op), attributes, {}, &in_flight);
  InstructionId done = e.Add(OpCode::kRecvDone, {recv}, attributes);
  BindReceived(e, op, done);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> TransferOps() {
  static constexpr OpEntry kEntries[] = {
      {"ApproxTopK", ApproxTopK},
      {"custom_call", CustomCall},
      {"infeed", Infeed},
      {"outfeed", Outfeed},
      {"recv", Recv},
      {"run_parallel", RunParallel},
      {"send", Send},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
