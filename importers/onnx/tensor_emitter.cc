#include "importers/onnx/tensor_emitter.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"
#include "ir/shape/number_limits.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

Sizes FirstDims(int64_t count) {
  Sizes dims(count);
  std::iota(dims.begin(), dims.end(), 0);
  return dims;
}

ir::DimensionVector ToDimensions(const Sizes& sizes) { return {sizes.begin(), sizes.end()}; }

// The sizes that two broadcast to; false where they do not fit.
bool BroadcastSizes(const Sizes& other, Sizes* sizes) {
  if (other.size() > sizes->size()) sizes->insert(sizes->begin(), other.size() - sizes->size(), 1);
  const size_t offset = sizes->size() - other.size();
  for (size_t i = 0; i < other.size(); ++i) {
    int64_t& size = (*sizes)[offset + i];
    if (size == 1) size = other[i];
    if (size != other[i] && other[i] != 1) return false;
  }
  return true;
}

}  // namespace

int64_t TensorEmitter::size(InstructionId id, int64_t dim) const {
  return dim >= 0 && dim < rank(id) ? shape(id).dimension(dim) : 0;
}

Sizes TensorEmitter::sizes(InstructionId id) const {
  return {shape(id).dimensions().begin(), shape(id).dimensions().end()};
}

int64_t TensorEmitter::Axis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  Fail(base::InvalidArgument("axis %d is outside the %d dimensions", axis, rank));
  return 0;
}

Sizes TensorEmitter::Axes(absl::Span<const int64_t> axes, int64_t rank) {
  Sizes dims;
  for (int64_t axis : axes) {
    dims.push_back(Axis(axis, rank));
    if (std::ranges::count(dims, dims.back()) > 1) {
      Fail(base::InvalidArgument("axis %d is named twice", axis));
    }
  }
  return dims;
}

InstructionId TensorEmitter::Scalar(ElementType type, double value) {
  return Constant(ScalarLiteral(type, value));
}

InstructionId TensorEmitter::Ints(absl::Span<const int64_t> values) {
  ir::Shape shape(ElementType::kS64, {static_cast<int64_t>(values.size())});
  return Constant(ir::Literal::FromInt64s(shape, values));
}

InstructionId TensorEmitter::Doubles(ElementType type, const Sizes& sizes,
                                     absl::Span<const double> values) {
  if (ir::IsComplex(type)) Fail(base::Unimplemented("complex numbers are not supported here"));
  if (!status().ok()) return {};
  return Constant(ir::Literal::FromDoubles(ir::Shape(type, sizes), values));
}

InstructionId TensorEmitter::Full(ElementType type, const Sizes& sizes, double value) {
  return Expand(Scalar(type, value), sizes);
}

InstructionId TensorEmitter::Iota(ElementType type, const Sizes& sizes, int64_t dim) {
  absl::StatusOr<ir::Shape> result = ir::Shape::Make(type, sizes);
  if (!result.ok()) Fail(result.status());
  if (!status().ok()) return {};
  return Add(OpCode::kIota, {}, ir::IotaAttributes{.iota_dimension = dim}, &*result);
}

InstructionId TensorEmitter::Expand(InstructionId operand, const Sizes& to) {
  if (!Ok(operand) || sizes(operand) == to) return operand;
  const Sizes from = sizes(operand);
  Sizes joint = to;
  if (from.size() > to.size() || !BroadcastSizes(from, &joint) || joint != to) {
    Fail(base::InvalidArgument("%s does not broadcast to [%s]", shape(operand).ToString(),
                               base::Join(to, ",")));
    return {};
  }
  Sizes dims(from.size());
  std::iota(dims.begin(), dims.end(), static_cast<int64_t>(to.size() - from.size()));
  return Broadcast(operand, dims, to);
}

void TensorEmitter::Align(std::vector<InstructionId>* operands) {
  Sizes joint;
  for (InstructionId operand : *operands) {
    if (!Ok(operand)) return;
    if (BroadcastSizes(sizes(operand), &joint)) continue;
    Fail(base::InvalidArgument("%s does not broadcast to the [%s] of the operands before it",
                               shape(operand).ToString(), base::Join(joint, ",")));
    return;
  }
  for (InstructionId& operand : *operands) operand = Expand(operand, joint);
}

InstructionId TensorEmitter::Binary(OpCode opcode, InstructionId a, InstructionId b) {
  std::vector<InstructionId> operands = {a, b};
  Align(&operands);
  return Add(opcode, operands);
}

InstructionId TensorEmitter::Binary(OpCode opcode, InstructionId a, double b) {
  return Add(opcode, {a, Like(a, b)});
}

InstructionId TensorEmitter::Comparing(InstructionId a, Direction direction, InstructionId b) {
  std::vector<InstructionId> operands = {a, b};
  Align(&operands);
  return Compare(operands[0], direction, operands[1]);
}

InstructionId TensorEmitter::Comparing(InstructionId a, Direction direction, double b) {
  return Compare(a, direction, Like(a, b));
}

InstructionId TensorEmitter::Select(InstructionId condition, InstructionId yes, InstructionId no) {
  std::vector<InstructionId> operands = {condition, yes, no};
  Align(&operands);
  return Add(OpCode::kSelect, operands);
}

InstructionId TensorEmitter::Clamp(InstructionId low, InstructionId operand, InstructionId high) {
  return Binary(OpCode::kMinimum, Binary(OpCode::kMaximum, operand, low), high);
}

InstructionId TensorEmitter::Slice(InstructionId operand, int64_t dim, int64_t start, int64_t limit,
                                   int64_t stride) {
  if (!Ok(operand)) return {};
  if (start == 0 && limit == size(operand, dim) && stride == 1) return operand;
  ir::SliceAttributes attributes;
  for (int64_t d = 0; d < rank(operand); ++d) {
    attributes.slice.push_back({.start = 0, .limit = size(operand, d)});
    if (d == dim) attributes.slice.back() = {.start = start, .limit = limit, .stride = stride};
  }
  return Add(OpCode::kSlice, {operand}, std::move(attributes));
}

InstructionId TensorEmitter::Concatenate(absl::Span<const InstructionId> operands, int64_t dim) {
  if (operands.size() == 1) return operands[0];
  return Add(OpCode::kConcatenate, operands, ir::DimensionsAttributes{.dimensions = {dim}});
}

InstructionId TensorEmitter::Pad(InstructionId operand, InstructionId value, const Sizes& low,
                                 const Sizes& high, const Sizes& interior) {
  if (!Ok(operand)) return {};
  ir::PadAttributes attributes;
  bool pads = false;
  for (size_t d = 0; d < static_cast<size_t>(rank(operand)); ++d) {
    const int64_t between = interior.empty() ? 0 : interior[d];
    attributes.padding.push_back({.low = low[d], .high = high[d], .interior = between});
    pads = pads || low[d] != 0 || high[d] != 0 || between != 0;
  }
  return pads ? Add(OpCode::kPad, {operand, value}, std::move(attributes)) : operand;
}

InstructionId TensorEmitter::Reverse(InstructionId operand, const Sizes& dims) {
  if (dims.empty()) return operand;
  return Add(OpCode::kReverse, {operand},
             ir::DimensionsAttributes{.dimensions = ToDimensions(dims)});
}

InstructionId TensorEmitter::Squeeze(InstructionId operand, int64_t dim) {
  Sizes to = sizes(operand);
  if (!Ok(operand) || dim >= rank(operand)) return {};
  to.erase(to.begin() + dim);
  return Reshape(operand, to);
}

InstructionId TensorEmitter::Unsqueeze(InstructionId operand, int64_t dim) {
  Sizes to = sizes(operand);
  if (!Ok(operand)) return {};
  to.insert(to.begin() + dim, 1);
  return Reshape(operand, to);
}

InstructionId TensorEmitter::Along(InstructionId vector, int64_t dim, int64_t rank) {
  if (!Ok(vector)) return {};
  Sizes to(rank, 1);
  to[dim] = shape(vector).ElementCount();
  return Reshape(vector, to);
}

InstructionId TensorEmitter::MoveDimension(InstructionId operand, int64_t from, int64_t to) {
  if (!Ok(operand) || from == to) return operand;
  Sizes order = FirstDims(rank(operand));
  order.erase(order.begin() + from);
  order.insert(order.begin() + to, from);
  return Transpose(operand, order);
}

InstructionId TensorEmitter::SliceAt(InstructionId x, InstructionId i, int64_t dim) {
  ir::DynamicSliceAttributes attributes;
  std::vector<InstructionId> operands = {x};
  for (int64_t d = 0; d < rank(x); ++d) {
    attributes.dynamic_slice_sizes.push_back(d == dim ? 1 : size(x, d));
    operands.push_back(d == dim ? i : Scalar(ElementType::kS64, 0));
  }
  return Squeeze(Add(OpCode::kDynamicSlice, operands, std::move(attributes)), dim);
}

InstructionId TensorEmitter::WithSliceAt(InstructionId buffer, InstructionId value, InstructionId i,
                                         int64_t dim) {
  std::vector<InstructionId> operands = {buffer, Unsqueeze(value, dim)};
  for (int64_t d = 0; d < rank(buffer); ++d) {
    operands.push_back(d == dim ? i : Scalar(ElementType::kS64, 0));
  }
  return Add(OpCode::kDynamicUpdateSlice, operands);
}

ir::ComputationId TensorEmitter::Combiner(OpCode opcode, ElementType type) {
  if (!status().ok()) return {};
  auto known = combiners_.find({opcode, type});
  if (known != combiners_.end()) return known->second;
  const std::string name = base::StrCat(ir::Name(opcode), "_", ir::Name(type));
  ir::ComputationBuilder body(module_, FreshName(name));
  const ir::Shape scalar(type, {});
  const InstructionId operands[] = {body.AddParameter(0, scalar, "a"),
                                    body.AddParameter(1, scalar, "b")};
  absl::StatusOr<InstructionId> root = body.Add(opcode, operands);
  if (!root.ok()) {
    Fail(root.status());
    return {};
  }
  absl::StatusOr<ir::Computation> built = std::move(body).Build(*root);
  if (!built.ok()) {
    Fail(built.status());
    return {};
  }
  return combiners_[{opcode, type}] = module_.Add(*std::move(built));
}

InstructionId TensorEmitter::Neutral(OpCode opcode, ElementType type) {
  switch (opcode) {
    case OpCode::kMaximum:
      return Constant(LowestValue(type));
    case OpCode::kMinimum:
      return Constant(HighestValue(type));
    case OpCode::kMultiply:
    case OpCode::kAnd:
      return Scalar(type, 1);
    default:
      return Scalar(type, 0);
  }
}

InstructionId TensorEmitter::Reduce(OpCode opcode, InstructionId operand, const Sizes& dims,
                                    Keep keep) {
  if (!Ok(operand) || dims.empty()) return operand;
  const ir::ComputationId combiner = Combiner(opcode, type(operand));
  const InstructionId operands[] = {operand, Neutral(opcode, type(operand))};
  Sizes sorted = dims;
  std::ranges::sort(sorted);
  InstructionId result =
      Add(OpCode::kReduce, operands, ir::DimensionsAttributes{.dimensions = ToDimensions(sorted)},
          {&combiner, 1});
  if (keep == Keep::kNo) return result;
  Sizes kept = sizes(operand);
  for (int64_t dim : dims) kept[dim] = 1;
  return Reshape(result, kept);
}

InstructionId TensorEmitter::Dot(InstructionId a, InstructionId b, ir::DotAttributes attributes) {
  return Add(OpCode::kDot, {a, b}, std::move(attributes));
}

InstructionId TensorEmitter::MatMul(InstructionId a, InstructionId b) {
  if (!Ok(a) || !Ok(b)) return {};
  if (rank(a) == 0 || rank(b) == 0) {
    Fail(base::InvalidArgument("a matrix product of %s and %s", shape(a).ToString(),
                               shape(b).ToString()));
    return {};
  }
  Sizes batch_a = sizes(a), batch_b = sizes(b);
  batch_a.resize(std::max<int64_t>(rank(a) - 2, 0));
  batch_b.resize(std::max<int64_t>(rank(b) - 2, 0));
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {rank(a) - 1};
  // One matrix on the right serves every batch of the left.
  if (batch_b.empty()) {
    attributes.rhs_contracting_dims = {std::max<int64_t>(rank(b) - 2, 0)};
    return Dot(a, b, std::move(attributes));
  }
  Sizes batch = batch_a;
  if (!BroadcastSizes(batch_b, &batch)) {
    Fail(base::InvalidArgument("the batches of %s and %s do not broadcast", shape(a).ToString(),
                               shape(b).ToString()));
    return {};
  }
  auto spread = [&](InstructionId id, size_t own) {
    Sizes to = batch, from = sizes(id);
    to.insert(to.end(), from.begin() + static_cast<int64_t>(own), from.end());
    return Expand(id, to);
  };
  if (rank(a) > 1) a = spread(a, batch_a.size());
  const bool vector = rank(a) == 1;
  if (vector)
    a = Expand(Reshape(a, Sizes{1, size(a, 0)}), [&] {
      Sizes to = batch;
      to.insert(to.end(), {1, size(a, 0)});
      return to;
    }());
  b = spread(b, batch_b.size());
  const int64_t count = static_cast<int64_t>(batch.size());
  attributes.lhs_batch_dims = attributes.rhs_batch_dims = ToDimensions(FirstDims(count));
  attributes.lhs_contracting_dims = {count + 1};
  attributes.rhs_contracting_dims = {count};
  InstructionId product = Dot(a, b, std::move(attributes));
  return vector ? Squeeze(product, count) : product;
}

ir::Literal HighestValue(ElementType type) {
  const ir::Shape scalar(type, {});
  if (ir::IsFloat(type)) {
    const bool infinite = ir::FormatOf(type).specials == ir::Specials::kIeee;
    return ScalarLiteral(
        type, infinite ? std::numeric_limits<double>::infinity() : ir::LargestFinite(type));
  }
  if (type == ElementType::kPred || ir::IsComplex(type)) return ScalarLiteral(type, 1);
  return ir::Literal::FromInt64s(scalar, {ir::HighestInteger(type)});
}

ir::Literal LowestValue(ElementType type) {
  const ir::Shape scalar(type, {});
  if (ir::IsFloat(type)) {
    const bool infinite = ir::FormatOf(type).specials == ir::Specials::kIeee;
    return ScalarLiteral(
        type, infinite ? -std::numeric_limits<double>::infinity() : -ir::LargestFinite(type));
  }
  if (type == ElementType::kPred || ir::IsComplex(type)) return ScalarLiteral(type, 0);
  return ir::Literal::FromInt64s(scalar, {ir::LowestInteger(type)});
}

}  // namespace eqsat::importers::onnx
