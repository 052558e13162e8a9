// Pools: reductions over windows.
#include <algorithm>
#include <numeric>

#include "importers/onnx/op_table.h"
#include "importers/onnx/reduction.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxCounts = int64_t{1} << 24;  // windows along one dimension of an average

absl::StatusOr<ir::Window> PoolWindow(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  return WindowOf(node, SpatialSizes(e, x), node.Ints("kernel_shape").value_or(Sizes()));
}

InstructionId ReduceWindow(Emitter& e, OpCode opcode, InstructionId x, const ir::Window& window) {
  ir::WindowAttributes attributes{.window = WithBatchAndFeature(window)};
  const ir::ComputationId combiner = e.Combiner(opcode, e.type(x));
  const InstructionId operands[] = {x, e.Neutral(opcode, e.type(x))};
  return e.Add(OpCode::kReduceWindow, operands, std::move(attributes), {&combiner, 1});
}

// Of two elements with their places: the larger, of equal ones the first. Places before the first
// element are padding and never win.
absl::StatusOr<ir::ComputationId> LargerWithPlace(Emitter& e, ElementType type) {
  Emitter body(e, "larger");
  const ir::Shape value(type, {}), place(ElementType::kS64, {});
  InstructionId a = body.Parameter(0, value), a_place = body.Parameter(1, place);
  InstructionId b = body.Parameter(2, value), b_place = body.Parameter(3, place);
  InstructionId tie = body.Binary(OpCode::kAnd, body.Compare(a, Direction::kEq, b),
                                  body.Compare(a_place, Direction::kLt, b_place));
  InstructionId first = body.Binary(OpCode::kOr, body.Compare(a, Direction::kGt, b), tie);
  InstructionId padding = body.Comparing(b_place, Direction::kLt, 0);
  InstructionId other_padding = body.Comparing(a_place, Direction::kLt, 0);
  first = body.Binary(OpCode::kOr, padding,
                      body.Binary(OpCode::kAnd, first, body.Unary(OpCode::kNot, other_padding)));
  return body.Finish({{body.Select(first, a, b), body.Select(first, a_place, b_place)}});
}

// The place of each element in the whole tensor; `column_major`: with the spatial dimensions of
// each image in the other order.
InstructionId Places(Emitter& e, const Sizes& sizes, bool column_major) {
  const auto rank = static_cast<int64_t>(sizes.size());
  Sizes order(rank);
  std::iota(order.begin(), order.end(), 0);
  if (column_major) std::reverse(order.begin() + kSpatialDims, order.end());
  InstructionId places = e.Full(ElementType::kS64, sizes, 0);
  int64_t stride = 1;
  for (int64_t i = rank; i-- > 0;) {
    InstructionId along = e.Iota(ElementType::kS64, sizes, order[i]);
    places = e.AddTo(places, e.Mul(along, static_cast<double>(stride)));
    stride *= sizes[order[i]];
  }
  return places;
}

absl::Status MaxPool(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, PoolWindow(e, node));
  InstructionId x = e.Input(node, 0);
  if (!node.Wants(1)) {
    e.Return(node, ReduceWindow(e, OpCode::kMaximum, x, window));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId larger, LargerWithPlace(e, e.type(x)));
  const InstructionId operands[] = {x, Places(e, e.sizes(x), node.Flag("storage_order", false)),
                                    e.Neutral(OpCode::kMaximum, e.type(x)),
                                    e.Scalar(ElementType::kS64, -1)};
  ir::WindowAttributes attributes{.window = WithBatchAndFeature(window)};
  InstructionId both = e.Add(OpCode::kReduceWindow, operands, std::move(attributes), {&larger, 1});
  const InstructionId outputs[] = {e.Element(both, 0), e.Element(both, 1)};
  e.Return(node, outputs);
  return absl::OkStatus();
}

// How many elements each window covers along one dimension: those of the input, or, with padding,
// those up to where the node's own padding ends.
std::vector<double> Coverage(const ir::WindowDimension& d, int64_t input, int64_t low,
                             int64_t high) {
  std::vector<double> counts(OutputSize(d, input));
  for (size_t o = 0; o < counts.size(); ++o) {
    const int64_t start = static_cast<int64_t>(o) * d.stride - d.padding_low;
    // The k-th element is at start + k * dilation; those of [low, high) count.
    auto before = [&](int64_t limit) {
      const int64_t reach = limit - start;
      return std::clamp<int64_t>((reach + d.window_dilation - 1) / d.window_dilation, 0, d.size);
    };
    auto count = [&](int64_t limit) { return limit <= start ? int64_t{0} : before(limit); };
    counts[o] = static_cast<double>(count(high) - count(low));
  }
  return counts;
}

// The number of elements that each window's sum is divided by.
InstructionId WindowCounts(Emitter& e, const Node& node, InstructionId x,
                           const ir::Window& window) {
  const Sizes input = SpatialSizes(e, x), pads = node.Ints("pads", 2 * input.size(), 0);
  const bool include_pad = node.Flag("count_include_pad", false);
  const bool explicit_pads = node.String("auto_pad", "NOTSET") == "NOTSET";
  const int64_t rank = e.rank(x);
  InstructionId counts = e.Scalar(e.type(x), 1);
  for (size_t i = 0; i < window.size(); ++i) {
    const ir::WindowDimension& d = window[i];
    const int64_t high_pad = explicit_pads ? pads[input.size() + i] : d.padding_high;
    const int64_t low = include_pad ? -d.padding_low : 0;
    const int64_t high = input[i] + (include_pad ? high_pad : 0);
    const std::vector<double> along = Coverage(d, input[i], low, high);
    const bool uniform =
        std::ranges::all_of(along, [&along](double count) { return count == along[0]; });
    const auto size = static_cast<int64_t>(along.size());
    InstructionId factor = uniform && size > 0
                               ? e.Scalar(e.type(x), along[0])
                               : e.Along(e.Doubles(e.type(x), {size}, along),
                                         static_cast<int64_t>(i) + kSpatialDims, rank);
    counts = e.Mul(counts, factor);
  }
  return counts;
}

absl::Status AveragePool(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, PoolWindow(e, node));
  InstructionId x = e.Input(node, 0);
  const Sizes input = SpatialSizes(e, x);
  for (size_t i = 0; i < window.size(); ++i) {
    if (OutputSize(window[i], input[i]) > kMaxCounts) {
      return base::Unimplemented("%d averages along dimension %d", OutputSize(window[i], input[i]),
                                 i + kSpatialDims);
    }
  }
  InstructionId sum = ReduceWindow(e, OpCode::kAdd, x, window);
  e.Return(node, e.Div(sum, WindowCounts(e, node, x, window)));
  return absl::OkStatus();
}

// The p-th root of a sum of p-th powers.
template <typename Sum>
absl::Status Norm(Emitter& e, const Node& node, Sum sum) {
  InstructionId x = e.Unary(OpCode::kAbs, e.Input(node, 0));
  const auto p = static_cast<double>(node.Int("p", 2));
  if (p == 1) {
    e.Return(node, sum(x));
  } else if (p == 2) {
    e.Return(node, e.Unary(OpCode::kSqrt, sum(e.Mul(x, x))));
  } else {
    e.Return(node, e.Binary(OpCode::kPower, sum(e.Binary(OpCode::kPower, x, p)), 1 / p));
  }
  return absl::OkStatus();
}

absl::Status LpPool(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, PoolWindow(e, node));
  return Norm(e, node, [&](InstructionId x) { return ReduceWindow(e, OpCode::kAdd, x, window); });
}

Sizes SpatialDims(const Emitter& e, InstructionId x) {
  Sizes dims(std::max<int64_t>(e.rank(x) - kSpatialDims, 0));
  std::iota(dims.begin(), dims.end(), kSpatialDims);
  return dims;
}

absl::Status GlobalAveragePool(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, ReduceMean(e, x, SpatialDims(e, x), Keep::kYes));
  return absl::OkStatus();
}

absl::Status GlobalMaxPool(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, e.Reduce(OpCode::kMaximum, x, SpatialDims(e, x), Keep::kYes));
  return absl::OkStatus();
}

absl::Status GlobalLpPool(Emitter& e, const Node& node) {
  const Sizes dims = SpatialDims(e, e.Input(node, 0));
  return Norm(e, node,
              [&](InstructionId x) { return e.Reduce(OpCode::kAdd, x, dims, Keep::kYes); });
}

}  // namespace

absl::Span<const OpEntry> PoolingOps() {
  static constexpr OpEntry kEntries[] = {
      {"AveragePool", 1, 1, AveragePool},
      {"GlobalAveragePool", 1, 1, GlobalAveragePool},
      {"GlobalLpPool", 1, 1, GlobalLpPool},
      {"GlobalMaxPool", 1, 1, GlobalMaxPool},
      {"LpPool", 1, 1, LpPool},
      {"MaxPool", 1, 1, MaxPool},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
