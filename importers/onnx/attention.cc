// Attention and rotary position embeddings.
#include <cmath>
#include <limits>

#include "importers/onnx/indexed.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/reduction.h"
#include "importers/onnx/tensor.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// Batch, sequence, heads * size becomes batch, heads, sequence, size.
absl::StatusOr<InstructionId> SplitHeads(Emitter& e, InstructionId x, int64_t heads) {
  if (heads < 1 || e.size(x, 2) % heads != 0) {
    return base::InvalidArgument("%d heads of %s", heads, e.shape(x).ToString());
  }
  x = e.Reshape(x, Sizes{e.size(x, 0), e.size(x, 1), heads, e.size(x, 2) / heads});
  return e.Transpose(x, Sizes{0, 2, 1, 3});
}

InstructionId JoinHeads(Emitter& e, InstructionId x) {
  x = e.Transpose(x, Sizes{0, 2, 1, 3});
  return e.Reshape(x, Sizes{e.size(x, 0), e.size(x, 1), e.size(x, 2) * e.size(x, 3)});
}

// Each head of keys or values stands for several of the queries'.
InstructionId RepeatHeads(Emitter& e, InstructionId x, int64_t heads) {
  if (!e.Ok(x) || e.size(x, 1) == heads || e.size(x, 1) == 0) return x;
  Sizes to = e.sizes(x), joint = to;
  to.insert(to.begin() + 2, heads / to[1]);
  joint[1] = heads;
  return e.Reshape(e.Expand(e.Unsqueeze(x, 2), to), joint);
}

struct Heads {
  InstructionId q, k, v;  // batch, heads, sequence, size
};

absl::StatusOr<Heads> HeadsOf(Emitter& e, const Node& node) {
  Heads h{e.Input(node, 0), e.Input(node, 1), e.Input(node, 2)};
  const int64_t rank = e.rank(h.q);
  if ((rank != 3 && rank != 4) || e.rank(h.k) != rank || e.rank(h.v) != rank) {
    return base::InvalidArgument("Q is %s, K %s and V %s", e.shape(h.q).ToString(),
                                 e.shape(h.k).ToString(), e.shape(h.v).ToString());
  }
  if (rank == 4) return h;
  EQSAT_ASSIGN_OR_RETURN(h.q, SplitHeads(e, h.q, node.Int("q_num_heads", 0)));
  EQSAT_ASSIGN_OR_RETURN(h.k, SplitHeads(e, h.k, node.Int("kv_num_heads", 0)));
  EQSAT_ASSIGN_OR_RETURN(h.v, SplitHeads(e, h.v, node.Int("kv_num_heads", 0)));
  return h;
}

// Truth values as a bias: 0 where true, minus infinity elsewhere.
InstructionId BiasOf(Emitter& e, InstructionId allowed, ElementType type) {
  return e.Select(allowed, e.Scalar(type, 0),
                  e.Scalar(type, -std::numeric_limits<double>::infinity()));
}

void AddBias(Emitter& e, InstructionId more, InstructionId* bias) {
  *bias = bias->valid() ? e.AddTo(*bias, more) : more;
}

// How far the queries' positions are ahead of the keys': one number, or one for each batch.
InstructionId QueryOffset(Emitter& e, const Node& node, int64_t queries) {
  if (node.Has(6)) {
    InstructionId lengths = e.Convert(e.Input(node, 6), ElementType::kS64);
    return e.AddTo(e.Along(lengths, 0, 4), -static_cast<double>(queries));
  }
  const int64_t past = node.Has(4) ? e.size(e.Input(node, 4), 2) : 0;
  return e.Full(ElementType::kS64, {1, 1, 1, 1}, static_cast<double>(past));
}

// The mask, padded to all keys.
InstructionId MaskBias(Emitter& e, InstructionId mask, int64_t keys, ElementType type) {
  const int64_t last = e.rank(mask) - 1, missing = keys - e.size(mask, last);
  if (e.type(mask) == ElementType::kPred) mask = BiasOf(e, mask, type);
  if (missing <= 0) return mask;
  Sizes low(last + 1), high(last + 1);
  high[last] = missing;
  return e.Pad(mask, e.Scalar(type, -std::numeric_limits<double>::infinity()), low, high);
}

// What is added to the scores before the softmax; invalid if nothing.
InstructionId ScoreBias(Emitter& e, const Node& node, ElementType type, int64_t queries,
                        int64_t keys) {
  InstructionId bias;
  if (node.Has(3)) bias = MaskBias(e, e.Input(node, 3), keys, type);
  const Sizes plane = {1, 1, queries, keys};
  InstructionId key = e.Iota(ElementType::kS64, plane, 3);
  InstructionId ahead = e.AddTo(e.Iota(ElementType::kS64, plane, 2), QueryOffset(e, node, queries));
  ahead = e.Sub(ahead, key);  // how far the query is after the key
  const int64_t left = node.Int("left_window_size", -1), right = node.Int("right_window_size", -1);
  if (node.Flag("is_causal", false)) {
    AddBias(e, BiasOf(e, e.Comparing(ahead, Direction::kGe, 0), type), &bias);
  }
  if (left >= 0) {
    InstructionId near = e.Comparing(ahead, Direction::kLe, static_cast<double>(left));
    AddBias(e, BiasOf(e, near, type), &bias);
  }
  if (right >= 0) {
    InstructionId near = e.Comparing(ahead, Direction::kGe, -static_cast<double>(right));
    AddBias(e, BiasOf(e, near, type), &bias);
  }
  if (node.Has(6)) {
    InstructionId lengths = e.Along(e.Convert(e.Input(node, 6), ElementType::kS64), 0, 4);
    AddBias(e, BiasOf(e, e.Comparing(key, Direction::kLt, lengths), type), &bias);
  }
  return bias;
}

// Rows that may see nothing are all 0.
InstructionId MaskedSoftmax(Emitter& e, InstructionId scores) {
  const int64_t dim = e.rank(scores) - 1;
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  InstructionId largest = e.Reduce(OpCode::kMaximum, scores, {dim}, Keep::kYes);
  InstructionId nothing = e.Comparing(largest, Direction::kEq, kNone);
  largest = e.Select(nothing, e.Like(largest, 0), largest);
  InstructionId powers = e.Unary(OpCode::kExponential, e.Sub(scores, largest));
  InstructionId sum = e.Reduce(OpCode::kAdd, powers, {dim}, Keep::kYes);
  return e.Div(powers, e.Select(nothing, e.Like(sum, 1), sum));
}

InstructionId Softcap(Emitter& e, InstructionId scores, double cap) {
  if (cap <= 0) return scores;
  return e.Mul(e.Unary(OpCode::kTanh, e.Binary(OpCode::kDivide, scores, cap)), cap);
}

absl::Status Attention(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(Heads h, HeadsOf(e, node));
  const ElementType type = e.type(h.q);
  if (node.Has(4)) h.k = e.Concatenate({e.Input(node, 4), h.k}, 2);
  if (node.Has(5)) h.v = e.Concatenate({e.Input(node, 5), h.v}, 2);
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t heads = e.size(h.q, 1);
  if (e.size(h.k, 1) < 1 || heads % e.size(h.k, 1) != 0 || e.size(h.v, 1) != e.size(h.k, 1)) {
    return base::InvalidArgument("%d heads of queries and %d of keys", heads, e.size(h.k, 1));
  }
  const double fallback = 1 / std::sqrt(static_cast<double>(e.size(h.q, 3)));
  const double root = std::sqrt(node.Float("scale", fallback));
  InstructionId keys = e.Transpose(RepeatHeads(e, h.k, heads), Sizes{0, 1, 3, 2});
  InstructionId raw = e.MatMul(e.Mul(h.q, root), e.Mul(keys, root));
  InstructionId capped = Softcap(e, raw, node.Float("softcap", 0));
  InstructionId bias = ScoreBias(e, node, type, e.size(h.q, 2), e.size(h.k, 2));
  InstructionId scores = bias.valid() ? e.AddTo(capped, bias) : capped;
  ElementType precise = type;
  if (node.Int("softmax_precision", 0) != 0) {
    EQSAT_ASSIGN_OR_RETURN(precise, ElementTypeOf(node.Int("softmax_precision", 0)));
  }
  InstructionId weights = e.Convert(MaskedSoftmax(e, e.Convert(scores, precise)), type);
  InstructionId result = e.MatMul(weights, RepeatHeads(e, h.v, heads));
  if (e.rank(e.Input(node, 0)) == 3) result = JoinHeads(e, result);
  // The stage of the scores that the fourth output shows.
  const InstructionId stages[] = {raw, capped, scores, weights};
  const int64_t stage = node.Int("qk_matmul_output_mode", 0);
  if (stage < 0 || stage > 3) return base::InvalidArgument("qk_matmul_output_mode is %d", stage);
  const InstructionId outputs[] = {result, h.k, h.v, stages[stage]};
  e.Return(node, outputs);
  return absl::OkStatus();
}

// What a graph of the node makes of the scores or of the weights.
absl::StatusOr<InstructionId> Modified(Emitter& e, const Node& node, std::string_view graph,
                                       InstructionId x) {
  const AttributeProto* attribute = node.Find(graph);
  if (attribute == nullptr) return x;
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, e.InlineGraph(attribute->g(), {x}));
  if (results.size() != 1 || e.shape(results[0]).dimensions() != e.shape(x).dimensions()) {
    return base::InvalidArgument("%s of %s gives no tensor of its shape", graph,
                                 e.shape(x).ToString());
  }
  return e.Convert(results[0], e.type(x));
}

// Attention whose scores and weights graphs of the node modify.
absl::Status FlexAttention(Emitter& e, const Node& node) {
  Heads h{e.Input(node, 0), e.Input(node, 1), e.Input(node, 2)};
  const int64_t heads = e.size(h.q, 1);
  if (e.rank(h.q) != 4 || e.rank(h.k) != 4 || e.rank(h.v) != 4 || e.size(h.k, 1) < 1 ||
      heads % e.size(h.k, 1) != 0 || e.size(h.v, 1) != e.size(h.k, 1)) {
    return base::InvalidArgument("Q is %s, K %s and V %s", e.shape(h.q).ToString(),
                                 e.shape(h.k).ToString(), e.shape(h.v).ToString());
  }
  const ElementType type = e.type(h.q);
  ElementType precise = type == ElementType::kF64 ? type : ElementType::kF32;
  if (node.Find("softmax_precision") != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(precise, ElementTypeOf(node.Int("softmax_precision", 0)));
  }
  const double fallback = 1 / std::sqrt(static_cast<double>(e.size(h.q, 3)));
  const double root = std::sqrt(node.Float("scale", fallback));
  InstructionId keys = e.Transpose(RepeatHeads(e, h.k, heads), Sizes{0, 1, 3, 2});
  InstructionId scores = e.Convert(e.MatMul(e.Mul(h.q, root), e.Mul(keys, root)), precise);
  EQSAT_ASSIGN_OR_RETURN(scores, Modified(e, node, "score_mod", scores));
  EQSAT_ASSIGN_OR_RETURN(InstructionId weights,
                         Modified(e, node, "prob_mod", Softmax(e, scores, 3)));
  InstructionId values = e.Convert(RepeatHeads(e, h.v, heads), precise);
  e.Return(node, e.Convert(e.MatMul(weights, values), e.type(h.v)));
  return absl::OkStatus();
}

// cos or sin of each position, with a place for the heads: batch, sequence, 1, half of the size.
absl::StatusOr<InstructionId> Angles(Emitter& e, const Node& node, size_t input, int64_t rotated) {
  InstructionId cache = e.Input(node, input);
  if (node.Has(3)) cache = Take(e, cache, e.Input(node, 3), 0);
  if (e.rank(cache) != 3 || e.size(cache, 2) * 2 != rotated) {
    return base::InvalidArgument("angles of %s for %d numbers", e.shape(cache).ToString(), rotated);
  }
  return e.Unsqueeze(cache, 2);
}

// Pairs of numbers turned by the angle of their position.
absl::Status RotaryEmbedding(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const Sizes sizes = e.sizes(x);
  const int64_t heads = node.Int("num_heads", 0);
  if (sizes.size() == 4) {
    x = e.Transpose(x, Sizes{0, 2, 1, 3});
  } else if (sizes.size() == 3 && heads > 0 && sizes[2] % heads == 0) {
    x = e.Reshape(x, Sizes{sizes[0], sizes[1], heads, sizes[2] / heads});
  } else {
    return base::InvalidArgument("%d heads of %s", heads, e.shape(x).ToString());
  }
  const int64_t size = e.size(x, 3), stated = node.Int("rotary_embedding_dim", 0);
  const int64_t rotated = stated == 0 ? size : stated;
  if (rotated < 0 || rotated > size || rotated % 2 != 0) {
    return base::InvalidArgument("rotary_embedding_dim is %d of %d", rotated, size);
  }
  EQSAT_ASSIGN_OR_RETURN(InstructionId cosine, Angles(e, node, 1, rotated));
  EQSAT_ASSIGN_OR_RETURN(InstructionId sine, Angles(e, node, 2, rotated));
  const bool interleaved = node.Flag("interleaved", false);
  InstructionId turned = e.Slice(x, 3, 0, rotated);
  InstructionId a =
      interleaved ? e.Slice(turned, 3, 0, rotated, 2) : e.Slice(turned, 3, 0, rotated / 2);
  InstructionId b =
      interleaved ? e.Slice(turned, 3, 1, rotated, 2) : e.Slice(turned, 3, rotated / 2, rotated);
  InstructionId real = e.Sub(e.Mul(cosine, a), e.Mul(sine, b));
  InstructionId imaginary = e.AddTo(e.Mul(sine, a), e.Mul(cosine, b));
  if (interleaved) {
    InstructionId pairs = e.Concatenate({e.Unsqueeze(real, 4), e.Unsqueeze(imaginary, 4)}, 4);
    turned = e.Reshape(pairs, e.sizes(turned));
  } else {
    turned = e.Concatenate({real, imaginary}, 3);
  }
  if (rotated < size) turned = e.Concatenate({turned, e.Slice(x, 3, rotated, size)}, 3);
  e.Return(node,
           sizes.size() == 4 ? e.Transpose(turned, Sizes{0, 2, 1, 3}) : e.Reshape(turned, sizes));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> AttentionOps() {
  static constexpr OpEntry kEntries[] = {
      {"Attention", 3, 7, Attention},
      {"FlexAttention", 3, 3, FlexAttention, "ai.onnx.preview"},
      {"RotaryEmbedding", 3, 4, RotaryEmbedding},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
