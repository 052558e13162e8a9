// Reductions, positions of extremes, softmax, running sums, sorting.
#include "importers/onnx/reduction.h"

#include <numeric>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

struct ReducedDims {
  Sizes dims;
  Keep keep;
};

// No axes: all of them, or none where the node says so.
absl::StatusOr<ReducedDims> DimsOf(Emitter& e, const Node& node) {
  const int64_t rank = e.rank(e.Input(node, 0));
  EQSAT_ASSIGN_OR_RETURN(Sizes axes, e.IntsInputOr(node, 1, "axes", {}));
  ReducedDims out{e.Axes(axes, rank), node.Flag("keepdims", true) ? Keep::kYes : Keep::kNo};
  EQSAT_RETURN_IF_ERROR(e.status());
  if (axes.empty() && !node.Flag("noop_with_empty_axes", false)) {
    out.dims.resize(rank);
    std::iota(out.dims.begin(), out.dims.end(), 0);
  }
  return out;
}

InstructionId Square(Emitter& e, InstructionId x) { return e.Mul(x, x); }
InstructionId Same(Emitter&, InstructionId x) { return x; }
InstructionId Exp(Emitter& e, InstructionId x) { return e.Unary(OpCode::kExponential, x); }
InstructionId Log(Emitter& e, InstructionId x) { return e.Unary(OpCode::kLog, x); }
InstructionId Magnitude(Emitter& e, InstructionId x) {
  return ir::IsUnsigned(e.type(x)) ? x : e.Unary(OpCode::kAbs, x);
}
InstructionId Root(Emitter& e, InstructionId x) {
  if (ir::IsFloat(e.type(x))) return e.Unary(OpCode::kSqrt, x);
  return e.Convert(e.Unary(OpCode::kSqrt, e.Convert(x, ElementType::kF64)), e.type(x));
}

using Map = InstructionId (*)(Emitter& e, InstructionId x);

// after(reduce(before(x)))
template <OpCode kOpCode, Map kBefore = Same, Map kAfter = Same>
absl::Status ReduceOp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ReducedDims reduced, DimsOf(e, node));
  InstructionId x = kBefore(e, e.Input(node, 0));
  e.Return(node, kAfter(e, e.Reduce(kOpCode, x, reduced.dims, reduced.keep)));
  return absl::OkStatus();
}

// Truth values: the largest is their or, the least their and.
template <OpCode kOpCode, OpCode kLogical>
absl::Status ReduceExtreme(Emitter& e, const Node& node) {
  const bool logical = e.type(e.Input(node, 0)) == ElementType::kPred;
  return logical ? ReduceOp<kLogical>(e, node) : ReduceOp<kOpCode>(e, node);
}

absl::Status ReduceMeanOp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ReducedDims reduced, DimsOf(e, node));
  e.Return(node, ReduceMean(e, e.Input(node, 0), reduced.dims, reduced.keep));
  return absl::OkStatus();
}

// Shifted by the largest element, so that it does not overflow.
absl::Status ReduceLogSumExp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ReducedDims reduced, DimsOf(e, node));
  InstructionId x = e.Input(node, 0);
  InstructionId largest = e.Reduce(OpCode::kMaximum, x, reduced.dims, Keep::kYes);
  InstructionId finite = e.Unary(OpCode::kIsFinite, largest);
  largest = e.Select(finite, largest, e.Like(largest, 0));
  InstructionId sum = e.Reduce(OpCode::kAdd, Exp(e, e.Sub(x, largest)), reduced.dims, Keep::kYes);
  InstructionId result = e.AddTo(Log(e, sum), largest);
  if (reduced.keep == Keep::kNo && e.Ok(result)) {
    Sizes kept;
    for (int64_t d = 0; d < e.rank(x); ++d) {
      if (std::ranges::find(reduced.dims, d) == reduced.dims.end()) kept.push_back(e.size(x, d));
    }
    result = e.Reshape(result, kept);
  }
  e.Return(node, result);
  return absl::OkStatus();
}

template <Direction kBetter>
absl::Status ArgExtremeOp(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t dim = e.Axis(node.Int("axis", 0), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  const Tie tie = node.Flag("select_last_index", false) ? Tie::kLast : Tie::kFirst;
  InstructionId position = ArgExtreme(e, x, dim, kBetter, tie);
  e.Return(node, node.Flag("keepdims", true) ? position : e.Squeeze(position, dim));
  return absl::OkStatus();
}

template <InstructionId (*kFunction)(TensorEmitter&, InstructionId, int64_t)>
absl::Status AlongAxis(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t dim = e.Axis(node.Int("axis", -1), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  e.Return(node, kFunction(e, x, dim));
  return absl::OkStatus();
}

InstructionId Hardmax(TensorEmitter& e, InstructionId x, int64_t dim) {
  InstructionId position = ArgExtreme(e, x, dim, Direction::kGt, Tie::kFirst);
  InstructionId places = e.Iota(ElementType::kS64, e.sizes(x), dim);
  return e.Convert(e.Comparing(places, Direction::kEq, position), e.type(x));
}

// A window over all that came before. `exclusive`: without the element itself.
template <OpCode kOpCode>
absl::Status Cumulative(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes axis, e.IntsInput(node, 1, "axis"));
  if (axis.size() != 1) return base::InvalidArgument("axis has %d elements", axis.size());
  const int64_t dim = e.Axis(axis[0], e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t size = e.size(x, dim);
  if (size == 0) {
    e.Return(node, x);
    return absl::OkStatus();
  }
  const bool exclusive = node.Flag("exclusive", false), reverse = node.Flag("reverse", false);
  ir::WindowAttributes attributes;
  attributes.window.resize(e.rank(x));
  ir::WindowDimension& along = attributes.window[dim];
  along.size = size;
  const int64_t before = exclusive ? size : size - 1, after = exclusive ? -1 : 0;
  along.padding_low = reverse ? after : before;
  along.padding_high = reverse ? before : after;
  const ir::ComputationId combiner = e.Combiner(kOpCode, e.type(x));
  const InstructionId operands[] = {x, e.Neutral(kOpCode, e.type(x))};
  e.Return(node, e.Add(OpCode::kReduceWindow, operands, std::move(attributes), {&combiner, 1}));
  return absl::OkStatus();
}

// Sorts values with their places; equal values keep the order of their places.
absl::Status TopK(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes k, e.IntsInput(node, 1, "k"));
  const int64_t dim = e.Axis(node.Int("axis", -1), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (k.size() != 1 || k[0] < 0 || k[0] > e.size(x, dim)) {
    return base::InvalidArgument("the first [%s] of dimension %d of %s", base::Join(k, ","), dim,
                                 e.shape(x).ToString());
  }
  Emitter compare(e, "compare");
  const ir::Shape value(e.type(x), {}), place(ElementType::kS64, {});
  InstructionId a = compare.Parameter(0, value), b = compare.Parameter(1, value);
  compare.Parameter(2, place);
  compare.Parameter(3, place);
  ir::CompareAttributes order{.direction =
                                  node.Flag("largest", true) ? Direction::kGt : Direction::kLt};
  if (ir::IsFloat(e.type(x))) order.type = ir::ComparisonType::kFloatTotalOrder;
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId region,
                         compare.Finish({{compare.Add(OpCode::kCompare, {a, b}, order)}}));
  const InstructionId operands[] = {x, e.Iota(ElementType::kS64, e.sizes(x), dim)};
  InstructionId sorted =
      e.Add(OpCode::kSort, operands, ir::SortAttributes{.dimensions = {dim}, .is_stable = true},
            {&region, 1});
  const InstructionId outputs[] = {e.Slice(e.Element(sorted, 0), dim, 0, k[0]),
                                   e.Slice(e.Element(sorted, 1), dim, 0, k[0])};
  e.Return(node, outputs);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ReductionOps() {
  static constexpr OpEntry kEntries[] = {
      {"ArgMax", 1, 1, ArgExtremeOp<Direction::kGt>},
      {"ArgMin", 1, 1, ArgExtremeOp<Direction::kLt>},
      {"CumProd", 2, 2, Cumulative<OpCode::kMultiply>},
      {"CumSum", 2, 2, Cumulative<OpCode::kAdd>},
      {"Hardmax", 1, 1, AlongAxis<Hardmax>},
      {"LogSoftmax", 1, 1, AlongAxis<LogSoftmax>},
      {"ReduceL1", 1, 2, ReduceOp<OpCode::kAdd, Magnitude>},
      {"ReduceL2", 1, 2, ReduceOp<OpCode::kAdd, Square, Root>},
      {"ReduceLogSum", 1, 2, ReduceOp<OpCode::kAdd, Same, Log>},
      {"ReduceLogSumExp", 1, 2, ReduceLogSumExp},
      {"ReduceMax", 1, 2, ReduceExtreme<OpCode::kMaximum, OpCode::kOr>},
      {"ReduceMean", 1, 2, ReduceMeanOp},
      {"ReduceMin", 1, 2, ReduceExtreme<OpCode::kMinimum, OpCode::kAnd>},
      {"ReduceProd", 1, 2, ReduceOp<OpCode::kMultiply>},
      {"ReduceSum", 1, 2, ReduceOp<OpCode::kAdd>},
      {"ReduceSumSquare", 1, 2, ReduceOp<OpCode::kAdd, Square>},
      {"Softmax", 1, 1, AlongAxis<Softmax>},
      {"TopK", 2, 2, TopK},
  };
  return kEntries;
}

InstructionId ReduceMean(TensorEmitter& e, InstructionId x, const Sizes& dims, Keep keep) {
  double count = 1;
  for (int64_t dim : dims) count *= static_cast<double>(e.size(x, dim));
  InstructionId sum = e.Reduce(OpCode::kAdd, x, dims, keep);
  return dims.empty() ? sum : e.Binary(OpCode::kDivide, sum, count);
}

InstructionId Softmax(TensorEmitter& e, InstructionId x, int64_t dim) {
  InstructionId shifted = e.Sub(x, e.Reduce(OpCode::kMaximum, x, {dim}, Keep::kYes));
  InstructionId powers = e.Unary(OpCode::kExponential, shifted);
  return e.Div(powers, e.Reduce(OpCode::kAdd, powers, {dim}, Keep::kYes));
}

InstructionId LogSoftmax(TensorEmitter& e, InstructionId x, int64_t dim) {
  InstructionId shifted = e.Sub(x, e.Reduce(OpCode::kMaximum, x, {dim}, Keep::kYes));
  InstructionId powers = e.Unary(OpCode::kExponential, shifted);
  InstructionId sum = e.Reduce(OpCode::kAdd, powers, {dim}, Keep::kYes);
  return e.Sub(shifted, e.Unary(OpCode::kLog, sum));
}

InstructionId ArgExtreme(TensorEmitter& e, InstructionId x, int64_t dim, Direction better,
                         Tie tie) {
  const OpCode extreme = better == Direction::kGt ? OpCode::kMaximum : OpCode::kMinimum;
  InstructionId best = e.Reduce(extreme, x, {dim}, Keep::kYes);
  InstructionId places = e.Iota(ir::ElementType::kS64, e.sizes(x), dim);
  // Places that hold another value never win.
  const bool first = tie == Tie::kFirst;
  InstructionId never = e.Like(places, first ? static_cast<double>(e.size(x, dim)) : -1);
  places = e.Select(e.Comparing(x, Direction::kEq, best), places, never);
  return e.Reduce(first ? OpCode::kMinimum : OpCode::kMaximum, places, {dim}, Keep::kYes);
}

}  // namespace eqsat::importers::onnx
