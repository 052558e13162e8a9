// GridSample and AffineGrid, and what reads images between their elements.
#include "importers/onnx/sampling.h"

#include <algorithm>
#include <numeric>

#include "importers/onnx/op_table.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr double kCubicAlpha = -0.75;

// Where coordinates turn back, or stop.
struct Border {
  double low = 0, high = 0;
};

struct SampleMode {
  std::string interpolation, padding;
  bool align_corners = false;
};

absl::StatusOr<SampleMode> SampleModeOf(const Node& node) {
  SampleMode mode{.interpolation = node.String("mode", "linear"),
                  .padding = node.String("padding_mode", "zeros"),
                  .align_corners = node.Flag("align_corners", false)};
  // Named for images of two dimensions before opset 20.
  if (mode.interpolation == "bilinear") mode.interpolation = "linear";
  if (mode.interpolation == "bicubic") mode.interpolation = "cubic";
  const bool known_mode = mode.interpolation == "linear" || mode.interpolation == "nearest" ||
                          mode.interpolation == "cubic";
  if (!known_mode) {
    return base::InvalidArgument("mode '%s' is none of linear, nearest and cubic",
                                 mode.interpolation);
  }
  if (mode.padding != "zeros" && mode.padding != "border" && mode.padding != "reflection") {
    return base::InvalidArgument("padding_mode '%s' is none of zeros, border and reflection",
                                 mode.padding);
  }
  return mode;
}

Border BorderOf(const SampleMode& mode, int64_t size) {
  const auto length = static_cast<double>(size);
  return mode.align_corners ? Border{0, length - 1} : Border{-0.5, length - 0.5};
}

// Coordinates mirrored at the borders until they are between them.
InstructionId Reflect(TensorEmitter& e, InstructionId x, const Border& border) {
  const double range = border.high - border.low;
  if (range <= 0) return e.Like(x, border.low);
  InstructionId low = e.Like(x, border.low), high = e.Like(x, border.high);
  InstructionId below = e.Compare(x, Direction::kLt, low);
  InstructionId above = e.Compare(x, Direction::kGt, high);
  InstructionId beyond = e.Select(below, e.Sub(low, x), e.Sub(x, high));
  InstructionId turns = e.Unary(OpCode::kFloor, e.Binary(OpCode::kDivide, beyond, range));
  InstructionId rest = e.Sub(beyond, e.Mul(turns, range));
  InstructionId even = e.Comparing(e.Binary(OpCode::kRemainder, turns, 2.0), Direction::kEq, 0);
  InstructionId from_low = e.Compare(below, Direction::kEq, even);
  InstructionId mirrored = e.Select(from_low, e.AddTo(low, rest), e.Sub(high, rest));
  return e.Select(e.Binary(OpCode::kOr, below, above), mirrored, x);
}

InstructionId Bounded(TensorEmitter& e, InstructionId index, int64_t size) {
  return e.Clamp(e.Like(index, 0), index, e.Like(index, static_cast<double>(size - 1)));
}

// Indices that may be outside of the image, as the padding says what is there.
Taps Settle(TensorEmitter& e, InstructionId index, InstructionId weight, const SampleMode& mode,
            int64_t size) {
  Taps taps{.weight = weight};
  InstructionId whole = e.Convert(index, ElementType::kS64);
  if (mode.padding == "zeros") {
    const auto limit = static_cast<double>(size);
    taps.inside = e.Binary(OpCode::kAnd, e.Comparing(whole, Direction::kGe, 0),
                           e.Comparing(whole, Direction::kLt, limit));
  } else if (mode.padding == "reflection") {
    whole = e.Convert(Reflect(e, index, BorderOf(mode, size)), ElementType::kS64);
  }
  taps.index = Bounded(e, whole, size);
  return taps;
}

// Keys' convolution kernel at a distance from 0 to 1, and from 1 to 2.
InstructionId NearWeight(TensorEmitter& e, InstructionId d) {
  InstructionId slope = e.AddTo(e.Mul(d, kCubicAlpha + 2), -(kCubicAlpha + 3));
  return e.AddTo(e.Mul(e.Mul(slope, d), d), 1.0);
}

InstructionId FarWeight(TensorEmitter& e, InstructionId d) {
  InstructionId slope = e.AddTo(e.Mul(d, kCubicAlpha), -5 * kCubicAlpha);
  slope = e.AddTo(e.Mul(slope, d), 8 * kCubicAlpha);
  return e.AddTo(e.Mul(slope, d), -4 * kCubicAlpha);
}

// Coordinates (batch, place) as elements of one dimension and their weights.
Taps TapsAt(TensorEmitter& e, InstructionId coordinates, const SampleMode& mode, int64_t size) {
  InstructionId x = e.Unsqueeze(coordinates, 2);
  if (mode.interpolation == "nearest") return Settle(e, x, {}, mode, size);
  InstructionId first = e.Unary(OpCode::kFloor, x);
  InstructionId rest = e.Sub(x, first);
  InstructionId other = e.Sub(e.Like(rest, 1), rest);
  const ElementType type = e.type(x);
  if (mode.interpolation == "linear") {
    const double steps[] = {0, 1};
    return Settle(e, e.AddTo(first, e.Doubles(type, {1, 1, 2}, steps)),
                  e.Concatenate({other, rest}, 2), mode, size);
  }
  const double steps[] = {-1, 0, 1, 2};
  InstructionId weights = e.Concatenate({FarWeight(e, e.AddTo(rest, 1.0)), NearWeight(e, rest),
                                         NearWeight(e, other), FarWeight(e, e.AddTo(other, 1.0))},
                                        2);
  return Settle(e, e.AddTo(first, e.Doubles(type, {1, 1, 4}, steps)), weights, mode, size);
}

// From -1 … 1, the image's ends (or, aligned, the middles of its last elements), to elements.
InstructionId Denormalized(TensorEmitter& e, InstructionId x, const SampleMode& mode,
                           int64_t size) {
  const auto length = static_cast<double>(size);
  InstructionId from_zero = e.AddTo(x, 1.0);
  if (mode.align_corners) return e.Mul(e.Mul(from_zero, 0.5), length - 1);
  return e.Mul(e.AddTo(e.Mul(from_zero, length), -1.0), 0.5);
}

Taps GridTaps(TensorEmitter& e, InstructionId grid, const SampleMode& mode, int64_t size) {
  InstructionId x = Denormalized(e, grid, mode, size);
  if (mode.interpolation == "nearest") x = e.Unary(OpCode::kRoundNearestEven, x);
  const Border border = BorderOf(mode, size);
  if (mode.padding == "border") {
    InstructionId outside = e.Binary(OpCode::kOr, e.Comparing(x, Direction::kLt, border.low),
                                     e.Comparing(x, Direction::kGt, border.high));
    x = e.Select(outside, Bounded(e, x, size), x);
  } else if (mode.padding == "reflection") {
    x = Reflect(e, x, border);
  }
  return TapsAt(e, x, mode, size);
}

absl::Status GridSample(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(SampleMode mode, SampleModeOf(node));
  InstructionId x = e.Input(node, 0), grid = e.Input(node, 1);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  const Sizes spatial = SpatialSizes(e, x), to = e.sizes(grid);
  const auto dims = static_cast<int64_t>(spatial.size());
  if (to.size() != spatial.size() + 2 || to.back() != dims || to[0] != e.size(x, 0)) {
    return base::InvalidArgument("a grid of %s for %s", e.shape(grid).ToString(),
                                 e.shape(x).ToString());
  }
  if (std::ranges::count(spatial, 0) > 0) {
    return base::InvalidArgument("%s has no elements to sample", e.shape(x).ToString());
  }
  const int64_t places = e.shape(grid).ElementCount() / std::max<int64_t>(to[0] * dims, 1);
  grid = e.Reshape(e.Convert(grid, CoordinateType(e.type(grid))), Sizes{to[0], places, dims});
  const ElementType type = e.type(x);
  const ElementType precise = mode.interpolation == "nearest" ? type : CoordinateType(type);
  std::vector<Taps> taps;
  for (int64_t d = 0; d < dims; ++d) {
    // A place names the last dimension first.
    InstructionId along = e.Squeeze(e.Slice(grid, 2, dims - 1 - d, dims - d), 2);
    taps.push_back(GridTaps(e, along, mode, spatial[d]));
    if (taps[d].weight.valid()) taps[d].weight = e.Convert(taps[d].weight, precise);
  }
  InstructionId images = e.Iota(ElementType::kS64, {to[0]}, 0);
  InstructionId elements = WeightedElements(e, e.Convert(x, precise), images, taps);
  // One choice a dimension is no sum.
  InstructionId values = mode.interpolation == "nearest"
                             ? e.Reshape(elements, Sizes{to[0], e.size(x, 1), places})
                             : e.Reduce(OpCode::kAdd, elements, ChoiceDims(e, elements), Keep::kNo);
  Sizes result = {to[0], e.size(x, 1)};
  result.insert(result.end(), to.begin() + 1, to.end() - 1);
  e.Return(node, e.Reshape(e.Convert(values, type), result));
  return absl::OkStatus();
}

// The places of all elements of an image, between -1 and 1, turned by one matrix a batch.
absl::Status AffineGrid(Emitter& e, const Node& node) {
  InstructionId theta = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes size, e.IntsInput(node, 1, "the size"));
  const auto dims = static_cast<int64_t>(size.size()) - kSpatialDims;
  if (dims < 1 || e.sizes(theta) != Sizes{size[0], dims, dims + 1}) {
    return base::InvalidArgument("theta is %s for a size of [%s]", e.shape(theta).ToString(),
                                 base::Join(size, ","));
  }
  const Sizes spatial(size.begin() + kSpatialDims, size.end());
  const bool aligned = node.Flag("align_corners", false);
  const ElementType type = e.type(theta);
  std::vector<InstructionId> columns;
  for (int64_t d = dims; d-- > 0;) {  // the last dimension first
    const auto length = static_cast<double>(spatial[d]);
    const double step = aligned ? 2 / std::max(length - 1, 1.0) : 2 / std::max(length, 1.0);
    InstructionId along = e.Mul(e.Iota(CoordinateType(type), spatial, d), step);
    columns.push_back(e.Unsqueeze(e.AddTo(along, aligned ? -1 : step / 2 - 1), dims));
  }
  if (!e.Ok(columns[0])) return e.status();
  columns.push_back(e.Like(columns[0], 1));
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {dims};
  attributes.rhs_contracting_dims = {2};
  InstructionId product = e.Dot(e.Concatenate(columns, dims),
                                e.Convert(theta, CoordinateType(type)), std::move(attributes));
  e.Return(node, e.Convert(e.MoveDimension(product, dims, 0), type));
  return absl::OkStatus();
}

// `taps` of one dimension with a place for the choices of the others.
InstructionId AmongAll(TensorEmitter& e, InstructionId taps, int64_t dim, int64_t dims) {
  if (!taps.valid()) return taps;
  Sizes to = e.sizes(taps);
  to.insert(to.begin() + 2, dim, 1);
  to.insert(to.end(), dims - 1 - dim, 1);
  return e.Reshape(taps, to);
}

InstructionId Combined(TensorEmitter& e, OpCode opcode, InstructionId a, InstructionId b) {
  if (!a.valid()) return b;
  return b.valid() ? e.Binary(opcode, a, b) : a;
}

}  // namespace

absl::Span<const OpEntry> SamplingOps() {
  static constexpr OpEntry kEntries[] = {
      {"AffineGrid", 2, 2, AffineGrid},
      {"GridSample", 2, 2, GridSample},
  };
  return kEntries;
}

ElementType CoordinateType(ElementType type) {
  return type == ElementType::kF64 ? type : ElementType::kF32;
}

Taps LinearTaps(TensorEmitter& e, InstructionId coordinates, int64_t size) {
  return TapsAt(e, coordinates, {.interpolation = "linear", .padding = "zeros"}, size);
}

InstructionId WeightedElements(TensorEmitter& e, InstructionId x, InstructionId images,
                               absl::Span<const Taps> taps) {
  if (!e.Ok(x) || !e.Ok(taps[0].index)) return {};
  const auto dims = static_cast<int64_t>(taps.size());
  std::vector<InstructionId> coordinates = {e.Along(images, 0, dims + 2)};
  InstructionId inside, weight;
  for (int64_t d = 0; d < dims; ++d) {
    coordinates.push_back(AmongAll(e, taps[d].index, d, dims));
    inside = Combined(e, OpCode::kAnd, inside, AmongAll(e, taps[d].inside, d, dims));
    weight = Combined(e, OpCode::kMultiply, weight, AmongAll(e, taps[d].weight, d, dims));
  }
  e.Align(&coordinates);
  for (InstructionId& along : coordinates) along = e.Unsqueeze(along, dims + 2);
  ir::GatherAttributes attributes;
  for (int64_t d = 0; d < dims + 2; ++d) {
    attributes.slice_sizes.push_back(d == 1 ? e.size(x, 1) : 1);
    if (d != 1) attributes.start_index_map.push_back(d);
  }
  attributes.collapsed_slice_dims = attributes.start_index_map;
  attributes.offset_dims = {1};
  attributes.index_vector_dim = dims + 2;
  InstructionId elements =
      e.Add(OpCode::kGather, {x, e.Concatenate(coordinates, dims + 2)}, std::move(attributes));
  if (inside.valid()) {
    elements = e.Select(e.Unsqueeze(inside, 1), elements, e.Scalar(e.type(x), 0));
  }
  return weight.valid() ? e.Mul(elements, e.Unsqueeze(weight, 1)) : elements;
}

Sizes ChoiceDims(TensorEmitter& e, InstructionId elements) {
  Sizes dims(std::max<int64_t>(e.rank(elements) - 3, 0));
  std::iota(dims.begin(), dims.end(), 3);
  return dims;
}

}  // namespace eqsat::importers::onnx
