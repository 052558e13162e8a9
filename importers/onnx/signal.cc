// Fourier transforms, and the weights that turn frequencies into mels.
#include <algorithm>
#include <cmath>

#include "importers/onnx/indexed.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxWeights = int64_t{1} << 24;

struct Transform {
  int64_t length = 0;
  bool inverse = false;
  bool onesided = false;  // of real numbers, half of the frequencies say all
};

// The first `size` elements of the last dimension, zeros where there are fewer.
InstructionId FitLast(Emitter& e, InstructionId x, int64_t size) {
  if (!e.Ok(x)) return {};
  const int64_t last = e.rank(x) - 1, have = e.size(x, last);
  if (have >= size) return e.Slice(x, last, 0, size);
  Sizes low(last + 1), high(last + 1);
  high[last] = size - have;
  return e.Pad(x, e.Scalar(e.type(x), 0), low, high);
}

InstructionId Fft(Emitter& e, ir::FftType kind, InstructionId x, int64_t length) {
  return e.Add(OpCode::kFft, {x}, ir::FftAttributes{.fft_type = kind, .fft_length = {length}});
}

// Of numbers whose parts, one or two, lie in the last dimension, along `dim`.
absl::StatusOr<InstructionId> TransformAlong(Emitter& e, InstructionId x, int64_t dim,
                                             const Transform& t) {
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t parts_dim = e.rank(x) - 1;
  if (parts_dim < 1 || dim >= parts_dim ||
      (e.size(x, parts_dim) != 1 && e.size(x, parts_dim) != 2)) {
    return base::InvalidArgument(
        "a transform along dimension %d of %s, whose last dimension has to hold one or two parts",
        dim, e.shape(x).ToString());
  }
  if (t.length < 1) return base::InvalidArgument("a transform of %d numbers", t.length);
  const ElementType type = e.type(x);
  const bool is_complex = e.size(x, parts_dim) == 2, to_real = t.inverse && t.onesided;
  const int64_t half = t.length / 2 + 1;
  auto part = [&](int64_t i) {
    InstructionId only = e.Squeeze(e.Slice(x, parts_dim, i, i + 1), parts_dim);
    only = e.Convert(only, type == ElementType::kF64 ? type : ElementType::kF32);
    return FitLast(e, e.MoveDimension(only, dim, parts_dim - 1), to_real ? half : t.length);
  };
  InstructionId real = part(0), result;
  if (t.onesided && !t.inverse && !is_complex) {
    result = Fft(e, ir::FftType::kRfft, real, t.length);
  } else {
    InstructionId both = e.Binary(OpCode::kComplex, real, is_complex ? part(1) : e.Like(real, 0));
    const ir::FftType inverse = to_real ? ir::FftType::kIrfft : ir::FftType::kIfft;
    result = Fft(e, t.inverse ? inverse : ir::FftType::kFft, both, t.length);
    if (t.onesided && !t.inverse) result = e.Slice(result, parts_dim - 1, 0, half);
  }
  if (to_real) {
    result = e.Unsqueeze(result, parts_dim);
  } else {
    result = e.Concatenate({e.Unsqueeze(e.Unary(OpCode::kReal, result), parts_dim),
                            e.Unsqueeze(e.Unary(OpCode::kImag, result), parts_dim)},
                           parts_dim);
  }
  return e.MoveDimension(e.Convert(result, type), parts_dim - 1, dim);
}

absl::Status Dft(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  int64_t axis = node.Int("axis", 1);  // before opset 20
  if (node.version() >= 20) {
    axis = -2;
    if (node.Has(2)) {
      EQSAT_ASSIGN_OR_RETURN(Sizes stated, e.IntsInput(node, 2, "the axis"));
      if (stated.size() != 1) return base::InvalidArgument("%d axes", stated.size());
      axis = stated[0];
    }
  }
  const int64_t dim = e.Axis(axis, e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  Transform t{.inverse = node.Flag("inverse", false), .onesided = node.Flag("onesided", false)};
  t.length = t.inverse && t.onesided ? 2 * (e.size(x, dim) - 1) : e.size(x, dim);
  if (node.Has(1)) {
    EQSAT_ASSIGN_OR_RETURN(Sizes stated, e.IntsInput(node, 1, "the length"));
    if (stated.size() != 1) return base::InvalidArgument("%d lengths", stated.size());
    t.length = stated[0];
  }
  EQSAT_ASSIGN_OR_RETURN(InstructionId result, TransformAlong(e, x, dim, t));
  e.Return(node, result);
  return absl::OkStatus();
}

// Transforms of overlapping frames, each weighted by a window.
absl::Status Stft(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes step, e.IntsInput(node, 1, "the step between frames"));
  int64_t length = node.Has(2) ? e.size(e.Input(node, 2), 0) : e.size(x, 1);
  if (node.Has(3)) {
    EQSAT_ASSIGN_OR_RETURN(Sizes stated, e.IntsInput(node, 3, "the length of a frame"));
    if (stated.size() != 1) return base::InvalidArgument("%d lengths", stated.size());
    length = stated[0];
  }
  if (e.rank(x) != 3 || step.size() != 1 || step[0] < 1 || length < 1 || length > e.size(x, 1) ||
      (node.Has(2) && e.sizes(e.Input(node, 2)) != Sizes{length})) {
    return base::InvalidArgument("frames of %d, [%s] apart, of %s", length, base::Join(step, ","),
                                 e.shape(x).ToString());
  }
  const int64_t frames = (e.size(x, 1) - length) / step[0] + 1;
  const Sizes plane = {frames, length};
  InstructionId place = e.Mul(e.Iota(ElementType::kS64, plane, 0), static_cast<double>(step[0]));
  place = e.AddTo(place, e.Iota(ElementType::kS64, plane, 1));
  InstructionId framed = Take(e, x, place, 1);  // batch, frame, place, part
  if (node.Has(2)) framed = e.Mul(framed, e.Along(e.Input(node, 2), 2, 4));
  const Transform t{.length = length, .onesided = node.Flag("onesided", true)};
  EQSAT_ASSIGN_OR_RETURN(InstructionId result, TransformAlong(e, framed, 2, t));
  e.Return(node, result);
  return absl::OkStatus();
}

// Triangles between the frequencies of neighbouring mels, of which there are two more than bins.
absl::StatusOr<std::vector<double>> MelTriangles(int64_t bins, int64_t frequencies,
                                                 const Sizes& corners) {
  std::vector<double> weights(frequencies * bins);
  for (int64_t i = 0; i < bins; ++i) {
    const int64_t low = corners[i], middle = corners[i + 1], high = corners[i + 2];
    if (low < 0 || middle < low || high < middle || middle >= frequencies || high > frequencies) {
      return base::InvalidArgument("mel %d is from frequency %d to %d of %d", i, low, high,
                                   frequencies);
    }
    for (int64_t k = low; k <= middle; ++k) {
      weights[k * bins + i] =
          low == middle ? 1 : static_cast<double>(k - low) / static_cast<double>(middle - low);
    }
    for (int64_t k = middle; k < high; ++k) {
      weights[k * bins + i] = static_cast<double>(high - k) / static_cast<double>(high - middle);
    }
  }
  return weights;
}

absl::Status MelWeightMatrix(Emitter& e, const Node& node) {
  double inputs[5];
  constexpr std::string_view kMeanings[] = {"the number of mels", "the length of the transform",
                                            "the sample rate", "the lowest frequency",
                                            "the highest frequency"};
  for (size_t i = 0; i < 5; ++i) {
    EQSAT_ASSIGN_OR_RETURN(inputs[i], e.NumberInput(node, i, kMeanings[i]));
  }
  const auto [bins, length, rate, lowest, highest] = inputs;
  const double frequencies = std::floor(length / 2) + 1;
  if (!(bins >= 0 && length >= 0 && rate > 0 && lowest >= 0 && highest >= lowest &&
        bins <= kMaxWeights && (bins + 2) * frequencies <= kMaxWeights)) {
    return base::InvalidArgument("%g mels of %g numbers at a rate of %g, from %g to %g", bins,
                                 length, rate, lowest, highest);
  }
  auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  const Sizes sizes = {static_cast<int64_t>(frequencies), static_cast<int64_t>(bins)};
  const double step = (mel(highest) - mel(lowest)) / (bins + 2);
  Sizes corners;
  for (int64_t i = 0; i < sizes[1] + 2; ++i) {
    const double at = mel(lowest) + static_cast<double>(i) * step;
    const double hertz = 700 * (std::pow(10, at / 2595) - 1);
    corners.push_back(static_cast<int64_t>(
        std::min(std::floor((length + 1) * hertz / rate), static_cast<double>(kMaxWeights))));
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<double> weights, MelTriangles(sizes[1], sizes[0], corners));
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("output_datatype", 1)));
  e.Return(node, e.Doubles(type, sizes, weights));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> SignalOps() {
  static constexpr OpEntry kEntries[] = {
      {"DFT", 1, 3, Dft},
      {"MelWeightMatrix", 5, 5, MelWeightMatrix},
      {"STFT", 2, 4, Stft},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
