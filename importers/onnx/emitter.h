// One computation of HLO while the nodes of a graph are translated into it.
#ifndef EQSAT_IMPORTERS_ONNX_EMITTER_H_
#define EQSAT_IMPORTERS_ONNX_EMITTER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/onnx/node.h"
#include "importers/onnx/onnx.pb.h"
#include "importers/onnx/program.h"
#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// Tensors are instructions by name. Names live in scopes: a subgraph sees the names around it, the
// body of a function only its own.
class Emitter : public TensorEmitter {
 public:
  Emitter(Program& program, std::string name);
  // Of a computation for a subgraph or loop of `around`: it sees none of its names, but speaks its
  // versions of the operators.
  Emitter(const Emitter& around, std::string_view name);

  Program& program() { return program_; }

  // --- Names ---
  // An error if the name is not defined.
  InstructionId Value(std::string_view name);
  InstructionId Input(const Node& node, size_t i) { return Value(node.InputName(i)); }
  // Invalid where the input is left out.
  InstructionId InputIf(const Node& node, size_t i) {
    return node.Has(i) ? Input(node, i) : InstructionId();
  }
  void Bind(const std::string& name, InstructionId id);
  // The node's outputs in order; those that nothing names are dropped.
  void Return(const Node& node, absl::Span<const InstructionId> outputs);
  void Return(const Node& node, InstructionId output) { Return(node, {&output, 1}); }

  // --- Constants. Errors name the input and what it is for. ---
  absl::StatusOr<ir::Literal> ConstantInput(const Node& node, size_t i, std::string_view meaning);
  // One real number or truth value.
  absl::StatusOr<double> NumberInput(const Node& node, size_t i, std::string_view meaning);
  absl::StatusOr<Sizes> IntsInput(const Node& node, size_t i, std::string_view meaning);
  // The first operators took such lists as attributes, later ones take them as inputs; none: empty.
  absl::StatusOr<Sizes> IntsInputOr(const Node& node, size_t i, std::string_view meaning,
                                    const Sizes& fallback);

  // --- Graphs ---
  // Translates the nodes of a graph here. An invalid argument is one that an initializer replaces.
  absl::StatusOr<std::vector<InstructionId>> InlineGraph(const GraphProto& graph,
                                                         absl::Span<const InstructionId> arguments);
  // Names that the graph uses and that are values here, in the order of the names.
  std::vector<std::string> Captures(const GraphProto& graph) const;
  // Ends the computation, without what nothing uses, and adds it to the module.
  absl::StatusOr<ir::ComputationId> Finish(absl::Span<const InstructionId> results,
                                           bool as_tuple = false);

  // `count` times state = body(i, state), as a loop of HLO with i of type s64. What the body uses
  // must be in the state.
  using LoopBody = std::function<absl::StatusOr<std::vector<InstructionId>>(
      Emitter& body, InstructionId i, std::vector<InstructionId> state)>;
  std::vector<InstructionId> Repeat(int64_t count, absl::Span<const InstructionId> state,
                                    const LoopBody& body);

 protected:
  absl::Status CountInstruction() override { return program_.CountInstruction(); }
  std::string FreshName(std::string_view name) override { return program_.FreshName(name); }

 private:
  struct Scope {
    std::map<std::string, InstructionId, std::less<>> values;
    bool sees_outer = true;
    const Opsets* opsets = nullptr;
    const AttributeMap* caller = nullptr;
  };

  std::optional<InstructionId> Find(std::string_view name) const;
  absl::Status CallFunction(const Node& node, const FunctionProto& function);
  absl::Status TranslateNodes(const google::protobuf::RepeatedPtrField<NodeProto>& nodes);
  absl::Status TranslateNode(const NodeProto& proto, int64_t index);
  absl::Status Dispatch(const Node& node);
  void Annotate(const Node& node, size_t first_new);
  void FoldOutputs(const Node& node);

  Program& program_;
  std::vector<Scope> scopes_;
  int depth_ = 0;  // of subgraphs and functions, those of emitters around this one included
};

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_EMITTER_H_
