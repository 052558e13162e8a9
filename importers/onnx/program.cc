#include "importers/onnx/program.h"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/stubs/logging.h"
#include "importers/onnx/emitter.h"
#include "importers/onnx/onnx.h"
#include "importers/onnx/tensor.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace onnx {
namespace {

constexpr int64_t kMaxInstructions = 250'000;
constexpr int64_t kFirstOpset = 13;

Opsets ReadOpsets(const google::protobuf::RepeatedPtrField<OperatorSetIdProto>& imports) {
  Opsets opsets;
  for (const OperatorSetIdProto& import : imports) {
    opsets[std::string(DomainOf(import.domain()))] = import.version();
  }
  return opsets;
}

std::string FunctionKey(std::string_view domain, std::string_view name, std::string_view overload) {
  return base::StrCat(DomainOf(domain), "\n", name, "\n", overload);
}

// The module without the computations that its entry does not reach: loops are translated once on
// the side to know what shapes they give.
absl::StatusOr<ir::Module> OnlyReachable(const ir::Module& from) {
  std::vector<bool> reached(from.computations().size());
  reached[from.entry_id().value()] = true;
  for (size_t i = reached.size(); i-- > 0;) {
    if (!reached[i]) continue;
    for (const ir::Instruction& instruction : from.computations()[i].instructions()) {
      for (ir::ComputationId callee : instruction.called) reached[callee.value()] = true;
    }
  }
  if (std::ranges::find(reached, false) == reached.end()) return from;
  ir::Module out(from.header());
  std::vector<ir::ComputationId> moved(reached.size());
  for (size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) continue;
    const ir::Computation& computation = from.computations()[i];
    std::vector<ir::Instruction> instructions(computation.instructions().begin(),
                                              computation.instructions().end());
    for (ir::Instruction& instruction : instructions) {
      for (ir::ComputationId& callee : instruction.called) callee = moved[callee.value()];
    }
    EQSAT_ASSIGN_OR_RETURN(
        ir::Computation copy,
        ir::Computation::Make(computation.name(), std::move(instructions), computation.root()));
    moved[i] = out.Add(std::move(copy));
  }
  out.set_entry(moved[from.entry_id().value()]);
  return out;
}

}  // namespace

std::string_view DomainOf(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

Program::Program(const ModelProto& model, const ImportContext& context)
    : model_(model), context_(context), opsets_(ReadOpsets(model.opset_import())) {
  for (const FunctionProto& function : model.functions()) {
    functions_[FunctionKey(function.domain(), function.name(), function.overload())] = {
        &function, ReadOpsets(function.opset_import())};
  }
}

const FunctionProto* Program::FindFunction(const NodeProto& node) const {
  auto found = functions_.find(FunctionKey(node.domain(), node.op_type(), node.overload()));
  return found == functions_.end() ? nullptr : found->second.first;
}

const Opsets& Program::OpsetsOf(const FunctionProto& function) const {
  return functions_.find(FunctionKey(function.domain(), function.name(), function.overload()))
      ->second.second;
}

absl::Status Program::CountInstruction() {
  if (++instructions_ <= kMaxInstructions) return absl::OkStatus();
  return absl::ResourceExhaustedError(base::Absl(
      base::StrCat("the program has more than ", kMaxInstructions, " nodes and instructions")));
}

absl::Status Program::CheckOpsets() const {
  auto own = opsets_.find("");
  if (own == opsets_.end() || own->second >= kFirstOpset) return absl::OkStatus();
  return base::Unimplemented(
      "the model is of opset %d, and opsets from %d on are read: convert it with onnx's version "
      "converter, or export it anew",
      own->second, kFirstOpset);
}

absl::StatusOr<ir::Shape> Program::InputShape(const ValueInfoProto& input) const {
  if (!input.type().has_tensor_type()) {
    return base::Unimplemented("input '%s' is no tensor; HLO has no sequences, maps or optionals",
                               input.name());
  }
  const TypeProto::Tensor& tensor = input.type().tensor_type();
  absl::StatusOr<ir::ElementType> type = ElementTypeOf(tensor.elem_type());
  if (!type.ok()) {
    return base::Annotate(type.status(), base::StrCat("input '", input.name(), "': "));
  }
  if (!tensor.has_shape()) {
    return base::Unimplemented("input '%s' has an unknown rank; export it with a shape",
                               input.name());
  }
  std::vector<int64_t> sizes;
  for (const TensorShapeProto::Dimension& dim : tensor.shape().dim()) {
    if (dim.has_dim_value() && dim.dim_value() >= 0) {
      sizes.push_back(dim.dim_value());
      continue;
    }
    std::string name = dim.dim_param();
    if (name.empty()) name = base::StrCat(input.name(), ".", sizes.size());
    auto size = context_.dimension_sizes.find(name);
    if (size == context_.dimension_sizes.end()) {
      return base::InvalidArgument(
          "input '%s': dimension %d is '%s', which is no number; give it a size with --dim=%s:SIZE",
          input.name(), sizes.size(), name, name);
    }
    sizes.push_back(size->second);
  }
  return ir::Shape::Make(*type, sizes);
}

absl::StatusOr<ir::Module> Program::Translate() {
  EQSAT_RETURN_IF_ERROR(CheckOpsets());
  const GraphProto& graph = model_.graph();
  module_.mutable_header().name = graph.name().empty() ? "main" : LegalModuleName(graph.name());
  // Older models list initializers among the inputs, as defaults.
  std::set<std::string_view> initialized;
  for (const TensorProto& tensor : graph.initializer()) initialized.insert(tensor.name());
  Emitter emitter(*this, FreshName("main"));
  std::vector<InstructionId> arguments;
  int64_t number = 0;
  for (const ValueInfoProto& input : graph.input()) {
    if (initialized.contains(input.name())) {
      arguments.emplace_back();
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, InputShape(input));
    InstructionId id = emitter.Parameter(number++, shape);
    emitter.mutable_instruction(id).name = LegalName(input.name());
    arguments.push_back(id);
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, emitter.InlineGraph(graph, arguments));
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId entry, emitter.Finish(results));
  module_.set_entry(entry);
  return OnlyReachable(module_);
}

}  // namespace onnx

absl::StatusOr<ir::Module> ParseOnnx(std::string_view bytes, const ImportContext& context) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return base::InvalidArgument(
        "the model has %d bytes, more than protobuf reads; save its weights as external data",
        bytes.size());
  }
  // What is wrong with the bytes is told by the status, not on standard error.
  google::protobuf::LogSilencer silence;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  onnx::ModelProto model;
  if (!model.MergeFromCodedStream(&in) || !in.ConsumedEntireMessage()) {
    return base::InvalidArgument("byte %d: no ONNX model goes on like this, of %d bytes",
                                 in.CurrentPosition(), bytes.size());
  }
  if (!model.has_graph()) return base::InvalidArgument("the model holds no graph");
  return onnx::Program(model, context).Translate();
}

}  // namespace eqsat::importers
