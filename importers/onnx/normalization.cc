// Normalizations, spelt out in the arithmetic that the specification defines them by.
#include <numeric>

#include "importers/onnx/op_table.h"
#include "importers/onnx/reduction.h"
#include "importers/onnx/tensor.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

Sizes DimsFrom(int64_t first, int64_t rank) {
  Sizes dims(rank - first);
  std::iota(dims.begin(), dims.end(), first);
  return dims;
}

struct Moments {
  InstructionId centred;   // x minus its mean
  InstructionId mean;      // with sizes of 1
  InstructionId variance;  // with sizes of 1
};

Moments MomentsOf(Emitter& e, InstructionId x, const Sizes& dims) {
  InstructionId mean = ReduceMean(e, x, dims, Keep::kYes);
  InstructionId centred = e.Sub(x, mean);
  return {centred, mean, ReduceMean(e, e.Mul(centred, centred), dims, Keep::kYes)};
}

InstructionId InverseDeviation(Emitter& e, InstructionId variance, double epsilon) {
  return e.Unary(OpCode::kRsqrt, e.AddTo(variance, epsilon));
}

// An entry for each feature.
absl::Status BatchNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t rank = e.rank(x);
  if (rank < 2) return base::InvalidArgument("%s has no features", e.shape(x).ToString());
  const double epsilon = node.Float("epsilon", 1e-5), momentum = node.Float("momentum", 0.9);
  auto feature = [&](InstructionId v) { return e.Along(e.Convert(v, e.type(x)), 1, rank); };
  InstructionId mean = feature(e.Input(node, 3)), variance = feature(e.Input(node, 4));
  std::vector<InstructionId> outputs = {{}};
  if (node.Flag("training_mode", false)) {
    Sizes dims = DimsFrom(1, rank);
    dims[0] = 0;
    const Moments batch = MomentsOf(e, x, dims);
    auto running = [&](InstructionId old, InstructionId now) {
      InstructionId kept = e.AddTo(e.Mul(old, momentum), e.Mul(now, 1 - momentum));
      return e.Convert(e.Reshape(kept, Sizes{e.size(x, 1)}), e.type(e.Input(node, 3)));
    };
    outputs.push_back(running(mean, batch.mean));
    outputs.push_back(running(variance, batch.variance));
    mean = batch.mean;
    variance = batch.variance;
  }
  InstructionId scale = e.Mul(feature(e.Input(node, 1)), InverseDeviation(e, variance, epsilon));
  outputs[0] = e.AddTo(e.Mul(e.Sub(x, mean), scale), feature(e.Input(node, 2)));
  e.Return(node, outputs);
  return absl::OkStatus();
}

// In the type that stash_type names, over the dimensions from `axis` on.
absl::Status LayerNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const ElementType type = e.type(x);
  const int64_t rank = e.rank(x), axis = e.Axis(node.Int("axis", -1), rank);
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(ElementType stash, ElementTypeOf(node.Int("stash_type", 1)));
  const Moments moments = MomentsOf(e, e.Convert(x, stash), DimsFrom(axis, rank));
  InstructionId inverse = InverseDeviation(e, moments.variance, node.Float("epsilon", 1e-5));
  InstructionId result = e.Convert(e.Mul(moments.centred, inverse), type);
  result = e.Mul(result, e.Input(node, 1));
  if (node.Has(2)) result = e.AddTo(result, e.Input(node, 2));
  const InstructionId outputs[] = {result, moments.mean, inverse};
  e.Return(node, outputs);
  return absl::OkStatus();
}

absl::Status RmsNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const ElementType type = e.type(x);
  const int64_t rank = e.rank(x), axis = e.Axis(node.Int("axis", -1), rank);
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(ElementType stash, ElementTypeOf(node.Int("stash_type", 1)));
  InstructionId wide = e.Convert(x, stash);
  InstructionId square = ReduceMean(e, e.Mul(wide, wide), DimsFrom(axis, rank), Keep::kYes);
  InstructionId inverse = InverseDeviation(e, square, node.Float("epsilon", 1e-5));
  e.Return(node, e.Mul(e.Convert(e.Mul(wide, inverse), type), e.Input(node, 1)));
  return absl::OkStatus();
}

absl::Status InstanceNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  const int64_t rank = e.rank(x);
  const Moments moments = MomentsOf(e, x, DimsFrom(kSpatialDims, rank));
  InstructionId inverse = InverseDeviation(e, moments.variance, node.Float("epsilon", 1e-5));
  InstructionId scaled = e.Mul(e.Mul(moments.centred, inverse), e.Along(e.Input(node, 1), 1, rank));
  e.Return(node, e.AddTo(scaled, e.Along(e.Input(node, 2), 1, rank)));
  return absl::OkStatus();
}

// Scale and bias have an entry for each feature, in opsets before 21 for each group.
absl::Status GroupNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const ElementType type = e.type(x);
  const Sizes sizes = e.sizes(x);
  const int64_t groups = node.Int("num_groups", 0);
  if (sizes.size() < 2 || groups < 1 || sizes[1] % groups != 0) {
    return base::InvalidArgument("%d groups of %s", groups, e.shape(x).ToString());
  }
  EQSAT_ASSIGN_OR_RETURN(ElementType stash, ElementTypeOf(node.Int("stash_type", 1)));
  Sizes apart = {sizes[0], groups, sizes[1] / groups};
  apart.insert(apart.end(), sizes.begin() + 2, sizes.end());
  const auto rank = static_cast<int64_t>(apart.size());
  const Moments moments = MomentsOf(e, e.Reshape(e.Convert(x, stash), apart), DimsFrom(2, rank));
  InstructionId inverse = InverseDeviation(e, moments.variance, node.Float("epsilon", 1e-5));
  InstructionId normal = e.Convert(e.Mul(moments.centred, inverse), type);
  auto spread = [&](size_t input) {
    InstructionId v = e.Input(node, input);
    Sizes to(rank, 1);
    to[1] = groups;
    if (e.size(v, 0) != groups) to[2] = sizes[1] / groups;
    return e.Reshape(v, to);
  };
  e.Return(node, e.Reshape(e.AddTo(e.Mul(normal, spread(1)), spread(2)), sizes));
  return absl::OkStatus();
}

absl::Status LpNormalization(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t dim = e.Axis(node.Int("axis", -1), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  InstructionId norm;
  if (node.Int("p", 2) == 1) {
    norm = e.Reduce(OpCode::kAdd, e.Unary(OpCode::kAbs, x), {dim}, Keep::kYes);
  } else {
    norm = e.Unary(OpCode::kSqrt, e.Reduce(OpCode::kAdd, e.Mul(x, x), {dim}, Keep::kYes));
  }
  InstructionId zero = e.Comparing(norm, Direction::kEq, 0);
  e.Return(node, e.Select(zero, e.Like(x, 0), e.Div(x, e.Select(zero, e.Like(norm, 1), norm))));
  return absl::OkStatus();
}

absl::Status MeanVarianceNormalization(Emitter& e, const Node& node) {
  constexpr double kEpsilon = 1e-9;
  InstructionId x = e.Input(node, 0);
  const Sizes dims = e.Axes(node.Ints("axes").value_or(Sizes{0, 2, 3}), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  const Moments moments = MomentsOf(e, x, dims);
  InstructionId deviation = e.Unary(OpCode::kSqrt, moments.variance);
  e.Return(node, e.Div(moments.centred, e.AddTo(deviation, kEpsilon)));
  return absl::OkStatus();
}

// Across `size` neighbouring features.
absl::Status Lrn(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t size = node.Int("size", 0);
  if (e.rank(x) < 2 || size < 1) {
    return base::InvalidArgument("%d features of %s", size, e.shape(x).ToString());
  }
  ir::WindowAttributes attributes;
  attributes.window.resize(e.rank(x));
  attributes.window[1] = {.size = size, .padding_low = (size - 1) / 2, .padding_high = size / 2};
  const ir::ComputationId combiner = e.Combiner(OpCode::kAdd, e.type(x));
  const InstructionId operands[] = {e.Mul(x, x), e.Scalar(e.type(x), 0)};
  InstructionId sum = e.Add(OpCode::kReduceWindow, operands, std::move(attributes), {&combiner, 1});
  const double alpha = node.Float("alpha", 1e-4) / static_cast<double>(size);
  InstructionId base = e.AddTo(e.Mul(sum, alpha), node.Float("bias", 1));
  e.Return(node, e.Div(x, e.Binary(OpCode::kPower, base, node.Float("beta", 0.75))));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> NormalizationOps() {
  static constexpr OpEntry kEntries[] = {
      {"BatchNormalization", 5, 5, BatchNormalization},
      {"GroupNormalization", 3, 3, GroupNormalization},
      {"InstanceNormalization", 3, 3, InstanceNormalization},
      {"LRN", 1, 1, Lrn},
      {"LayerNormalization", 2, 3, LayerNormalization},
      {"LpNormalization", 1, 1, LpNormalization},
      {"MeanVarianceNormalization", 1, 1, MeanVarianceNormalization},
      {"RMSNormalization", 2, 2, RmsNormalization},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
