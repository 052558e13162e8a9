// Constants, and operations that only place elements elsewhere.
#include <algorithm>

#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

const ir::DimensionVector& DimensionsOf(const ir::Instruction& op) {
  return op.attr<ir::DimensionsAttributes>().dimensions;
}

Written ConstantOf(BlockWriter& w, const ir::Literal& literal) {
  if (!literal.shape().IsTuple()) return {w.Constant(literal), {}};
  Written out;
  for (const ir::Literal& element : literal.elements()) {
    out.elements.push_back(ConstantOf(w, element));
  }
  return out;
}

absl::StatusOr<Written> Constant(BlockWriter& w, const ir::Instruction& op) {
  const ir::Literal& literal = op.attr<ir::ConstantAttributes>().literal;
  if (literal.shape().IsTuple() && literal.is_unknown()) {
    return base::Unimplemented("the elements of the constant are not known");
  }
  return ConstantOf(w, literal);
}

// StableHLO counts no truth values.
absl::StatusOr<Written> Iota(BlockWriter& w, const ir::Instruction& op) {
  const Attributes dimension = {
      {"iota_dimension", Int64(op.attr<ir::IotaAttributes>().iota_dimension)}};
  if (op.shape.element_type() != ir::ElementType::kPred) {
    return w.Emit("stablehlo.iota", {}, op.shape, dimension);
  }
  ValueId counted =
      w.EmitOne("stablehlo.iota", {}, op.shape.WithElementType(ir::ElementType::kS32), dimension);
  return w.Emit("stablehlo.convert", {counted}, op.shape);
}

// With `attribute` holding the instruction's dimensions.
absl::StatusOr<Written> WithDimensions(BlockWriter& w, const ir::Instruction& op,
                                       std::string_view name, std::string_view attribute) {
  return w.Emit(name, w.Ones(op.operands), op.shape,
                {{std::string(attribute), IntArray(DimensionsOf(op))}});
}
absl::StatusOr<Written> WithDimension(BlockWriter& w, const ir::Instruction& op,
                                      std::string_view name) {
  return w.Emit(name, w.Ones(op.operands), op.shape, {{"dimension", Int64(DimensionsOf(op)[0])}});
}

absl::StatusOr<Written> Broadcast(BlockWriter& w, const ir::Instruction& op) {
  return WithDimensions(w, op, "stablehlo.broadcast_in_dim", "broadcast_dimensions");
}
absl::StatusOr<Written> Transpose(BlockWriter& w, const ir::Instruction& op) {
  return WithDimensions(w, op, "stablehlo.transpose", "permutation");
}
absl::StatusOr<Written> Reverse(BlockWriter& w, const ir::Instruction& op) {
  return WithDimensions(w, op, "stablehlo.reverse", "dimensions");
}
absl::StatusOr<Written> Concatenate(BlockWriter& w, const ir::Instruction& op) {
  return WithDimension(w, op, "stablehlo.concatenate");
}
absl::StatusOr<Written> GetDimensionSize(BlockWriter& w, const ir::Instruction& op) {
  return WithDimension(w, op, "stablehlo.get_dimension_size");
}
absl::StatusOr<Written> SetDimensionSize(BlockWriter& w, const ir::Instruction& op) {
  return WithDimension(w, op, "stablehlo.set_dimension_size");
}

absl::StatusOr<Written> Reshape(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.reshape", w.Ones(op.operands), op.shape);
}

// The sizes are scalars in HLO, one list in StableHLO.
absl::StatusOr<Written> DynamicReshape(BlockWriter& w, const ir::Instruction& op) {
  std::vector<ValueId> operands = w.Ones(op.operands), sizes;
  const ir::ElementType type = w.shape(op.operands.back()).element_type();
  for (size_t i = 1; i < operands.size(); ++i) sizes.push_back(w.Reshape(operands[i], type, {1}));
  ValueId list =
      w.EmitOne("stablehlo.concatenate", sizes,
                ir::Shape(type, {static_cast<int64_t>(sizes.size())}), {{"dimension", Int64(0)}});
  return w.Emit("stablehlo.dynamic_reshape", {operands[0], list}, op.shape);
}

absl::StatusOr<Written> Slice(BlockWriter& w, const ir::Instruction& op) {
  std::vector<int64_t> starts, limits, strides;
  for (const ir::SliceRange& range : op.attr<ir::SliceAttributes>().slice) {
    starts.push_back(range.start);
    limits.push_back(range.limit);
    strides.push_back(range.stride);
  }
  return w.Emit("stablehlo.slice", w.Ones(op.operands), op.shape,
                {{"start_indices", IntArray(starts)},
                 {"limit_indices", IntArray(limits)},
                 {"strides", IntArray(strides)}});
}

absl::StatusOr<Written> Pad(BlockWriter& w, const ir::Instruction& op) {
  std::vector<int64_t> low, high, interior;
  for (const ir::PaddingDimension& padding : op.attr<ir::PadAttributes>().padding) {
    low.push_back(padding.low);
    high.push_back(padding.high);
    interior.push_back(padding.interior);
  }
  return w.Emit("stablehlo.pad", w.Ones(op.operands), op.shape,
                {{"edge_padding_low", IntArray(low)},
                 {"edge_padding_high", IntArray(high)},
                 {"interior_padding", IntArray(interior)}});
}

// Operands with the start indices as scalars; HLO's older form has them in one vector.
std::vector<ValueId> WithScalarStarts(BlockWriter& w, const ir::Instruction& op, size_t first) {
  std::vector<ValueId> operands = w.Ones(op.operands);
  if (operands.size() != first + 1 || w.shape(op.operands[first]).rank() != 1) return operands;
  const ir::Shape& starts = w.shape(op.operands[first]);
  const ValueId list = operands.back();
  operands.pop_back();
  for (int64_t i = 0; i < starts.dimension(0); ++i) {
    ValueId one = w.EmitOne("stablehlo.slice", {list}, ir::Shape(starts.element_type(), {1}),
                            {{"start_indices", IntArray({i})},
                             {"limit_indices", IntArray({i + 1})},
                             {"strides", IntArray({1})}});
    operands.push_back(w.Reshape(one, starts.element_type(), {}));
  }
  return operands;
}

absl::StatusOr<Written> DynamicSlice(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit(
      "stablehlo.dynamic_slice", WithScalarStarts(w, op, 1), op.shape,
      {{"slice_sizes", IntArray(op.attr<ir::DynamicSliceAttributes>().dynamic_slice_sizes)}});
}

absl::StatusOr<Written> DynamicUpdateSlice(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.dynamic_update_slice", WithScalarStarts(w, op, 2), op.shape);
}

// The dimensions from the major to the minor one in memory.
std::vector<int64_t> MemoryOrder(const ir::Shape& shape) {
  const ir::DimensionVector minor_to_major = shape.MinorToMajor();
  return {minor_to_major.rbegin(), minor_to_major.rend()};
}

ir::Shape InOrder(const ir::Shape& shape, const std::vector<int64_t>& order) {
  std::vector<int64_t> sizes;
  for (int64_t dim : order) sizes.push_back(shape.dimension(dim));
  return ir::Shape(shape.element_type(), sizes);
}

bool IsIdentity(const std::vector<int64_t>& order) { return std::ranges::is_sorted(order); }

// The same bits as elements of another width, all in one row.
ValueId Reinterpret(BlockWriter& w, ValueId row, int64_t count, ir::ElementType from,
                    ir::ElementType to) {
  const int from_bits = ir::BitWidth(from), to_bits = ir::BitWidth(to);
  if (from_bits > to_bits) {
    const int64_t parts = from_bits / to_bits;
    ValueId split = w.EmitOne("stablehlo.bitcast_convert", {row}, ir::Shape(to, {count, parts}));
    return w.Reshape(split, to, {count * parts});
  }
  const int64_t parts = to_bits / from_bits;
  if (parts > 1) row = w.Reshape(row, from, {count / parts, parts});
  return w.EmitOne("stablehlo.bitcast_convert", {row}, ir::Shape(to, {count / parts}));
}

// The bytes in memory under another shape: the operand in the order of its layout, read as the
// result in the order of its own.
absl::StatusOr<Written> Bitcast(BlockWriter& w, const ir::Instruction& op) {
  const ir::Shape& from = w.shape(op.operands[0]);
  const ir::ElementType type = from.element_type(), result_type = op.shape.element_type();
  if (from == op.shape) return w.Of(op.operands[0]);
  if (!from.IsArray() || !op.shape.IsArray() || from.HasDynamicDimensions() ||
      op.shape.HasDynamicDimensions()) {
    return base::Unimplemented("a bitcast from %s to %s", from.ToString(), op.shape.ToString());
  }
  const int bits = ir::BitWidth(type), result_bits = ir::BitWidth(result_type);
  const bool pred = type == ir::ElementType::kPred || result_type == ir::ElementType::kPred;
  const bool divides = bits % result_bits == 0 || result_bits % bits == 0;
  if (from.ElementCount() * bits != op.shape.ElementCount() * result_bits || !divides ||
      (pred && type != result_type)) {
    return base::Unimplemented("StableHLO cannot take the bits of %s as %s", from.ToString(),
                               op.shape.ToString());
  }
  ValueId value = w.One(op.operands[0]);
  const std::vector<int64_t> order = MemoryOrder(from), result_order = MemoryOrder(op.shape);
  if (!IsIdentity(order)) value = w.Transpose(value, from, order);
  const ir::Shape memory = InOrder(op.shape, result_order);
  if (type != result_type) {
    value = w.Reshape(value, type, {from.ElementCount()});
    value = Reinterpret(w, value, from.ElementCount(), type, result_type);
  }
  value = w.Reshape(value, result_type, memory.dimensions());
  if (IsIdentity(result_order)) return Written{value, {}};
  std::vector<int64_t> back(result_order.size());
  for (size_t i = 0; i < back.size(); ++i) back[result_order[i]] = static_cast<int64_t>(i);
  return Written{w.Transpose(value, memory, back), {}};
}

}  // namespace

absl::Span<const OpWriterEntry> MovementWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kBitcast, Bitcast},
      {OpCode::kBroadcast, Broadcast},
      {OpCode::kConcatenate, Concatenate},
      {OpCode::kConstant, Constant},
      {OpCode::kDynamicReshape, DynamicReshape},
      {OpCode::kDynamicSlice, DynamicSlice},
      {OpCode::kDynamicUpdateSlice, DynamicUpdateSlice},
      {OpCode::kGetDimensionSize, GetDimensionSize},
      {OpCode::kIota, Iota},
      {OpCode::kPad, Pad},
      {OpCode::kReshape, Reshape},
      {OpCode::kReverse, Reverse},
      {OpCode::kSetDimensionSize, SetDimensionSize},
      {OpCode::kSlice, Slice},
      {OpCode::kTranspose, Transpose},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
