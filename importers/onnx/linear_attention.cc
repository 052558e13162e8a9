// LinearAttention and CausalConvWithState: sequences with a state that the next piece goes on from.
#include <cmath>

#include "importers/onnx/activations.h"
#include "importers/onnx/convolution.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

struct LinearHeads {
  int64_t batch, length, queries, keys, key_size, value_size;
  bool decays, corrects;
};

absl::StatusOr<LinearHeads> LinearHeadsOf(Emitter& e, const Node& node) {
  InstructionId q = e.Input(node, 0), k = e.Input(node, 1), v = e.Input(node, 2);
  const std::string rule = node.String("update_rule", "gated_delta");
  if (rule != "linear" && rule != "gated" && rule != "delta" && rule != "gated_delta") {
    return base::InvalidArgument("update_rule '%s' is none of linear, gated, delta, gated_delta",
                                 rule);
  }
  LinearHeads h{.batch = e.size(q, 0),
                .length = e.size(q, 1),
                .queries = node.Int("q_num_heads", 0),
                .keys = node.Int("kv_num_heads", 0),
                .decays = rule.starts_with("gated"),
                .corrects = rule.ends_with("delta")};
  if (h.queries < 1 || h.keys < 1 || h.queries % h.keys != 0) {
    return base::InvalidArgument("%d heads of queries and %d of keys", h.queries, h.keys);
  }
  h.key_size = e.size(q, 2) / h.queries;
  h.value_size = e.size(v, 2) / h.keys;
  if (e.sizes(q) != Sizes{h.batch, h.length, h.queries * h.key_size} ||
      e.sizes(k) != Sizes{h.batch, h.length, h.keys * h.key_size} ||
      e.sizes(v) != Sizes{h.batch, h.length, h.keys * h.value_size}) {
    return base::InvalidArgument("queries %s, keys %s and values %s", e.shape(q).ToString(),
                                 e.shape(k).ToString(), e.shape(v).ToString());
  }
  if (h.decays != node.Has(4) || h.corrects != node.Has(5)) {
    return base::InvalidArgument("update_rule '%s' %s a decay and %s a beta", rule,
                                 h.decays ? "takes" : "takes not",
                                 h.corrects ? "takes" : "takes not");
  }
  return h;
}

// Batch, sequence, heads * size as sequence, batch, heads, size, in f32.
InstructionId Steps(Emitter& e, InstructionId x, int64_t heads) {
  x = e.Convert(e.MoveDimension(x, 1, 0), ElementType::kF32);
  return e.Reshape(x, Sizes{e.size(x, 0), e.size(x, 1), heads, e.size(x, 2) / heads});
}

// The product of vectors with matrices, for each batch and head.
InstructionId Read(Emitter& e, InstructionId vectors, InstructionId matrices) {
  ir::DotAttributes attributes;
  attributes.lhs_batch_dims = attributes.rhs_batch_dims = {0, 1};
  attributes.lhs_contracting_dims = {3};
  attributes.rhs_contracting_dims = {2};
  return e.Dot(vectors, matrices, std::move(attributes));
}

// One step. The state after `memory` and the results: what the step reads, in order.
absl::StatusOr<std::vector<InstructionId>> Remember(Emitter& e, InstructionId i,
                                                    const std::vector<InstructionId>& state,
                                                    const LinearHeads& h, double scale) {
  std::vector<InstructionId> next = state;
  size_t at = 2;
  auto step = [&] { return e.SliceAt(state[at++], i, 0); };  // batch, heads, size
  InstructionId q = step(), k = step(), v = step(), memory = state[0];
  if (h.decays) {
    memory = e.Mul(memory, e.Unsqueeze(e.Unary(OpCode::kExponential, step()), 3));
  }
  if (h.corrects) {
    InstructionId known = e.Squeeze(Read(e, e.Unsqueeze(k, 2), memory), 2);
    v = e.Mul(step(), e.Sub(v, known));
  }
  memory = e.AddTo(memory, e.Mul(e.Unsqueeze(k, 3), e.Unsqueeze(v, 2)));
  // Several heads of queries read one memory.
  const Sizes groups = {h.batch, h.keys, h.queries / h.keys, h.key_size};
  InstructionId read = e.Mul(Read(e, e.Reshape(q, groups), memory), scale);
  next[0] = memory;
  next[1] = e.WithSliceAt(state[1], e.Reshape(read, Sizes{h.batch, h.queries, h.value_size}), i, 0);
  return next;
}

absl::Status LinearAttention(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(LinearHeads h, LinearHeadsOf(e, node));
  const ElementType type = e.type(e.Input(node, 0));
  const ElementType state_type = node.Has(3) ? e.type(e.Input(node, 3)) : type;
  const Sizes memory = {h.batch, h.keys, h.key_size, h.value_size};
  if (node.Has(3) && e.sizes(e.Input(node, 3)) != memory) {
    return base::InvalidArgument("a past state of %s for [%s]",
                                 e.shape(e.Input(node, 3)).ToString(), base::Join(memory, ","));
  }
  std::vector<InstructionId> state = {
      node.Has(3) ? e.Convert(e.Input(node, 3), ElementType::kF32)
                  : e.Full(ElementType::kF32, memory, 0),
      e.Full(ElementType::kF32, {h.length, h.batch, h.queries, h.value_size}, 0),
      Steps(e, e.Input(node, 0), h.queries), Steps(e, e.Input(node, 1), h.keys),
      Steps(e, e.Input(node, 2), h.keys)};
  // One number for a head, or of a decay for each of its keys' elements, of a beta for all heads.
  for (size_t input : {4, 5}) {
    if (!node.Has(input)) continue;
    InstructionId x = e.Input(node, input);
    const int64_t last = e.size(x, 2);
    const bool fits = last == h.keys || last == (input == 4 ? h.keys * h.key_size : 1);
    if (e.sizes(x) != Sizes{h.batch, h.length, last} || !fits) {
      return base::InvalidArgument("%s is %s for %d heads", input == 4 ? "decay" : "beta",
                                   e.shape(x).ToString(), h.keys);
    }
    state.push_back(Steps(e, x, last == 1 ? 1 : h.keys));
  }
  EQSAT_RETURN_IF_ERROR(e.status());
  double scale = node.Float("scale", 0);
  if (scale == 0) scale = 1 / std::sqrt(static_cast<double>(h.key_size));
  std::vector<InstructionId> last =
      e.Repeat(h.length, state, [&](Emitter& body, InstructionId i, std::vector<InstructionId> at) {
        return Remember(body, i, at, h, scale);
      });
  InstructionId result =
      e.Reshape(e.MoveDimension(last[1], 0, 1), Sizes{h.batch, h.length, h.queries * h.value_size});
  const InstructionId outputs[] = {e.Convert(result, type), e.Convert(last[0], state_type)};
  e.Return(node, outputs);
  return absl::OkStatus();
}

// A convolution of each channel that sees no later elements, those of the piece before included.
absl::Status CausalConvWithState(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0), kernel = e.Input(node, 1);
  const int64_t channels = e.size(x, 1), taps = e.size(kernel, 2);
  const Sizes before = {e.size(x, 0), channels, taps - 1};
  if (e.rank(x) != 3 || taps < 1 || e.sizes(kernel) != Sizes{channels, 1, taps} ||
      (node.Has(3) && e.sizes(e.Input(node, 3)) != before)) {
    return base::InvalidArgument("%s by %s", e.shape(x).ToString(), e.shape(kernel).ToString());
  }
  const std::string activation = node.String("activation", "none");
  if (activation != "none" && activation != "silu" && activation != "swish") {
    return base::InvalidArgument("activation '%s' is none of none, silu and swish", activation);
  }
  InstructionId past = node.Has(3) ? e.Input(node, 3) : e.Full(e.type(x), before, 0);
  InstructionId all = e.Concatenate({past, x}, 2);
  InstructionId result = Convolve(e, all, kernel, ir::Window{{.size = taps}}, channels);
  result = AddBias(e, result, e.InputIf(node, 2));
  if (activation != "none") {
    InstructionId precise = e.Convert(result, ElementType::kF32);
    result = e.Convert(e.Mul(precise, e.Unary(OpCode::kLogistic, precise)), e.type(x));
  }
  const int64_t length = e.size(all, 2);
  const InstructionId outputs[] = {result, e.Slice(all, 2, length - (taps - 1), length)};
  e.Return(node, outputs);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> LinearAttentionOps() {
  static constexpr OpEntry kEntries[] = {
      {"CausalConvWithState", 2, 4, CausalConvWithState},
      {"LinearAttention", 3, 6, LinearAttention},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
