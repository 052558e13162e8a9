#include "importers/onnx/emitter.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::onnx {
namespace {

constexpr int kMaxDepth = 64;
// Integers of so few elements are shapes, indices and the like: they are folded as they appear.
constexpr int64_t kMaxFoldedElements = 1024;

std::string Place(const Node& node) {
  std::string place = base::StrCat("node ", node.index());
  if (!node.proto().name().empty()) base::StrAppend(&place, " '", node.proto().name(), "'");
  base::StrAppend(&place, " (", node.op_type());
  if (!DomainOf(node.proto().domain()).empty()) {
    base::StrAppend(&place, " of ", node.proto().domain());
  }
  return base::StrCat(place, ", opset ", node.version(), "): ");
}

absl::Status CheckArity(const Node& node, const OpEntry& op) {
  const auto count = static_cast<int64_t>(node.input_count());
  int64_t given = count;
  while (given > 0 && !node.Has(given - 1)) --given;
  if (given >= op.min_inputs && given <= op.max_inputs) return absl::OkStatus();
  std::string expected = base::StrCat(op.min_inputs);
  if (op.max_inputs >= kAny) {
    expected += " or more";
  } else if (op.max_inputs > op.min_inputs) {
    base::StrAppend(&expected, " to ", op.max_inputs);
  }
  return base::InvalidArgument("it has %d inputs, not %s", given, expected);
}

// Free names of a graph, into `used`; `defined` are those of the graphs around.
void AddFreeNames(const GraphProto& graph, std::set<std::string> defined, int depth,
                  std::set<std::string>* used) {
  if (depth > kMaxDepth) return;
  for (const ValueInfoProto& input : graph.input()) defined.insert(input.name());
  for (const TensorProto& tensor : graph.initializer()) defined.insert(tensor.name());
  for (const NodeProto& node : graph.node()) {
    for (const std::string& input : node.input()) {
      if (!defined.contains(input)) used->insert(input);
    }
    for (const AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) AddFreeNames(attribute.g(), defined, depth + 1, used);
    }
    defined.insert(node.output().begin(), node.output().end());
  }
  for (const ValueInfoProto& output : graph.output()) {
    if (!defined.contains(output.name())) used->insert(output.name());
  }
}

// The computation without the instructions that its root does not need.
absl::StatusOr<ir::Computation> WithoutUnused(const ir::Computation& from) {
  std::vector<bool> needed(from.size());
  needed[from.root().value()] = true;
  for (size_t i = from.size(); i-- > 0;) {
    const ir::Instruction& instruction = from[InstructionId(i)];
    if (instruction.opcode == OpCode::kParameter) needed[i] = true;
    if (!needed[i]) continue;
    for (InstructionId operand : instruction.operands) needed[operand.value()] = true;
  }
  std::vector<InstructionId> moved(from.size());
  std::vector<ir::Instruction> kept;
  NameSet names;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!needed[i]) continue;
    moved[i] = InstructionId(kept.size());
    ir::Instruction instruction = from[InstructionId(i)];
    instruction.Renumber(moved);
    const bool is_parameter = instruction.opcode == OpCode::kParameter;
    instruction.name =
        names.Fresh(is_parameter ? instruction.name
                                 : base::StrCat(ir::Name(instruction.opcode), ".", kept.size()));
    kept.push_back(std::move(instruction));
  }
  return ir::Computation::Make(from.name(), std::move(kept), moved[from.root().value()]);
}

}  // namespace

Emitter::Emitter(Program& program, std::string name)
    : TensorEmitter(program.module(), program.combiners(), std::move(name)), program_(program) {
  scopes_.push_back({.opsets = &program.opsets()});
}

Emitter::Emitter(const Emitter& around, std::string_view name)
    : TensorEmitter(around.program_.module(), around.program_.combiners(),
                    around.program_.FreshName(name)),
      program_(around.program_),
      depth_(around.depth_ + 1) {
  const Scope& scope = around.scopes_.back();
  scopes_.push_back({.opsets = scope.opsets, .caller = scope.caller});
}

std::optional<InstructionId> Emitter::Find(std::string_view name) const {
  for (size_t i = scopes_.size(); i-- > 0;) {
    auto found = scopes_[i].values.find(name);
    if (found != scopes_[i].values.end()) return found->second;
    if (!scopes_[i].sees_outer) break;
  }
  return std::nullopt;
}

InstructionId Emitter::Value(std::string_view name) {
  std::optional<InstructionId> found = Find(name);
  if (found && found->valid()) return *found;
  Fail(found ? base::InvalidArgument("'%s' has no value", name)
             : base::InvalidArgument("'%s' is not defined before it is used", name));
  return {};
}

void Emitter::Bind(const std::string& name, InstructionId id) { scopes_.back().values[name] = id; }

void Emitter::Return(const Node& node, absl::Span<const InstructionId> outputs) {
  for (size_t i = 0; i < node.output_count(); ++i) {
    if (!node.Wants(i)) continue;
    if (i >= outputs.size()) {
      Fail(base::Unimplemented("output %d is not supported", i));
      return;
    }
    Bind(node.proto().output(static_cast<int>(i)), outputs[i]);
  }
}

absl::StatusOr<ir::Literal> Emitter::ConstantInput(const Node& node, size_t i,
                                                   std::string_view meaning) {
  InstructionId id = Input(node, i);
  EQSAT_RETURN_IF_ERROR(status());
  if (std::optional<ir::Literal> value = ConstantValue(id)) return *std::move(value);
  return base::Unimplemented(
      "%s ('%s') follows from data, not from constants and shapes, and HLO needs to know it",
      meaning, node.InputName(i));
}

absl::StatusOr<double> Emitter::NumberInput(const Node& node, size_t i, std::string_view meaning) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ConstantInput(node, i, meaning));
  if (value.shape().ElementCount() == 1 && !ir::IsComplex(value.shape().element_type())) {
    return value.AsDouble(0);
  }
  return base::InvalidArgument("%s ('%s') is %s, not one number", meaning, node.InputName(i),
                               value.shape().ToString());
}

absl::StatusOr<Sizes> Emitter::IntsInput(const Node& node, size_t i, std::string_view meaning) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ConstantInput(node, i, meaning));
  if (!ir::IsInteger(value.shape().element_type())) {
    return base::InvalidArgument("%s ('%s') is %s, not integers", meaning, node.InputName(i),
                                 value.shape().ToString());
  }
  Sizes out;
  for (int64_t k = 0; k < value.shape().ElementCount(); ++k) out.push_back(value.AsInt64(k));
  return out;
}

absl::StatusOr<Sizes> Emitter::IntsInputOr(const Node& node, size_t i, std::string_view meaning,
                                           const Sizes& fallback) {
  if (node.Has(i)) return IntsInput(node, i, meaning);
  return node.Ints(meaning).value_or(fallback);
}

absl::StatusOr<std::vector<InstructionId>> Emitter::InlineGraph(
    const GraphProto& graph, absl::Span<const InstructionId> arguments) {
  if (depth_ >= kMaxDepth) return base::InvalidArgument("graphs nest more than %d deep", kMaxDepth);
  if (static_cast<int>(arguments.size()) != graph.input_size()) {
    return base::InvalidArgument("graph '%s' takes %d inputs, not %d", graph.name(),
                                 graph.input_size(), arguments.size());
  }
  const Scope outer = {.opsets = scopes_.back().opsets, .caller = scopes_.back().caller};
  scopes_.push_back(outer);
  ++depth_;
  for (int i = 0; i < graph.input_size(); ++i) Bind(graph.input(i).name(), arguments[i]);
  for (const TensorProto& tensor : graph.initializer()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, LiteralOf(tensor, program_.folder()));
    Bind(tensor.name(), Constant(std::move(literal)));
  }
  for (const SparseTensorProto& tensor : graph.sparse_initializer()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, LiteralOf(tensor, program_.folder()));
    Bind(tensor.values().name(), Constant(std::move(literal)));
  }
  EQSAT_RETURN_IF_ERROR(TranslateNodes(graph.node()));
  std::vector<InstructionId> results;
  for (const ValueInfoProto& output : graph.output()) results.push_back(Value(output.name()));
  if (!status().ok()) {
    return base::Annotate(status(), base::StrCat("an output of graph '", graph.name(), "': "));
  }
  --depth_;
  scopes_.pop_back();
  return results;
}

std::vector<std::string> Emitter::Captures(const GraphProto& graph) const {
  std::set<std::string> used;
  AddFreeNames(graph, {}, 0, &used);
  std::vector<std::string> captured;
  for (const std::string& name : used) {
    std::optional<InstructionId> id = Find(name);
    if (id && id->valid()) captured.push_back(name);
  }
  return captured;
}

absl::Status Emitter::CallFunction(const Node& node, const FunctionProto& function) {
  if (depth_ >= kMaxDepth) {
    return base::InvalidArgument("functions nest more than %d deep, or call themselves", kMaxDepth);
  }
  AttributeMap attributes = node.attributes();
  for (const AttributeProto& fallback : function.attribute_proto()) {
    attributes.emplace(fallback.name(), &fallback);
  }
  Scope scope{.sees_outer = false, .opsets = &program_.OpsetsOf(function), .caller = &attributes};
  for (int i = 0; i < function.input_size(); ++i) {
    scope.values[function.input(i)] = InputIf(node, i);
  }
  scopes_.push_back(std::move(scope));
  ++depth_;
  EQSAT_RETURN_IF_ERROR(TranslateNodes(function.node()));
  std::vector<InstructionId> results;
  for (const std::string& output : function.output()) {
    results.push_back(Find(output).value_or(InstructionId()));
  }
  --depth_;
  scopes_.pop_back();
  Return(node, results);
  return status();
}

absl::Status Emitter::TranslateNodes(const google::protobuf::RepeatedPtrField<NodeProto>& nodes) {
  for (int i = 0; i < nodes.size(); ++i) EQSAT_RETURN_IF_ERROR(TranslateNode(nodes[i], i));
  return absl::OkStatus();
}

absl::Status Emitter::TranslateNode(const NodeProto& proto, int64_t index) {
  // Counted too, for calls of functions may multiply nodes that emit nothing.
  EQSAT_RETURN_IF_ERROR(program_.CountInstruction());
  const Scope& scope = scopes_.back();
  auto version = scope.opsets->find(DomainOf(proto.domain()));
  // In a function, an argument that the caller leaves out is left out here too.
  auto left_out = [this](const std::string& name) {
    std::optional<InstructionId> id = Find(name);
    return id && !id->valid();
  };
  std::optional<NodeProto> without;
  if (std::ranges::any_of(proto.input(), left_out)) {
    without = proto;
    for (std::string& input : *without->mutable_input()) {
      if (left_out(input)) input.clear();
    }
  }
  const Node node(without ? *without : proto, index,
                  version == scope.opsets->end() ? 1 : version->second, scope.caller);
  const size_t first_new = instruction_count();
  absl::Status translated = Dispatch(node);
  if (translated.ok()) translated = status();
  if (!translated.ok()) return base::Annotate(translated, Place(node));
  Annotate(node, first_new);
  FoldOutputs(node);
  return absl::OkStatus();
}

absl::Status Emitter::Dispatch(const Node& node) {
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (node.Has(i)) Value(node.InputName(i));
  }
  EQSAT_RETURN_IF_ERROR(status());
  const std::string_view domain = DomainOf(node.proto().domain());
  if (const FunctionProto* function = program_.FindFunction(node.proto())) {
    return CallFunction(node, *function);
  }
  const OpEntry* op = FindOp(domain, node.op_type());
  if (op == nullptr) {
    return base::Unimplemented("operator %s of domain %s is not supported: %s", node.op_type(),
                               domain.empty() ? "ai.onnx" : domain,
                               AdviceFor(domain, node.op_type()));
  }
  EQSAT_RETURN_IF_ERROR(CheckArity(node, *op));
  return op->translate(*this, node);
}

void Emitter::Annotate(const Node& node, size_t first_new) {
  ir::Annotations notes;
  notes.metadata.op_type = node.op_type();
  notes.metadata.op_name = node.proto().name();
  auto shared = std::make_shared<const ir::Annotations>(std::move(notes));
  for (size_t i = first_new; i < instruction_count(); ++i) {
    ir::Instruction& instruction = mutable_instruction(InstructionId(i));
    if (instruction.annotations == nullptr) instruction.annotations = shared;
  }
}

void Emitter::FoldOutputs(const Node& node) {
  for (const std::string& name : node.proto().output()) {
    const std::optional<InstructionId> id = name.empty() ? std::nullopt : Find(name);
    if (!id || !id->valid() || !shape(*id).IsArray()) continue;
    if (mutable_instruction(*id).opcode == OpCode::kConstant || ir::IsFloat(type(*id)) ||
        shape(*id).ElementCount() > kMaxFoldedElements) {
      continue;
    }
    if (std::optional<ir::Literal> value = ConstantValue(*id)) {
      Bind(name, Constant(*std::move(value)));
    }
  }
}

absl::StatusOr<ir::ComputationId> Emitter::Finish(absl::Span<const InstructionId> results,
                                                  bool as_tuple) {
  InstructionId root = results.size() == 1 && !as_tuple ? results[0] : Tuple(results);
  EQSAT_RETURN_IF_ERROR(status());
  EQSAT_ASSIGN_OR_RETURN(ir::Computation whole, std::move(builder()).Build(root));
  EQSAT_ASSIGN_OR_RETURN(ir::Computation needed, WithoutUnused(whole));
  return program_.module().Add(std::move(needed));
}

std::vector<InstructionId> Emitter::Repeat(int64_t count, absl::Span<const InstructionId> state,
                                           const LoopBody& body) {
  std::vector<InstructionId> initial = {Scalar(ir::ElementType::kS64, 0)};
  initial.insert(initial.end(), state.begin(), state.end());
  InstructionId tuple = Tuple(initial);
  if (!Ok(tuple)) return std::vector<InstructionId>(state.size());
  const ir::Shape carried = shape(tuple);

  Emitter condition(*this, "condition");
  InstructionId i = condition.Element(condition.Parameter(0, carried), 0);
  absl::StatusOr<ir::ComputationId> test =
      condition.Finish({{condition.Comparing(i, Direction::kLt, static_cast<double>(count))}});

  Emitter inner(*this, "body");
  InstructionId all = inner.Parameter(0, carried);
  std::vector<InstructionId> elements;
  for (size_t k = 0; k < initial.size(); ++k) elements.push_back(inner.Element(all, k));
  i = elements[0];
  elements.erase(elements.begin());
  absl::StatusOr<std::vector<InstructionId>> next = body(inner, i, elements);
  if (!next.ok()) Fail(next.status());
  if (!test.ok()) Fail(test.status());
  if (!status().ok()) return std::vector<InstructionId>(state.size());
  next->insert(next->begin(), inner.AddTo(i, 1.0));
  absl::StatusOr<ir::ComputationId> step = inner.Finish(*next, /*as_tuple=*/true);
  if (!step.ok()) {
    Fail(step.status());
    return std::vector<InstructionId>(state.size());
  }
  const ir::ComputationId called[] = {*test, *step};
  InstructionId loop = Add(OpCode::kWhile, {{tuple}}, ir::NoAttributes{}, called);
  std::vector<InstructionId> results;
  for (size_t k = 0; k < state.size(); ++k) results.push_back(Element(loop, k + 1));
  return results;
}

}  // namespace eqsat::importers::onnx
