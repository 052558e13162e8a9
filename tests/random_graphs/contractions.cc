#include <algorithm>

#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

// Each dimension of the left operand is a batch, a contracted or a free one; the right operand has
// the first two kinds as well, and free ones of its own, in any order.
void Dot(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  ir::DotAttributes attributes;
  struct Side {
    int64_t size;
    int64_t left;  // -1: free
    bool batch;
  };
  std::vector<Side> right;
  for (int64_t i = 0; i < shape.rank(); ++i) {
    int64_t kind = d.Between(0, 2);
    if (kind < 2) right.push_back({shape.dimension(i), i, kind == 0});
  }
  for (int64_t free = d.Between(0, 2); free > 0 && right.size() < 4; --free)
    right.push_back({d.Between(1, 3), -1, false});
  d.random().Shuffle(&right);
  DimensionVector sizes;
  for (const Side& side : right) {
    auto position = static_cast<int64_t>(sizes.size());
    sizes.push_back(side.size);
    if (side.left < 0) continue;
    (side.batch ? attributes.lhs_batch_dims : attributes.lhs_contracting_dims).push_back(side.left);
    (side.batch ? attributes.rhs_batch_dims : attributes.rhs_contracting_dims).push_back(position);
  }
  d.Add(opcode, {a, d.Of(Shape(shape.element_type(), sizes))}, attributes);
}

void Convolution(Draft& d, OpCode opcode) {
  ElementType type = d.Type(IsFloating);
  int64_t spatial = d.Between(1, 2);
  ir::ConvolutionAttributes attributes;
  int64_t groups = d.Chance(25) ? 2 : 1;
  attributes.feature_group_count = groups;
  int64_t features = groups * d.Between(1, 2);
  // Dimension 0 is the batch or the output feature, then features, then space, all permuted.
  DimensionVector order = d.Permutation(spatial + 2);
  DimensionVector input(spatial + 2);
  DimensionVector kernel(spatial + 2);
  ir::ConvolutionDimensions& dims = attributes.dim_labels;
  dims.input_batch = dims.kernel_output_feature = dims.output_batch = order[0];
  dims.input_feature = dims.kernel_input_feature = dims.output_feature = order[1];
  input[order[0]] = d.Between(1, 2);
  input[order[1]] = features;
  kernel[order[0]] = groups * d.Between(1, 2);
  kernel[order[1]] = features / groups;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t at = order[2 + i];
    dims.input_spatial.push_back(at);
    dims.kernel_spatial.push_back(at);
    dims.output_spatial.push_back(at);
    input[at] = d.Between(2, 4);
    ir::WindowDimension w;
    w.size = kernel[at] = d.Between(1, 2);
    w.stride = d.Between(1, 2);
    w.padding_low = d.Between(0, 1);
    w.padding_high = d.Between(0, 1);
    if (d.Chance(15)) w.window_dilation = 2;
    if (d.Chance(15)) w.base_dilation = 2;
    w.window_reversal = d.Chance(15);
    attributes.window.push_back(w);
  }
  d.Add(opcode, {d.Of(Shape(type, input)), d.Of(Shape(type, kernel))}, attributes);
}

bool IsSolvable(ElementType type) { return type == ElementType::kF32 || type == ElementType::kF64; }

Shape SquareShape(Draft& d, ElementType type) {
  int64_t n = d.Between(1, 3);
  if (d.Chance(60)) return Shape(type, {n, n});
  return Shape(type, {d.Between(1, 2), n, n});
}

void Cholesky(Draft& d, OpCode opcode) {
  d.Add(opcode, {d.Of(SquareShape(d, d.Type(IsSolvable)))}, ir::CholeskyAttributes{d.Chance(50)});
}

void TriangularSolve(Draft& d, OpCode opcode) {
  Shape a = SquareShape(d, d.Type(IsSolvable));
  ir::TriangularSolveAttributes attributes;
  attributes.left_side = d.Chance(50);
  attributes.lower = d.Chance(50);
  attributes.unit_diagonal = d.Chance(30);
  attributes.transpose_a =
      d.Chance(50) ? ir::TransposeKind::kNoTranspose : ir::TransposeKind::kTranspose;
  DimensionVector b(a.dimensions().begin(), a.dimensions().end());
  b[attributes.left_side ? a.rank() - 1 : a.rank() - 2] = d.Between(1, 3);
  d.Add(opcode, {d.Of(a), d.Of(Shape(a.element_type(), b))}, attributes);
}

void Fft(Draft& d, OpCode opcode) {
  int64_t n = d.Between(1, 4);
  ir::FftAttributes attributes{d.Chance(50) ? ir::FftType::kFft : ir::FftType::kIfft, {n}};
  d.Add(opcode, {d.Of(Shape(ElementType::kC64, {d.Between(1, 2), n}))}, attributes);
}

void BatchNorm(Draft& d, OpCode opcode) {
  InstructionId a =
      d.Parameter(Shape(d.Type(IsFloating), {d.Between(1, 2), d.Between(1, 3), d.Between(1, 2)}));
  const Shape shape = d.shape(a);
  ir::BatchNormAttributes attributes{0.001, d.Between(0, 2)};
  Shape feature(shape.element_type(), {shape.dimension(attributes.feature_index)});
  std::vector<InstructionId> operands = {a};
  int64_t features = opcode == OpCode::kBatchNormTraining    ? 2
                     : opcode == OpCode::kBatchNormInference ? 4
                                                             : 3;
  for (int64_t i = 0; i < features; ++i) operands.push_back(d.Of(feature));
  if (opcode == OpCode::kBatchNormGrad) operands.push_back(d.Of(shape));
  InstructionId result = d.Add(opcode, operands, attributes);
  if (d.shape(result).IsTuple())
    d.Add(OpCode::kGetTupleElement, {result}, ir::GetTupleElementAttributes{d.Between(0, 2)});
}

}  // namespace

void AddContractions(Recipes& recipes) {
  using enum OpCode;
  recipes.insert(recipes.end(), {{kDot, Dot},
                                 {kConvolution, Convolution},
                                 {kCholesky, Cholesky},
                                 {kTriangularSolve, TriangularSolve},
                                 {kFft, Fft},
                                 {kBatchNormTraining, BatchNorm},
                                 {kBatchNormInference, BatchNorm},
                                 {kBatchNormGrad, BatchNorm}});
}

}  // namespace eqsat::random_graphs
