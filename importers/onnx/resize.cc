// Resize: nearest elements by a gather, interpolation by a matrix for each dimension.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "importers/onnx/indexed.h"
#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxResizeWeights = int64_t{1} << 24;  // elements of one matrix
constexpr double kMaxCoordinate = 1e12;                  // so that it is an index

// How one dimension is resized.
struct Stretch {
  int64_t input = 0;
  int64_t output = 0;
  double scale = 1;
  double roi_start = 0, roi_end = 1;
};

struct Mode {
  std::string mode, coordinates, nearest;
  double cubic_a = -0.75;
  bool exclude_outside = false;
  bool antialias = false;
  double extrapolation = 0;
  bool crops() const { return coordinates == "tf_crop_and_resize"; }
};

Mode ModeOf(const Node& node) {
  return {.mode = node.String("mode", "nearest"),
          .coordinates = node.String("coordinate_transformation_mode", "half_pixel"),
          .nearest = node.String("nearest_mode", "round_prefer_floor"),
          .cubic_a = node.Float("cubic_coeff_a", -0.75),
          .exclude_outside = node.Flag("exclude_outside", false),
          .antialias = node.Flag("antialias", false),
          .extrapolation = node.Float("extrapolation_value", 0)};
}

// Where output element `at` lies in the input, whatever that is.
absl::StatusOr<double> UncheckedCoordinate(const Mode& mode, const Stretch& s, int64_t at) {
  const auto x = static_cast<double>(at), in = static_cast<double>(s.input),
             out = static_cast<double>(s.output);
  if (mode.coordinates == "half_pixel") return (x + 0.5) / s.scale - 0.5;
  if (mode.coordinates == "half_pixel_symmetric") {
    // Scaled sizes are rounded: what is lost is shared by both ends.
    const double adjustment = out / (in * s.scale);
    return in / 2 * (1 - adjustment) + (x + 0.5) / s.scale - 0.5;
  }
  if (mode.coordinates == "pytorch_half_pixel") {
    return s.output > 1 ? (x + 0.5) / s.scale - 0.5 : 0.0;
  }
  if (mode.coordinates == "align_corners") {
    // Of the size before it is rounded.
    return s.output > 1 ? x * (in - 1) / (in * s.scale - 1) : 0.0;
  }
  if (mode.coordinates == "asymmetric") return x / s.scale;
  if (mode.coordinates == "tf_crop_and_resize") {
    if (s.output > 1) {
      return s.roi_start * (in - 1) + x * (s.roi_end - s.roi_start) * (in - 1) / (out - 1);
    }
    return 0.5 * (s.roi_start + s.roi_end) * (in - 1);
  }
  return base::InvalidArgument("coordinate_transformation_mode '%s' is not known",
                               mode.coordinates);
}

absl::StatusOr<double> Coordinate(const Mode& mode, const Stretch& s, int64_t at) {
  EQSAT_ASSIGN_OR_RETURN(double where, UncheckedCoordinate(mode, s, at));
  if (std::abs(where) < kMaxCoordinate) return where;
  return base::InvalidArgument("element %d of a result would lie at %g of the input", at, where);
}

absl::StatusOr<double> Nearest(const Mode& mode, double x) {
  if (mode.nearest == "round_prefer_floor") return std::ceil(x - 0.5);
  if (mode.nearest == "round_prefer_ceil") return std::floor(x + 0.5);
  if (mode.nearest == "floor") return std::floor(x);
  if (mode.nearest == "ceil") return std::ceil(x);
  return base::InvalidArgument("nearest_mode '%s' is not known", mode.nearest);
}

bool IsOutside(const Mode& mode, const Stretch& s, double x) {
  return mode.crops() && (x < 0 || x > static_cast<double>(s.input - 1));
}

// The weight of an element at a distance.
double Kernel(const Mode& mode, double distance) {
  const double d = std::abs(distance), a = mode.cubic_a;
  if (mode.mode == "linear") return std::max(1 - d, 0.0);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0.0;
}

// One row of the matrix: the weights of all inputs for the output at `x`. Elements beyond an end
// count as the last one, or not at all.
void AddWeights(const Mode& mode, const Stretch& s, double x, double* row) {
  const double width = mode.mode == "linear" ? 1 : 2;
  // Shrinking takes in as many elements as an output covers.
  const double spread = mode.antialias && s.scale < 1 ? 1 / s.scale : 1;
  const auto first = static_cast<int64_t>(std::floor(x - width * spread)),
             last = static_cast<int64_t>(std::ceil(x + width * spread));
  double total = 0;
  for (int64_t i = first; i <= last; ++i) {
    const bool inside = i >= 0 && i < s.input;
    if (!inside && mode.exclude_outside) continue;
    const double weight = Kernel(mode, (static_cast<double>(i) - x) / spread);
    row[std::clamp<int64_t>(i, 0, s.input - 1)] += weight;
    total += weight;
  }
  for (int64_t i = 0; i < s.input && total != 0; ++i) row[i] /= total;
}

absl::StatusOr<InstructionId> ResizeNearest(Emitter& e, InstructionId x, int64_t dim,
                                            const Mode& mode, const Stretch& s) {
  Sizes places;
  for (int64_t at = 0; at < s.output; ++at) {
    EQSAT_ASSIGN_OR_RETURN(double where, Coordinate(mode, s, at));
    EQSAT_ASSIGN_OR_RETURN(double nearest, Nearest(mode, where));
    places.push_back(
        static_cast<int64_t>(std::clamp<double>(nearest, 0, static_cast<double>(s.input - 1))));
  }
  return Take(e, x, e.Ints(places), dim);
}

absl::StatusOr<InstructionId> Interpolate(Emitter& e, InstructionId x, int64_t dim,
                                          const Mode& mode, const Stretch& s) {
  if (s.input > kMaxResizeWeights / std::max<int64_t>(s.output, 1)) {
    return base::Unimplemented("a dimension of %d is too large to become %d", s.input, s.output);
  }
  std::vector<double> weights(s.output * s.input);
  for (int64_t at = 0; at < s.output; ++at) {
    EQSAT_ASSIGN_OR_RETURN(double where, Coordinate(mode, s, at));
    AddWeights(mode, s, where, weights.data() + at * s.input);
  }
  const ElementType type =
      ir::IsFloat(e.type(x)) && ir::BitWidth(e.type(x)) >= 32 ? e.type(x) : ElementType::kF32;
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {dim};
  attributes.rhs_contracting_dims = {1};
  InstructionId matrix = e.Doubles(type, {s.output, s.input}, weights);
  InstructionId product = e.Dot(e.Convert(x, type), matrix, std::move(attributes));
  return e.Convert(e.MoveDimension(product, e.rank(x) - 1, dim), e.type(x));
}

// Places that a crop asks for beyond the input get a value of their own.
absl::StatusOr<InstructionId> Extrapolate(Emitter& e, InstructionId x, int64_t dim,
                                          const Mode& mode, const Stretch& s) {
  std::vector<double> outside(s.output);
  for (int64_t at = 0; at < s.output; ++at) {
    EQSAT_ASSIGN_OR_RETURN(double where, Coordinate(mode, s, at));
    outside[at] = IsOutside(mode, s, where);
  }
  if (std::ranges::count(outside, 1.0) == 0) return x;
  InstructionId mask = e.Doubles(ElementType::kPred, {s.output}, outside);
  return e.Select(e.Along(mask, dim, e.rank(x)), e.Like(x, mode.extrapolation), x);
}

absl::StatusOr<std::vector<double>> Numbers(Emitter& e, const Node& node, size_t i,
                                            std::string_view meaning) {
  std::vector<double> out;
  if (!node.Has(i)) return out;
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, e.ConstantInput(node, i, meaning));
  if (ir::IsComplex(value.shape().element_type())) {
    return base::InvalidArgument("%s is %s", meaning, value.shape().ToString());
  }
  for (int64_t k = 0; k < value.shape().ElementCount(); ++k) out.push_back(value.AsDouble(k));
  return out;
}

// Sizes may be bounds of a common scale.
void KeepAspectRatio(const Node& node, std::vector<Stretch>* all, const Sizes& dims) {
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || dims.empty()) return;
  double scale = (*all)[dims[0]].scale;
  for (int64_t dim : dims) {
    const double own = (*all)[dim].scale;
    scale = policy == "not_larger" ? std::min(scale, own) : std::max(scale, own);
  }
  for (int64_t dim : dims) {
    Stretch& s = (*all)[dim];
    s.scale = scale;
    s.output = static_cast<int64_t>(std::floor(scale * static_cast<double>(s.input) + 0.5));
  }
}

absl::StatusOr<std::vector<Stretch>> StretchesOf(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  Sizes all_dims(e.rank(x));
  std::iota(all_dims.begin(), all_dims.end(), 0);
  const Sizes dims = e.Axes(node.Ints("axes").value_or(all_dims), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(std::vector<double> roi, Numbers(e, node, 1, "roi"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<double> scales, Numbers(e, node, 2, "scales"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<double> sizes, Numbers(e, node, 3, "sizes"));
  const bool by_size = !sizes.empty();
  if ((by_size ? sizes : scales).size() != dims.size()) {
    return base::InvalidArgument("%d scales and %d sizes for %d dimensions", scales.size(),
                                 sizes.size(), dims.size());
  }
  std::vector<Stretch> out(e.rank(x));
  for (size_t d = 0; d < out.size(); ++d) out[d].input = out[d].output = e.size(x, d);
  for (size_t i = 0; i < dims.size(); ++i) {
    Stretch& s = out[dims[i]];
    const auto input = static_cast<double>(s.input);
    const double output = by_size ? sizes[i] : std::floor(input * scales[i]);
    if (!(output >= 0 && output < static_cast<double>(kMaxResizeWeights)) || s.input == 0) {
      return base::InvalidArgument("dimension %d of %s cannot become %g", dims[i],
                                   e.shape(x).ToString(), output);
    }
    s.output = static_cast<int64_t>(output);
    s.scale = by_size ? output / input : scales[i];
    if (roi.size() == 2 * dims.size()) {
      s.roi_start = roi[i];
      s.roi_end = roi[dims.size() + i];
    }
  }
  if (by_size) KeepAspectRatio(node, &out, dims);
  return out;
}

absl::Status Resize(Emitter& e, const Node& node) {
  const Mode mode = ModeOf(node);
  if (mode.mode != "nearest" && mode.mode != "linear" && mode.mode != "cubic") {
    return base::InvalidArgument("mode '%s' is none of nearest, linear and cubic", mode.mode);
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<Stretch> stretches, StretchesOf(e, node));
  InstructionId x = e.Input(node, 0);
  for (int64_t dim = 0; dim < static_cast<int64_t>(stretches.size()); ++dim) {
    const Stretch& s = stretches[dim];
    if (s.input == s.output && s.scale == 1 && !mode.crops()) continue;
    if (mode.mode == "nearest") {
      EQSAT_ASSIGN_OR_RETURN(x, ResizeNearest(e, x, dim, mode, s));
    } else {
      EQSAT_ASSIGN_OR_RETURN(x, Interpolate(e, x, dim, mode, s));
    }
    EQSAT_RETURN_IF_ERROR(e.status());
  }
  for (int64_t dim = 0; dim < static_cast<int64_t>(stretches.size()); ++dim) {
    EQSAT_ASSIGN_OR_RETURN(x, Extrapolate(e, x, dim, mode, stretches[dim]));
  }
  e.Return(node, x);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ResizeOps() {
  static constexpr OpEntry kEntries[] = {
      {"Resize", 1, 4, Resize},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
