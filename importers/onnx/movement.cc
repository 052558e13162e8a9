// Operators that move elements without looking at them.
#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// Sizes in the file are bounded so that sums and products of a few do not overflow.
constexpr int64_t kMaxPadding = int64_t{1} << 40;
constexpr int64_t kMaxBlock = int64_t{1} << 15;

absl::Status Identity(Emitter& e, const Node& node) {
  e.Return(node, e.Input(node, 0));
  return absl::OkStatus();
}

// As at inference: nothing is dropped.
absl::Status Dropout(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  if (node.Has(2)) {
    EQSAT_ASSIGN_OR_RETURN(double training, e.NumberInput(node, 2, "training_mode"));
    double ratio = 0.5;
    if (node.Has(1)) {
      EQSAT_ASSIGN_OR_RETURN(ratio, e.NumberInput(node, 1, "the ratio"));
    }
    if (training != 0 && ratio != 0) {
      return base::Unimplemented(
          "training_mode drops values at random; export the model for inference");
    }
  }
  const InstructionId outputs[] = {x, e.Full(ElementType::kPred, e.sizes(x), 1)};
  e.Return(node, outputs);
  return absl::OkStatus();
}

absl::Status Reshape(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes to, e.IntsInput(node, 1, "the shape"));
  const bool allow_zero = node.Flag("allowzero", false);
  int64_t inferred = -1, known = 1;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !allow_zero) {
      if (static_cast<int64_t>(i) >= e.rank(x)) {
        return base::InvalidArgument("size %d of the shape is 0, but %s has no such dimension", i,
                                     e.shape(x).ToString());
      }
      to[i] = e.size(x, i);
    }
    if (to[i] < -1 || (to[i] == -1 && inferred >= 0)) {
      return base::InvalidArgument("the shape is [%s]", base::Join(to, ","));
    }
    if (to[i] == -1) {
      inferred = static_cast<int64_t>(i);
    } else if (__builtin_mul_overflow(known, to[i], &known)) {
      return base::InvalidArgument("the shape [%s] is too large", base::Join(to, ","));
    }
  }
  const int64_t count = e.shape(x).ElementCount();
  if (inferred >= 0) to[inferred] = known == 0 ? 0 : count / known;
  if ((inferred >= 0 && known != 0 ? known * to[inferred] : known) != count) {
    return base::InvalidArgument("%s has %d elements, which the shape [%s] does not hold",
                                 e.shape(x).ToString(), count, base::Join(to, ","));
  }
  e.Return(node, e.Reshape(x, to));
  return absl::OkStatus();
}

absl::Status Transpose(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  Sizes reversed(e.rank(x));
  for (size_t i = 0; i < reversed.size(); ++i) {
    reversed[i] = static_cast<int64_t>(reversed.size() - 1 - i);
  }
  e.Return(node, e.Transpose(x, node.Ints("perm").value_or(reversed)));
  return absl::OkStatus();
}

absl::Status Squeeze(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  Sizes ones;
  for (int64_t d = 0; d < e.rank(x); ++d) {
    if (e.size(x, d) == 1) ones.push_back(d);
  }
  EQSAT_ASSIGN_OR_RETURN(Sizes axes, e.IntsInputOr(node, 1, "axes", ones));
  const Sizes dims = e.Axes(axes, e.rank(x));
  Sizes kept;
  for (int64_t d = 0; d < e.rank(x); ++d) {
    if (std::ranges::find(dims, d) == dims.end()) {
      kept.push_back(e.size(x, d));
    } else if (e.size(x, d) != 1) {
      return base::InvalidArgument("dimension %d of %s has not the size 1", d,
                                   e.shape(x).ToString());
    }
  }
  e.Return(node, e.Reshape(x, kept));
  return absl::OkStatus();
}

absl::Status Unsqueeze(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes axes, e.IntsInputOr(node, 1, "axes", {}));
  const int64_t rank = e.rank(x) + static_cast<int64_t>(axes.size());
  Sizes dims = e.Axes(axes, rank);
  EQSAT_RETURN_IF_ERROR(e.status());
  std::ranges::sort(dims);
  Sizes to = e.sizes(x);
  for (int64_t dim : dims) to.insert(to.begin() + dim, 1);
  e.Return(node, e.Reshape(x, to));
  return absl::OkStatus();
}

absl::Status Flatten(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t rank = e.rank(x), axis = node.Int("axis", 1);
  if (axis < -rank || axis > rank) {
    return base::InvalidArgument("axis %d is outside the %d dimensions", axis, rank);
  }
  Sizes to = {1, 1};
  for (int64_t d = 0; d < rank; ++d)
    to[d < (axis < 0 ? axis + rank : axis) ? 0 : 1] *= e.size(x, d);
  e.Return(node, e.Reshape(x, to));
  return absl::OkStatus();
}

absl::Status Concat(Emitter& e, const Node& node) {
  std::vector<InstructionId> operands;
  for (size_t i = 0; i < node.input_count(); ++i) operands.push_back(e.Input(node, i));
  const int64_t dim = e.Axis(node.Int("axis", 0), e.rank(operands[0]));
  e.Return(node, e.Concatenate(operands, dim));
  return absl::OkStatus();
}

// Parts of equal size, the last one smaller if need be, where no sizes are given.
absl::Status Split(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t dim = e.Axis(node.Int("axis", 0), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t size = e.size(x, dim);
  const int64_t count = node.Int("num_outputs", static_cast<int64_t>(node.output_count()));
  EQSAT_ASSIGN_OR_RETURN(Sizes parts, e.IntsInputOr(node, 1, "split", {}));
  if (parts.empty()) {
    if (count <= 0 || count > static_cast<int64_t>(node.output_count())) {
      return base::InvalidArgument("it splits into %d parts, but has %d outputs", count,
                                   node.output_count());
    }
    const int64_t each = (size + count - 1) / count;
    for (int64_t i = 0; i < count; ++i) {
      parts.push_back(std::clamp<int64_t>(size - i * each, 0, each));
    }
  }
  std::vector<InstructionId> outputs;
  int64_t start = 0;
  for (int64_t part : parts) {
    if (part < 0 || part > size - start) {
      return base::InvalidArgument("parts of [%s] of dimension %d of %s", base::Join(parts, ","),
                                   dim, e.shape(x).ToString());
    }
    outputs.push_back(e.Slice(x, dim, start, start + part));
    start += part;
  }
  e.Return(node, outputs);
  return absl::OkStatus();
}

// From `start` to before `end` in steps of `step`; a negative step goes backwards.
InstructionId SliceAlong(Emitter& e, InstructionId x, int64_t dim, int64_t start, int64_t end,
                         int64_t step) {
  const int64_t size = e.size(x, dim);
  auto from_end = [size](int64_t at) { return at < 0 ? at + size : at; };
  if (step > 0) {
    start = std::clamp<int64_t>(from_end(start), 0, size);
    end = std::clamp<int64_t>(from_end(end), start, size);
    return e.Slice(x, dim, start, end, std::min(step, std::max<int64_t>(size, 1)));
  }
  // Of the reversed dimension, where an index i is size - 1 - i.
  start = std::clamp<int64_t>(from_end(start), -1, size - 1);
  end = std::clamp<int64_t>(from_end(end), -1, size - 1);
  const int64_t first = size - 1 - start, limit = std::max(size - 1 - end, first);
  const int64_t stride = step < -size ? std::max<int64_t>(size, 1) : -step;
  return e.Slice(e.Reverse(x, {dim}), dim, first, limit, stride);
}

absl::Status Slice(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes starts, e.IntsInput(node, 1, "starts"));
  EQSAT_ASSIGN_OR_RETURN(Sizes ends, e.IntsInput(node, 2, "ends"));
  Sizes all(starts.size());
  std::iota(all.begin(), all.end(), 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes axes, e.IntsInputOr(node, 3, "axes", all));
  EQSAT_ASSIGN_OR_RETURN(Sizes steps, e.IntsInputOr(node, 4, "steps", Sizes(starts.size(), 1)));
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size() || std::ranges::count(steps, 0) != 0) {
    return base::InvalidArgument("starts, ends, axes and steps are [%s], [%s], [%s] and [%s]",
                                 base::Join(starts, ","), base::Join(ends, ","),
                                 base::Join(axes, ","), base::Join(steps, ","));
  }
  const Sizes dims = e.Axes(axes, e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  for (size_t i = 0; i < dims.size(); ++i) {
    x = SliceAlong(e, x, dims[i], starts[i], ends[i], steps[i]);
    EQSAT_RETURN_IF_ERROR(e.status());
  }
  e.Return(node, x);
  return absl::OkStatus();
}

// The elements before and after `x` along `dim` in a mode that repeats its own; `count` > 0.
absl::StatusOr<InstructionId> BorderAlong(Emitter& e, InstructionId x, int64_t dim, int64_t count,
                                          bool before, const std::string& mode) {
  const int64_t size = e.size(x, dim);
  const int64_t needed = mode == "edge" ? 1 : mode == "reflect" ? count + 1 : count;
  if (size < needed) {
    return base::Unimplemented("%s padding by %d of a dimension of %d", mode, count, size);
  }
  if (mode == "edge") {
    InstructionId edge = before ? e.Slice(x, dim, 0, 1) : e.Slice(x, dim, size - 1, size);
    Sizes to = e.sizes(x);
    to[dim] = count;
    return e.Expand(edge, to);
  }
  if (mode == "wrap") {
    return before ? e.Slice(x, dim, size - count, size) : e.Slice(x, dim, 0, count);
  }
  InstructionId mirrored =
      before ? e.Slice(x, dim, 1, count + 1) : e.Slice(x, dim, size - 1 - count, size - 1);
  return e.Reverse(mirrored, {dim});
}

absl::StatusOr<InstructionId> PadByOwn(Emitter& e, InstructionId x, const std::string& mode,
                                       const Sizes& low, const Sizes& high) {
  for (int64_t dim = 0; dim < static_cast<int64_t>(low.size()); ++dim) {
    // Negative padding cuts first.
    x = e.Slice(x, dim, std::max<int64_t>(-low[dim], 0),
                e.size(x, dim) - std::max<int64_t>(-high[dim], 0));
    EQSAT_RETURN_IF_ERROR(e.status());
    std::vector<InstructionId> parts = {x};
    if (low[dim] > 0) {
      EQSAT_ASSIGN_OR_RETURN(InstructionId border, BorderAlong(e, x, dim, low[dim], true, mode));
      parts.insert(parts.begin(), border);
    }
    if (high[dim] > 0) {
      EQSAT_ASSIGN_OR_RETURN(InstructionId border, BorderAlong(e, x, dim, high[dim], false, mode));
      parts.push_back(border);
    }
    x = e.Concatenate(parts, dim);
  }
  return x;
}

absl::Status Pad(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t rank = e.rank(x);
  EQSAT_ASSIGN_OR_RETURN(Sizes pads, e.IntsInput(node, 1, "pads"));
  Sizes all(rank);
  std::iota(all.begin(), all.end(), 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes axes, e.IntsInputOr(node, 3, "axes", all));
  const Sizes dims = e.Axes(axes, rank);
  EQSAT_RETURN_IF_ERROR(e.status());
  auto in_range = [](int64_t pad) { return std::abs(pad) <= kMaxPadding; };
  if (pads.size() != 2 * dims.size() || !std::ranges::all_of(pads, in_range)) {
    return base::InvalidArgument("pads of [%s] for %d axes", base::Join(pads, ","), dims.size());
  }
  Sizes low(rank), high(rank);
  for (size_t i = 0; i < dims.size(); ++i) {
    low[dims[i]] = pads[i];
    high[dims[i]] = pads[dims.size() + i];
  }
  const std::string mode = node.String("mode", "constant");
  if (mode == "constant") {
    InstructionId value = node.Has(2) ? e.Reshape(e.Convert(e.Input(node, 2), e.type(x)), Sizes{})
                                      : e.Scalar(e.type(x), 0);
    e.Return(node, e.Pad(x, value, low, high));
    return absl::OkStatus();
  }
  if (mode != "edge" && mode != "reflect" && mode != "wrap") {
    return base::InvalidArgument("mode '%s' is none of constant, edge, reflect and wrap", mode);
  }
  EQSAT_ASSIGN_OR_RETURN(InstructionId padded, PadByOwn(e, x, mode, low, high));
  e.Return(node, padded);
  return absl::OkStatus();
}

// Sizes of 1 on either side are stretched.
absl::Status Expand(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes to, e.IntsInput(node, 1, "the shape"));
  const Sizes from = e.sizes(x);
  if (from.size() > to.size()) to.insert(to.begin(), from.size() - to.size(), 1);
  const size_t offset = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (to[offset + i] == 1) to[offset + i] = from[i];
  }
  e.Return(node, e.Expand(x, to));
  return absl::OkStatus();
}

// Each dimension split into one for the copies and its own.
absl::Status Tile(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes repeats, e.IntsInput(node, 1, "repeats"));
  const Sizes from = e.sizes(x);
  if (repeats.size() != from.size() ||
      std::ranges::any_of(repeats, [](int64_t n) { return n < 0; })) {
    return base::InvalidArgument("repeats of [%s] for %s", base::Join(repeats, ","),
                                 e.shape(x).ToString());
  }
  Sizes apart, spread, joint;
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t size = 0;
    if (__builtin_mul_overflow(repeats[i], from[i], &size)) {
      return base::InvalidArgument("repeats of [%s] are too many", base::Join(repeats, ","));
    }
    apart.insert(apart.end(), {1, from[i]});
    spread.insert(spread.end(), {repeats[i], from[i]});
    joint.push_back(size);
  }
  e.Return(node, e.Reshape(e.Expand(e.Reshape(x, apart), spread), joint));
  return absl::OkStatus();
}

absl::Status DepthToSpace(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t block = node.Int("blocksize", 0);
  if (e.rank(x) != 4 || block <= 0 || block > kMaxBlock || e.size(x, 1) % (block * block) != 0) {
    return base::InvalidArgument("blocks of %d from %s", block, e.shape(x).ToString());
  }
  const int64_t n = e.size(x, 0), c = e.size(x, 1) / (block * block), h = e.size(x, 2),
                w = e.size(x, 3);
  const bool column_first = node.String("mode", "DCR") == "CRD";
  x = e.Reshape(x,
                column_first ? Sizes{n, c, block, block, h, w} : Sizes{n, block, block, c, h, w});
  x = e.Transpose(x, column_first ? Sizes{0, 1, 4, 2, 5, 3} : Sizes{0, 3, 4, 1, 5, 2});
  e.Return(node, e.Reshape(x, Sizes{n, c, h * block, w * block}));
  return absl::OkStatus();
}

absl::Status SpaceToDepth(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t block = node.Int("blocksize", 0);
  if (e.rank(x) != 4 || block <= 0 || block > kMaxBlock || e.size(x, 2) % block != 0 ||
      e.size(x, 3) % block != 0) {
    return base::InvalidArgument("blocks of %d from %s", block, e.shape(x).ToString());
  }
  const int64_t n = e.size(x, 0), c = e.size(x, 1), h = e.size(x, 2) / block,
                w = e.size(x, 3) / block;
  x = e.Reshape(x, Sizes{n, c, h, block, w, block});
  const bool column_first = node.String("mode", "DCR") == "CRD";
  x = e.Transpose(x, column_first ? Sizes{0, 1, 3, 5, 2, 4} : Sizes{0, 3, 5, 1, 2, 4});
  e.Return(node, e.Reshape(x, Sizes{n, c * block * block, h, w}));
  return absl::OkStatus();
}

// The middle of each dimension: cut from it, or with zeros around it.
absl::Status CenterCropPad(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes to, e.IntsInput(node, 1, "the shape"));
  Sizes all(e.rank(x));
  std::iota(all.begin(), all.end(), 0);
  const Sizes dims = e.Axes(node.Ints("axes").value_or(all), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (to.size() != dims.size() || std::ranges::any_of(to, [](int64_t size) { return size < 0; })) {
    return base::InvalidArgument("a shape of [%s] for %d dimensions", base::Join(to, ","),
                                 dims.size());
  }
  Sizes low(e.rank(x)), high(e.rank(x));
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t missing = to[i] - e.size(x, dims[i]);
    // The odd element is at the end, whether it is added or cut.
    low[dims[i]] = missing / 2;
    high[dims[i]] = missing - missing / 2;
  }
  e.Return(node, e.Pad(x, e.Scalar(e.type(x), 0), low, high));
  return absl::OkStatus();
}

// The triangle of each matrix; zeros elsewhere.
absl::Status Trilu(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t rank = e.rank(x);
  if (rank < 2) return base::InvalidArgument("%s holds no matrices", e.shape(x).ToString());
  InstructionId offset = e.Scalar(ElementType::kS64, 0);
  if (node.Has(1)) offset = e.Reshape(e.Input(node, 1), Sizes{});
  const Sizes matrix = {e.size(x, rank - 2), e.size(x, rank - 1)};
  InstructionId row = e.AddTo(e.Iota(ElementType::kS64, matrix, 0), offset);
  InstructionId column = e.Iota(ElementType::kS64, matrix, 1);
  const Direction direction = node.Flag("upper", true) ? Direction::kGe : Direction::kLe;
  e.Return(node, e.Select(e.Comparing(column, direction, row), x, e.Like(x, 0)));
  return absl::OkStatus();
}

// A tensor is there; an input that is left out is not.
absl::Status OptionalHasElement(Emitter& e, const Node& node) {
  e.Return(node, e.Scalar(ElementType::kPred, node.Has(0) ? 1 : 0));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> MovementOps() {
  static constexpr OpEntry kEntries[] = {
      {"CenterCropPad", 2, 2, CenterCropPad},
      {"Concat", 1, kAny, Concat},
      {"DepthToSpace", 1, 1, DepthToSpace},
      {"Dropout", 1, 3, Dropout},
      {"Expand", 2, 2, Expand},
      {"Flatten", 1, 1, Flatten},
      {"Identity", 1, 1, Identity},
      {"OptionalGetElement", 1, 1, Identity},
      {"OptionalHasElement", 0, 1, OptionalHasElement},
      {"Pad", 2, 4, Pad},
      {"Reshape", 2, 2, Reshape},
      {"Slice", 3, 5, Slice},
      {"SpaceToDepth", 1, 1, SpaceToDepth},
      {"Split", 1, 2, Split},
      {"Squeeze", 1, 2, Squeeze},
      {"Tile", 2, 2, Tile},
      {"Transpose", 1, 1, Transpose},
      {"Trilu", 1, 2, Trilu},
      {"Unsqueeze", 1, 2, Unsqueeze},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
