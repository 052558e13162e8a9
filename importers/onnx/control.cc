// If, Loop and Scan. Their graphs become computations that take what they use from around them as
// parameters; a branch that is known to be taken is translated in place.
#include <algorithm>
#include <set>

#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

absl::StatusOr<const GraphProto*> GraphOf(const Node& node, std::string_view name) {
  const AttributeProto* attribute = node.Find(name);
  if (attribute != nullptr && attribute->has_g()) return &attribute->g();
  return base::InvalidArgument("it has no graph '%s'", name);
}

// The values that graphs use from around them. Constants are written again inside.
struct Captured {
  std::vector<std::string> names;
  std::vector<InstructionId> values;
  std::vector<std::pair<std::string, ir::Literal>> constants;
};

Captured CapturedBy(Emitter& e, absl::Span<const GraphProto* const> graphs) {
  Captured out;
  std::set<std::string> names;
  for (const GraphProto* graph : graphs) {
    for (const std::string& name : e.Captures(*graph)) names.insert(name);
  }
  for (const std::string& name : names) {
    const InstructionId id = e.Value(name);
    const ir::Instruction& instruction = e.mutable_instruction(id);
    if (instruction.opcode == OpCode::kConstant) {
      out.constants.emplace_back(name, instruction.attr<ir::ConstantAttributes>().literal);
    } else {
      out.names.push_back(name);
      out.values.push_back(id);
    }
  }
  return out;
}

void BindAll(Emitter& e, const Captured& captured, absl::Span<const InstructionId> values) {
  for (size_t i = 0; i < captured.names.size(); ++i) e.Bind(captured.names[i], values[i]);
  for (const auto& [name, literal] : captured.constants) e.Bind(name, e.Constant(literal));
}

absl::StatusOr<ir::ComputationId> Branch(Emitter& e, const GraphProto& graph,
                                         const Captured& captured, const ir::Shape& operand) {
  Emitter body(e, "branch");
  InstructionId tuple = body.Parameter(0, operand);
  std::vector<InstructionId> values;
  for (size_t i = 0; i < captured.names.size(); ++i) values.push_back(body.Element(tuple, i));
  BindAll(body, captured, values);
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, body.InlineGraph(graph, {}));
  return body.Finish(results, /*as_tuple=*/true);
}

absl::Status If(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(const GraphProto* yes, GraphOf(node, "then_branch"));
  EQSAT_ASSIGN_OR_RETURN(const GraphProto* no, GraphOf(node, "else_branch"));
  InstructionId condition = e.Reshape(e.Input(node, 0), Sizes{});
  if (std::optional<Sizes> known = e.ConstantInts(condition)) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results,
                           e.InlineGraph((*known)[0] != 0 ? *yes : *no, {}));
    e.Return(node, results);
    return absl::OkStatus();
  }
  const Captured captured = CapturedBy(e, {yes, no});
  InstructionId operand = e.Tuple(captured.values);
  EQSAT_RETURN_IF_ERROR(e.status());
  const ir::Shape shape = e.shape(operand);
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId first, Branch(e, *yes, captured, shape));
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId second, Branch(e, *no, captured, shape));
  const ir::Shape& a = e.program().module()[first].result_shape();
  const ir::Shape& b = e.program().module()[second].result_shape();
  if (!ir::Shape::Compatible(a, b)) {
    return base::Unimplemented(
        "its branches give %s and %s, and HLO's branches give one shape; a condition that is known "
        "may pick either",
        a.ToString(), b.ToString());
  }
  const ir::ComputationId branches[] = {first, second};
  const InstructionId operands[] = {condition, operand, operand};
  InstructionId all = e.Add(OpCode::kConditional, operands, ir::NoAttributes{}, branches);
  std::vector<InstructionId> results;
  for (size_t i = 0; i < node.output_count(); ++i) results.push_back(e.Element(all, i));
  e.Return(node, results);
  return absl::OkStatus();
}

// The shapes of a graph's results when its inputs have the shapes of `arguments`: it is translated
// once on the side.
absl::StatusOr<std::vector<ir::Shape>> ResultShapes(Emitter& e, const GraphProto& graph,
                                                    const Captured& captured,
                                                    absl::Span<const ir::Shape> arguments) {
  Emitter trial(e, "trial");
  std::vector<InstructionId> parameters, values;
  for (const ir::Shape& shape : arguments) {
    parameters.push_back(trial.Parameter(static_cast<int64_t>(parameters.size()), shape));
  }
  for (InstructionId id : captured.values) {
    values.push_back(
        trial.Parameter(static_cast<int64_t>(parameters.size() + values.size()), e.shape(id)));
  }
  BindAll(trial, captured, values);
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, trial.InlineGraph(graph, parameters));
  std::vector<ir::Shape> shapes;
  for (InstructionId id : results) shapes.push_back(trial.shape(id));
  return shapes;
}

// A loop of a known number of rounds. Its graph takes what varies, and gives it anew and one slice
// of each output that is collected.
struct Rounds {
  int64_t count = 0;
  std::vector<InstructionId> state;   // carried from round to round
  std::vector<int64_t> scanned_dims;  // of inputs that each round takes one slice of
  std::vector<InstructionId> scanned;
  std::vector<bool> scanned_backward;
  std::vector<int64_t> collected_dims;   // of the outputs; empty: 0
  std::vector<bool> collected_backward;  // empty: forward
  bool counts = false;                   // the graph takes the round's number and the condition
};

// Where round `i` reads or writes.
InstructionId Place(Emitter& e, InstructionId i, int64_t count, bool backward) {
  return backward ? e.Sub(e.Like(i, static_cast<double>(count - 1)), i) : i;
}

// The arguments of the graph, of their shapes.
std::vector<ir::Shape> ArgumentShapes(Emitter& e, const Rounds& rounds) {
  std::vector<ir::Shape> shapes;
  if (rounds.counts) {
    shapes = {ir::Shape(ElementType::kS64, {}), ir::Shape(ElementType::kPred, {})};
  }
  for (InstructionId id : rounds.state) shapes.push_back(e.shape(id));
  for (size_t k = 0; k < rounds.scanned.size(); ++k) {
    Sizes sizes = e.sizes(rounds.scanned[k]);
    sizes.erase(sizes.begin() + rounds.scanned_dims[k]);
    shapes.emplace_back(e.type(rounds.scanned[k]), sizes);
  }
  return shapes;
}

absl::StatusOr<std::vector<InstructionId>> Run(Emitter& e, const GraphProto& graph,
                                               const Rounds& rounds) {
  const Captured captured = CapturedBy(e, {&graph});
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Shape> results,
                         ResultShapes(e, graph, captured, ArgumentShapes(e, rounds)));
  const size_t first = rounds.counts ? 1 : 0, carried = rounds.state.size();
  if (results.size() < first + carried) {
    return base::InvalidArgument("its graph has %d outputs for %d values that it carries",
                                 results.size(), carried);
  }
  std::vector<InstructionId> state = rounds.state;
  auto at = [](const auto& list, size_t k) { return list.empty() ? 0 : list[k]; };
  for (size_t k = 0; k < carried; ++k) {
    if (!ir::Shape::Compatible(results[first + k], e.shape(state[k]))) {
      return base::Unimplemented("value %d changes from %s to %s, and HLO's loops carry one shape",
                                 k, e.shape(state[k]).ToString(), results[first + k].ToString());
    }
  }
  for (size_t k = first + carried; k < results.size(); ++k) {
    const size_t output = k - first - carried;
    Sizes sizes(results[k].dimensions().begin(), results[k].dimensions().end());
    const int64_t dim = e.Axis(at(rounds.collected_dims, output), results[k].rank() + 1);
    sizes.insert(sizes.begin() + dim, rounds.count);
    state.push_back(e.Full(results[k].element_type(), sizes, 0));
  }
  const size_t collected = state.size() - carried;
  state.insert(state.end(), rounds.scanned.begin(), rounds.scanned.end());
  state.insert(state.end(), captured.values.begin(), captured.values.end());
  EQSAT_RETURN_IF_ERROR(e.status());
  auto body = [&](Emitter& b, InstructionId i,
                  std::vector<InstructionId> values) -> absl::StatusOr<std::vector<InstructionId>> {
    std::vector<InstructionId> arguments;
    if (rounds.counts) arguments = {i, b.Scalar(ElementType::kPred, 1)};
    arguments.insert(arguments.end(), values.begin(), values.begin() + carried);
    const absl::Span<const InstructionId> given =
        absl::MakeConstSpan(values).subspan(carried + collected);
    for (size_t k = 0; k < rounds.scanned.size(); ++k) {
      InstructionId place = Place(b, i, rounds.count, rounds.scanned_backward[k]);
      arguments.push_back(b.SliceAt(given[k], place, rounds.scanned_dims[k]));
    }
    BindAll(b, captured, given.subspan(rounds.scanned.size()));
    EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> out, b.InlineGraph(graph, arguments));
    for (size_t k = 0; k < carried; ++k) values[k] = out[first + k];
    for (size_t k = 0; k < collected; ++k) {
      InstructionId place = Place(b, i, rounds.count, at(rounds.collected_backward, k) != 0);
      InstructionId& buffer = values[carried + k];
      const int64_t dim = b.Axis(at(rounds.collected_dims, k), b.rank(buffer));
      buffer = b.WithSliceAt(buffer, out[first + carried + k], place, dim);
    }
    return values;
  };
  std::vector<InstructionId> out = e.Repeat(rounds.count, state, body);
  out.resize(carried + collected);
  return out;
}

bool IsTrue(const TensorProto& tensor) {
  absl::StatusOr<ir::Literal> value = LiteralOf(tensor, "");
  return value.ok() && value->shape().ElementCount() == 1 &&
         value->shape().element_type() == ElementType::kPred && value->AsInt64(0) != 0;
}

// Does the graph give the condition that it was given, or true?
bool KeepsCondition(const GraphProto& graph) {
  std::string name = graph.output_size() > 0 ? graph.output(0).name() : "";
  for (int i = graph.node_size(); i-- > 0;) {
    const NodeProto& node = graph.node(i);
    if (node.output_size() != 1 || node.output(0) != name) continue;
    if (node.op_type() == "Constant") {
      return node.attribute_size() == 1 && node.attribute(0).has_t() &&
             IsTrue(node.attribute(0).t());
    }
    if (node.op_type() != "Identity" || node.input_size() != 1) return false;
    name = node.input(0);
  }
  for (const TensorProto& tensor : graph.initializer()) {
    if (tensor.name() == name) return IsTrue(tensor);
  }
  return graph.input_size() > 1 && graph.input(1).name() == name;
}

// For a known number of rounds. Inputs: the most rounds, the first condition, what is carried.
absl::Status Loop(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(const GraphProto* graph, GraphOf(node, "body"));
  bool enters = true;
  if (node.Has(1)) {
    EQSAT_ASSIGN_OR_RETURN(double condition, e.NumberInput(node, 1, "the condition"));
    enters = condition != 0;
  }
  if (!node.Has(0) || !KeepsCondition(*graph)) {
    return base::Unimplemented(
        "how often it runs depends on data, and so may the shapes that it gives; a Loop with a "
        "constant trip count whose body passes its condition on is supported");
  }
  EQSAT_ASSIGN_OR_RETURN(Sizes count, e.IntsInput(node, 0, "the trip count"));
  if (count.size() != 1) return base::InvalidArgument("a trip count of %d numbers", count.size());
  Rounds rounds{.count = enters ? std::max<int64_t>(count[0], 0) : 0, .counts = true};
  for (size_t i = 2; i < node.input_count(); ++i) rounds.state.push_back(e.Input(node, i));
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, Run(e, *graph, rounds));
  e.Return(node, results);
  return absl::OkStatus();
}

std::vector<bool> Flags(const Sizes& values) {
  std::vector<bool> flags;
  for (int64_t value : values) flags.push_back(value != 0);
  return flags;
}

// Inputs: what is carried, then what each round takes one slice of.
absl::Status Scan(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(const GraphProto* graph, GraphOf(node, "body"));
  const int64_t scanned = node.Int("num_scan_inputs", 0);
  const int64_t carried = static_cast<int64_t>(node.input_count()) - scanned;
  const int64_t collected = graph->output_size() - carried;
  if (scanned < 1 || carried < 0 || collected < 0) {
    return base::InvalidArgument("it scans %d of its %d inputs", scanned, node.input_count());
  }
  Rounds rounds{.scanned_dims = node.Ints("scan_input_axes", scanned, 0),
                .scanned_backward = Flags(node.Ints("scan_input_directions", scanned, 0)),
                .collected_dims = node.Ints("scan_output_axes", collected, 0),
                .collected_backward = Flags(node.Ints("scan_output_directions", collected, 0))};
  if (std::ssize(rounds.scanned_dims) != scanned ||
      std::ssize(rounds.scanned_backward) != scanned ||
      std::ssize(rounds.collected_dims) != collected ||
      std::ssize(rounds.collected_backward) != collected) {
    return base::InvalidArgument("axes or directions are not one for each input or output");
  }
  for (int64_t i = 0; i < carried; ++i) rounds.state.push_back(e.Input(node, i));
  for (int64_t i = 0; i < scanned; ++i) {
    InstructionId x = e.Input(node, carried + i);
    rounds.scanned.push_back(x);
    rounds.scanned_dims[i] = e.Axis(rounds.scanned_dims[i], e.rank(x));
    EQSAT_RETURN_IF_ERROR(e.status());
    const int64_t count = e.size(x, rounds.scanned_dims[i]);
    if (i > 0 && count != rounds.count) {
      return base::InvalidArgument("its inputs have %d and %d slices", rounds.count, count);
    }
    rounds.count = count;
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, Run(e, *graph, rounds));
  e.Return(node, results);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ControlOps() {
  static constexpr OpEntry kEntries[] = {
      {"If", 1, 1, If},
      {"Loop", 0, kAny, Loop},
      {"Scan", 1, kAny, Scan},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
