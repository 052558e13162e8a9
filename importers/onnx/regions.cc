// RoiAlign and DeformConv: pools and convolutions of places that are data.
#include <algorithm>

#include "importers/onnx/convolution.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/sampling.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxSamples = int64_t{1} << 20;  // along one dimension of a region

// One dimension of the regions, from their ends in `rois` (region, column).
struct Extent1d {
  InstructionId start, length;  // region
};

Extent1d RegionExtent(Emitter& e, InstructionId rois, int64_t column, double scale,
                      bool half_pixel) {
  auto end = [&](int64_t at) {
    InstructionId x = e.Mul(e.Squeeze(e.Slice(rois, 1, at, at + 1), 1), scale);
    return half_pixel ? e.AddTo(x, -0.5) : x;
  };
  InstructionId start = end(column);
  InstructionId length = e.Sub(end(column + 2), start);
  // Regions were of one element at least before half pixels.
  if (!half_pixel) length = e.Binary(OpCode::kMaximum, length, 1.0);
  return {start, length};
}

// The middles of `samples` parts of each of `bins`: region, bin * sample.
InstructionId SamplePlaces(Emitter& e, const Extent1d& extent, int64_t bins, int64_t samples) {
  const auto parts = static_cast<double>(bins * samples);
  InstructionId at = e.Iota(e.type(extent.start), {1, bins * samples}, 1);
  InstructionId part = e.Binary(OpCode::kDivide, extent.length, parts);
  return e.AddTo(e.Unsqueeze(extent.start, 1), e.Mul(e.AddTo(at, 0.5), e.Unsqueeze(part, 1)));
}

// Places further than one element outside count as 0, others outside as the nearest element.
Taps RegionTaps(Emitter& e, InstructionId places, int64_t size) {
  const auto last = static_cast<double>(size - 1);
  InstructionId outside = e.Binary(OpCode::kOr, e.Comparing(places, Direction::kLt, -1),
                                   e.Comparing(places, Direction::kGt, last + 1));
  InstructionId zero = e.Like(places, 0);
  Taps taps = LinearTaps(e, e.Clamp(zero, places, e.Like(places, last)), size);
  taps.inside = {};
  InstructionId counts = e.Unsqueeze(e.Unary(OpCode::kNot, outside), 2);
  taps.weight = e.Select(counts, taps.weight, e.Scalar(e.type(places), 0));
  return taps;
}

// Regions, channels, bins and samples of two dimensions; the choices of an interpolation last.
struct RegionSizes {
  int64_t regions, channels, bins[2], samples;
};

absl::StatusOr<RegionSizes> RegionSizesOf(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0), rois = e.Input(node, 1);
  const RegionSizes sizes{.regions = e.size(rois, 0),
                          .channels = e.size(x, 1),
                          .bins = {node.Int("output_height", 1), node.Int("output_width", 1)},
                          .samples = node.Int("sampling_ratio", 0)};
  if (e.rank(x) != 4 || e.size(x, 2) < 1 || e.size(x, 3) < 1 ||
      e.sizes(rois) != Sizes{sizes.regions, 4} ||
      e.sizes(e.Input(node, 2)) != Sizes{sizes.regions}) {
    return base::InvalidArgument("regions %s of %s", e.shape(rois).ToString(),
                                 e.shape(x).ToString());
  }
  if (sizes.samples == 0) {
    return base::Unimplemented(
        "sampling_ratio is 0: how many samples a region has then follows from data, and shapes of "
        "HLO do not");
  }
  for (int64_t size : {sizes.bins[0], sizes.bins[1], sizes.samples}) {
    if (size >= 1 && size <= kMaxSamples) continue;
    return base::InvalidArgument("regions of %d x %d with %d samples", sizes.bins[0], sizes.bins[1],
                                 sizes.samples);
  }
  return sizes;
}

absl::Status RoiAlign(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(RegionSizes sizes, RegionSizesOf(e, node));
  InstructionId x = e.Input(node, 0);
  const ElementType type = e.type(x), precise = CoordinateType(type);
  InstructionId rois = e.Convert(e.Input(node, 1), precise);
  InstructionId images = e.Convert(e.Input(node, 2), ElementType::kS64);
  const std::string pool = node.String("mode", "avg");
  if (pool != "avg" && pool != "max") {
    return base::InvalidArgument("mode '%s' is neither avg nor max", pool);
  }
  // Opset 10 had no half pixels.
  const std::string fallback = node.version() < 16 ? "output_half_pixel" : "half_pixel";
  const bool half_pixel = node.String("coordinate_transformation_mode", fallback) == "half_pixel";
  const Sizes plane = {sizes.regions, sizes.bins[0] * sizes.samples, sizes.bins[1] * sizes.samples};
  std::vector<Taps> taps;
  for (int64_t d = 0; d < 2; ++d) {
    // A region is x, y of one corner and x, y of the other.
    const Extent1d extent =
        RegionExtent(e, rois, 1 - d, node.Float("spatial_scale", 1), half_pixel);
    InstructionId along = SamplePlaces(e, extent, sizes.bins[d], sizes.samples);
    along = e.Expand(e.Unsqueeze(along, d == 0 ? 2 : 1), plane);
    along = e.Reshape(along, Sizes{plane[0], plane[1] * plane[2]});
    taps.push_back(RegionTaps(e, along, e.size(x, kSpatialDims + d)));
  }
  InstructionId elements = WeightedElements(e, e.Convert(x, precise), images, taps);
  elements = e.Reshape(elements, Sizes{sizes.regions, sizes.channels, sizes.bins[0], sizes.samples,
                                       sizes.bins[1], sizes.samples, 2, 2});
  const Sizes pooled = {3, 5, 6, 7};
  InstructionId result;
  if (pool == "max") {
    result = e.Reduce(OpCode::kMaximum, elements, pooled, Keep::kNo);
  } else {
    const auto count = static_cast<double>(sizes.samples * sizes.samples);
    result = e.Binary(OpCode::kDivide, e.Reduce(OpCode::kAdd, elements, pooled, Keep::kNo), count);
  }
  e.Return(node, e.Convert(result, type));
  return absl::OkStatus();
}

// What a deformable convolution reads: `images` are a batch's channels of one group of offsets.
struct Deformed {
  Sizes spatial, kernel, output;
  int64_t batch, channels, groups, offset_groups;
  int64_t taps = 1, places = 1;  // elements of the kernel and of an output
};

absl::StatusOr<Deformed> DeformedOf(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0), kernel = e.Input(node, 1), offset = e.Input(node, 2);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, kernel));
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, offset));
  Deformed d{.spatial = SpatialSizes(e, x),
             .kernel = SpatialSizes(e, kernel),
             .output = SpatialSizes(e, offset),
             .batch = e.size(x, 0),
             .channels = e.size(x, 1),
             .groups = node.Int("group", 1),
             .offset_groups = node.Int("offset_group", 1)};
  for (int64_t size : d.kernel) d.taps *= size;
  for (int64_t size : d.output) d.places *= size;
  const auto dims = static_cast<int64_t>(d.spatial.size());
  const int64_t offsets = e.size(offset, 1);
  if (d.groups < 1 || d.offset_groups < 1 || d.channels % d.groups != 0 ||
      d.channels % d.offset_groups != 0 || e.size(kernel, 0) % d.groups != 0 ||
      e.size(kernel, 1) != d.channels / d.groups || d.kernel.size() != d.spatial.size() ||
      d.output.size() != d.spatial.size() || e.size(offset, 0) != d.batch ||
      offsets % d.offset_groups != 0 || offsets / d.offset_groups != d.taps * dims ||
      std::ranges::count(d.spatial, 0) > 0) {
    return base::InvalidArgument("%d groups and %d of offsets: %s by %s at %s", d.groups,
                                 d.offset_groups, e.shape(x).ToString(), e.shape(kernel).ToString(),
                                 e.shape(offset).ToString());
  }
  return d;
}

// Where a kernel that is not deformed reads along `dim`: 1, kernel * output.
InstructionId PlainPlaces(Emitter& e, const Deformed& d, const ir::WindowDimension& window,
                          int64_t dim, ElementType type) {
  Sizes all = d.kernel;
  all.insert(all.end(), d.output.begin(), d.output.end());
  InstructionId tap = e.Mul(e.Iota(type, all, dim), static_cast<double>(window.window_dilation));
  InstructionId place = e.Iota(type, all, dim + static_cast<int64_t>(d.kernel.size()));
  InstructionId at = e.AddTo(tap, e.Mul(place, static_cast<double>(window.stride)));
  at = e.AddTo(at, -static_cast<double>(window.padding_low));
  return e.Reshape(at, Sizes{1, d.taps * d.places});
}

absl::Status DeformConv(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(Deformed d, DeformedOf(e, node));
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, WindowOf(node, d.spatial, d.kernel));
  InstructionId x = e.Input(node, 0), kernel = e.Input(node, 1);
  const ElementType type = e.type(x), precise = CoordinateType(type);
  const int64_t reads = d.batch * d.offset_groups, read = d.taps * d.places;
  const auto dims = static_cast<int64_t>(d.spatial.size());
  InstructionId offset =
      e.Reshape(e.Convert(e.Input(node, 2), precise), Sizes{reads, d.taps, dims, d.places});
  std::vector<Taps> taps;
  for (int64_t i = 0; i < dims; ++i) {
    if (OutputSize(window[i], d.spatial[i]) != d.output[i]) {
      return base::InvalidArgument("offsets for %d places along dimension %d, which has %d",
                                   d.output[i], i, OutputSize(window[i], d.spatial[i]));
    }
    InstructionId along = e.Reshape(e.Slice(offset, 2, i, i + 1), Sizes{reads, read});
    along = e.AddTo(along, PlainPlaces(e, d, window[i], i, precise));
    taps.push_back(LinearTaps(e, along, d.spatial[i]));
  }
  Sizes images = {reads, d.channels / d.offset_groups};
  images.insert(images.end(), d.spatial.begin(), d.spatial.end());
  InstructionId elements = WeightedElements(e, e.Reshape(e.Convert(x, precise), images),
                                            e.Iota(ElementType::kS64, {reads}, 0), taps);
  InstructionId values = e.Reduce(OpCode::kAdd, elements, ChoiceDims(e, elements), Keep::kNo);
  if (node.Has(4)) {
    values = e.Mul(values, e.Reshape(e.Convert(e.Input(node, 4), precise), Sizes{reads, 1, read}));
  }
  // Each group of channels with its part of the kernel.
  const int64_t inner = d.channels / d.groups * d.taps, outer = e.size(kernel, 0) / d.groups;
  values = e.Reshape(values, Sizes{d.batch, d.groups, inner, d.places});
  ir::DotAttributes attributes;
  attributes.lhs_batch_dims = {0};
  attributes.rhs_batch_dims = {1};
  attributes.lhs_contracting_dims = attributes.rhs_contracting_dims = {2};
  InstructionId weights = e.Reshape(e.Convert(kernel, precise), Sizes{d.groups, outer, inner});
  InstructionId sums = e.Dot(weights, values, std::move(attributes));  // group, out, batch, place
  Sizes result = {d.batch, d.groups * outer};
  result.insert(result.end(), d.output.begin(), d.output.end());
  sums = e.Convert(e.Reshape(e.Transpose(sums, Sizes{2, 0, 1, 3}), result), type);
  e.Return(node, AddBias(e, sums, e.InputIf(node, 3)));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> RegionOps() {
  static constexpr OpEntry kEntries[] = {
      {"DeformConv", 3, 5, DeformConv},
      {"RoiAlign", 3, 3, RoiAlign},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
