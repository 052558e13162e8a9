// LSTM, GRU and RNN as loops over the sequence.
#include <algorithm>

#include "importers/onnx/activations.h"
#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// What one step of a cell reads. Parts for each gate lie side by side in the last dimension.
struct Step {
  const Node& node;
  const std::vector<std::string>& functions;
  int64_t hidden;
  InstructionId input;      // batch, gates * hidden: the input's part, biases included
  InstructionId recurrent;  // gates * hidden, hidden
  InstructionId bias;       // gates * hidden: the recurrent bias
  InstructionId peepholes;  // 3 * hidden, of LSTM
};

using Advance = std::vector<InstructionId> (*)(Emitter& e, const Step& step,
                                               std::vector<InstructionId> state);

struct Cell {
  std::string_view name;
  int64_t gates;
  size_t states;                            // h, and of LSTM c
  std::vector<std::string_view> functions;  // the default activations
  Advance advance;
};

InstructionId Gate(Emitter& e, const Step& step, InstructionId all, int64_t gate) {
  const int64_t dim = e.rank(all) - 1;
  return e.Slice(all, dim, gate * step.hidden, (gate + 1) * step.hidden);
}

// The activation of a gate's sum, which `clip` bounds before.
InstructionId Activate(Emitter& e, const Step& step, size_t function, InstructionId x) {
  if (step.node.Find("clip") != nullptr && e.Ok(x)) {
    const double clip = step.node.Float("clip", 0);
    x = e.Clamp(e.Like(x, -clip), x, e.Like(x, clip));
  }
  return Apply(e, {.name = step.functions[function]}, x);
}

// h * R' + bias, all gates.
InstructionId Recurrent(Emitter& e, const Step& step, InstructionId h) {
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {1};
  attributes.rhs_contracting_dims = {1};
  return e.AddTo(e.Dot(h, step.recurrent, std::move(attributes)), step.bias);
}

// Gates: input, output, forget, cell.
std::vector<InstructionId> AdvanceLstm(Emitter& e, const Step& step,
                                       std::vector<InstructionId> state) {
  InstructionId h = state[0], c = state[1];
  InstructionId sums = e.AddTo(step.input, Recurrent(e, step, h));
  auto peep = [&](int64_t which, InstructionId cell) {
    return e.Mul(Gate(e, step, step.peepholes, which), cell);
  };
  InstructionId in = Activate(e, step, 0, e.AddTo(Gate(e, step, sums, 0), peep(0, c)));
  InstructionId forget = Activate(e, step, 0, e.AddTo(Gate(e, step, sums, 2), peep(2, c)));
  InstructionId candidate = Activate(e, step, 1, Gate(e, step, sums, 3));
  c = e.AddTo(e.Mul(forget, c), e.Mul(in, candidate));
  InstructionId out = Activate(e, step, 0, e.AddTo(Gate(e, step, sums, 1), peep(1, c)));
  return {e.Mul(out, Activate(e, step, 2, c)), c};
}

// Gates: update, reset, hidden.
std::vector<InstructionId> AdvanceGru(Emitter& e, const Step& step,
                                      std::vector<InstructionId> state) {
  InstructionId h = state[0], sums = Recurrent(e, step, h);
  auto gate = [&](int64_t which) {
    return Activate(e, step, 0,
                    e.AddTo(Gate(e, step, step.input, which), Gate(e, step, sums, which)));
  };
  InstructionId update = gate(0), reset = gate(1);
  InstructionId part;
  if (step.node.Flag("linear_before_reset", false)) {
    part = e.Mul(reset, Gate(e, step, sums, 2));
  } else {
    part = Gate(e, step, Recurrent(e, step, e.Mul(reset, h)), 2);
  }
  InstructionId candidate = Activate(e, step, 1, e.AddTo(Gate(e, step, step.input, 2), part));
  InstructionId kept = e.Mul(update, h);
  return {e.AddTo(e.Mul(e.Sub(e.Like(update, 1), update), candidate), kept)};
}

std::vector<InstructionId> AdvanceRnn(Emitter& e, const Step& step,
                                      std::vector<InstructionId> state) {
  return {Activate(e, step, 0, e.AddTo(step.input, Recurrent(e, step, state[0])))};
}

// The part of an input that belongs to one direction.
InstructionId OfDirection(Emitter& e, InstructionId x, int64_t direction) {
  return e.Squeeze(e.Slice(x, 0, direction, direction + 1), 0);
}

struct Layer {
  const Node& node;
  const Cell& cell;
  InstructionId x;  // sequence, batch, input
  int64_t hidden;
  int64_t directions;
};

// `count` of the layer's activation functions, for one direction.
absl::StatusOr<std::vector<std::string>> FunctionsOf(const Layer& layer, int64_t direction) {
  const AttributeProto* names = layer.node.Find("activations");
  std::vector<std::string> out;
  const size_t count = layer.cell.functions.size();
  if (names == nullptr)
    return std::vector<std::string>(layer.cell.functions.begin(), layer.cell.functions.end());
  if (static_cast<size_t>(names->strings_size()) != count * layer.directions) {
    return base::InvalidArgument("%d activations for %d directions", names->strings_size(),
                                 layer.directions);
  }
  for (size_t i = 0; i < count; ++i) {
    out.push_back(names->strings(static_cast<int>(direction * count + i)));
  }
  return out;
}

// Y of one direction, then its last states.
absl::StatusOr<std::vector<InstructionId>> RunDirection(Emitter& e, const Layer& layer,
                                                        int64_t direction, bool backward) {
  const Node& node = layer.node;
  const ElementType type = e.type(layer.x);
  const int64_t length = e.size(layer.x, 0), batch = e.size(layer.x, 1), hidden = layer.hidden;
  const int64_t width = layer.cell.gates * hidden;
  EQSAT_ASSIGN_OR_RETURN(std::vector<std::string> functions, FunctionsOf(layer, direction));
  auto part = [&](size_t input, const Sizes& fallback) {
    return node.Has(input) ? OfDirection(e, e.Input(node, input), direction)
                           : e.Full(type, fallback, 0);
  };
  InstructionId weights = part(1, {}), recurrent = part(2, {}), biases = part(3, {2 * width});
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {2};
  attributes.rhs_contracting_dims = {1};
  InstructionId inputs =
      e.AddTo(e.Dot(layer.x, weights, std::move(attributes)), e.Slice(biases, 0, 0, width));
  std::vector<InstructionId> state;
  for (size_t s = 0; s < layer.cell.states; ++s) state.push_back(part(5 + s, {batch, hidden}));
  InstructionId peepholes = layer.cell.states > 1 ? part(7, {3 * hidden}) : e.Full(type, {0}, 0);
  const size_t states = state.size();
  state.insert(state.end(), {e.Full(type, {length, batch, hidden}, 0), inputs, recurrent,
                             e.Slice(biases, 0, width, 2 * width), peepholes});
  auto body = [&](Emitter& b, InstructionId i,
                  std::vector<InstructionId> all) -> absl::StatusOr<std::vector<InstructionId>> {
    InstructionId place = backward ? b.Sub(b.Like(i, static_cast<double>(length - 1)), i) : i;
    const InstructionId* rest = all.data() + states;
    const Step step{.node = node,
                    .functions = functions,
                    .hidden = hidden,
                    .input = b.SliceAt(rest[1], place, 0),
                    .recurrent = rest[2],
                    .bias = rest[3],
                    .peepholes = rest[4]};
    std::vector<InstructionId> next =
        layer.cell.advance(b, step, {all.begin(), all.begin() + static_cast<int64_t>(states)});
    std::ranges::copy(next, all.begin());
    all[states] = b.WithSliceAt(all[states], next[0], place, 0);
    return all;
  };
  std::vector<InstructionId> after = e.Repeat(length, state, body);
  std::vector<InstructionId> out = {after[states]};
  out.insert(out.end(), after.begin(), after.begin() + static_cast<int64_t>(states));
  return out;
}

// Sequences that differ in length are not supported: lengths must say what the shape says.
absl::Status CheckLengths(Emitter& e, const Node& node, int64_t length) {
  if (!node.Has(4)) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(Sizes lengths, e.IntsInput(node, 4, "sequence_lens"));
  if (std::ranges::all_of(lengths, [length](int64_t l) { return l == length; })) {
    return absl::OkStatus();
  }
  return base::Unimplemented("sequences of different lengths; pad and mask them instead");
}

absl::StatusOr<Layer> LayerOf(Emitter& e, const Node& node, const Cell& cell) {
  InstructionId x = e.Input(node, 0), r = e.Input(node, 2);
  const std::string direction = node.String("direction", "forward");
  const int64_t directions = direction == "bidirectional" ? 2 : 1;
  if (e.rank(x) != 3 || e.rank(r) != 3 || e.size(r, 0) != directions ||
      e.size(r, 1) != cell.gates * e.size(r, 2)) {
    return base::InvalidArgument("%s, direction %s, with R of %s", e.shape(x).ToString(), direction,
                                 e.shape(r).ToString());
  }
  for (std::string_view name : {"activation_alpha", "activation_beta", "input_forget"}) {
    const AttributeProto* attribute = node.Find(name);
    if (attribute != nullptr && (attribute->floats_size() > 0 || attribute->i() != 0)) {
      return base::Unimplemented("%s is not supported", name);
    }
  }
  return Layer{node, cell, x, e.size(r, 2), directions};
}

// Both layouts; `layout` 1 has the batch first, in states too.
absl::Status Recur(Emitter& e, const Node& node, const Cell& cell) {
  EQSAT_ASSIGN_OR_RETURN(Layer layer, LayerOf(e, node, cell));
  const bool batch_first = node.Flag("layout", false);
  if (batch_first && (node.Has(5) || node.Has(6))) {
    return base::Unimplemented("initial states with layout 1");
  }
  if (batch_first) layer.x = e.Transpose(layer.x, Sizes{1, 0, 2});
  EQSAT_RETURN_IF_ERROR(CheckLengths(e, node, e.size(layer.x, 0)));
  std::vector<std::vector<InstructionId>> parts(cell.states + 1);
  for (int64_t d = 0; d < layer.directions; ++d) {
    const bool backward = d == 1 || node.String("direction", "forward") == "reverse";
    EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> out, RunDirection(e, layer, d, backward));
    for (size_t k = 0; k < out.size(); ++k) {
      parts[k].push_back(e.Unsqueeze(out[k], k == 0 ? 1 : 0));
    }
  }
  std::vector<InstructionId> outputs;
  for (size_t k = 0; k < parts.size(); ++k) {
    InstructionId joined = e.Concatenate(parts[k], k == 0 ? 1 : 0);
    if (batch_first) joined = e.Transpose(joined, k == 0 ? Sizes{2, 0, 1, 3} : Sizes{1, 0, 2});
    outputs.push_back(joined);
  }
  e.Return(node, outputs);
  return absl::OkStatus();
}

absl::Status Lstm(Emitter& e, const Node& node) {
  return Recur(e, node, {"LSTM", 4, 2, {"Sigmoid", "Tanh", "Tanh"}, AdvanceLstm});
}

absl::Status Gru(Emitter& e, const Node& node) {
  return Recur(e, node, {"GRU", 3, 1, {"Sigmoid", "Tanh"}, AdvanceGru});
}

absl::Status Rnn(Emitter& e, const Node& node) {
  return Recur(e, node, {"RNN", 1, 1, {"Tanh"}, AdvanceRnn});
}

}  // namespace

absl::Span<const OpEntry> RecurrentOps() {
  static constexpr OpEntry kEntries[] = {
      {"GRU", 3, 6, Gru},
      {"LSTM", 3, 8, Lstm},
      {"RNN", 3, 6, Rnn},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
