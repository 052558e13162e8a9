// Constants, and operations that only place elements elsewhere.
#include <algorithm>

#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

// A constant of one repeated element that is larger is broadcast instead of written out.
constexpr int64_t kMaxFoldedBytes = 1 << 20;

// The one result's stated shape.
absl::StatusOr<ir::Shape> ResultShape(Emitter& e, const mlir::Operation& op) {
  if (op.results.size() != 1) return base::InvalidArgument("its result is not named");
  return ShapeOf(e.source().type(op.results[0]));
}

// StableHLO's operations without operands for sizes: nothing is open but one bounded dimension.
absl::Status CheckSizesKnown(const mlir::Operation& op, const ir::Shape& result) {
  int dynamic = 0;
  for (int64_t d = 0; d < result.rank(); ++d) dynamic += result.is_dynamic(d) ? 1 : 0;
  if (!op.name.starts_with("stablehlo.") || (dynamic <= 1 && !result.HasUnboundedDimensions())) {
    return absl::OkStatus();
  }
  return base::InvalidArgument("the result %s must have sizes, or one bounded dimension",
                               result.ToString());
}

absl::Status Constant(Emitter& e, const mlir::Operation& op) {
  const mlir::Attribute* value = op.Find("value");
  if (value == nullptr) return base::InvalidArgument("the attribute value is missing");
  if (op.results.size() == 1 && op.name.starts_with("stablehlo.") &&
      !IsStatic(e.source().type(op.results[0]))) {
    return base::InvalidArgument("a constant cannot be of type %s",
                                 e.source().type(op.results[0]).ToString());
  }
  const auto* dense = value->As<mlir::DenseAttribute>();
  if (dense != nullptr && dense->splat) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(dense->type));
    if (shape.ByteSize() > kMaxFoldedBytes) {
      InstructionId element =
          e.Constant(ir::Literal::FromBytes(ir::Shape(shape.element_type(), {}), *dense->bytes));
      e.BindResults(op, e.Broadcast(element, {}, shape.dimensions()));
      return absl::OkStatus();
    }
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, LiteralOf(e.source(), *value));
  e.BindResults(op, e.Constant(std::move(literal)));
  return absl::OkStatus();
}

absl::Status Iota(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ResultShape(e, op));
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "iota_dimension"));
  e.BindResults(op,
                e.Add(OpCode::kIota, {}, ir::IotaAttributes{.iota_dimension = dimension}, &result));
  return absl::OkStatus();
}

absl::Status Reshape(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ResultShape(e, op));
  EQSAT_RETURN_IF_ERROR(CheckSizesKnown(op, result));
  e.BindResults(op, e.Add(OpCode::kReshape, e.Operands(op), ir::ReshapeAttributes{}, {}, &result));
  return absl::OkStatus();
}

// XLA's reading of the same memory under another shape.
absl::Status Bitcast(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ResultShape(e, op));
  e.BindResults(op, e.Add(OpCode::kBitcast, e.Operands(op), ir::NoAttributes{}, {}, &result));
  return absl::OkStatus();
}

absl::Status Broadcast(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, IntsAttribute(op, "broadcast_sizes"));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  std::vector<int64_t> dims;
  for (int64_t size : e.shape(operand).dimensions()) {
    dims.push_back(static_cast<int64_t>(sizes.size()));
    sizes.push_back(size);
  }
  e.BindResults(op, e.Broadcast(operand, dims, sizes));
  return absl::OkStatus();
}

absl::Status BroadcastInDim(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dims, IntsAttribute(op, "broadcast_dimensions"));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ResultShape(e, op));
  EQSAT_RETURN_IF_ERROR(CheckSizesKnown(op, result));
  if (result.HasDynamicDimensions()) {
    e.BindResults(op,
                  e.Add(OpCode::kBroadcast, e.Operands(op),
                        ir::DimensionsAttributes{.dimensions = ToDimensions(dims)}, {}, &result));
    return absl::OkStatus();
  }
  e.BindResults(op, e.Broadcast(e.Value(op.operands[0]), dims, result.dimensions()));
  return absl::OkStatus();
}

absl::Status Transpose(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> permutation, IntsAttribute(op, "permutation"));
  e.BindResults(op, e.Transpose(e.Value(op.operands[0]), permutation));
  return absl::OkStatus();
}

absl::Status Reverse(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dims, IntsAttribute(op, "dimensions"));
  e.BindResults(op, e.Add(OpCode::kReverse, e.Operands(op),
                          ir::DimensionsAttributes{.dimensions = ToDimensions(dims)}));
  return absl::OkStatus();
}

absl::Status Concatenate(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "dimension"));
  e.BindResults(op, e.Add(OpCode::kConcatenate, e.Operands(op),
                          ir::DimensionsAttributes{.dimensions = {dimension}}));
  return absl::OkStatus();
}

absl::Status Slice(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> starts, IntsAttribute(op, "start_indices"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> limits, IntsAttribute(op, "limit_indices"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> strides, IntsAttribute(op, "strides"));
  if (starts.size() != limits.size() || starts.size() != strides.size()) {
    return base::InvalidArgument("start_indices, limit_indices and strides differ in length");
  }
  ir::SliceAttributes attributes;
  for (size_t i = 0; i < starts.size(); ++i) {
    attributes.slice.push_back({starts[i], limits[i], strides[i]});
  }
  e.BindResults(op, e.Add(OpCode::kSlice, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status Pad(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> low, IntsAttribute(op, "edge_padding_low"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> high, IntsAttribute(op, "edge_padding_high"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> interior, IntsAttribute(op, "interior_padding"));
  if (low.size() != high.size() || low.size() != interior.size()) {
    return base::InvalidArgument("the three lists of padding differ in length");
  }
  ir::PadAttributes attributes;
  for (size_t i = 0; i < low.size(); ++i) {
    attributes.padding.push_back({low[i], high[i], interior[i]});
  }
  e.BindResults(op, e.Add(OpCode::kPad, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status DynamicSlice(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, IntsAttribute(op, "slice_sizes"));
  e.BindResults(op, e.Add(OpCode::kDynamicSlice, e.Operands(op),
                          ir::DynamicSliceAttributes{.dynamic_slice_sizes = ToDimensions(sizes)}));
  return absl::OkStatus();
}

absl::Status DynamicUpdateSlice(Emitter& e, const mlir::Operation& op) {
  e.BindResults(op, e.Add(OpCode::kDynamicUpdateSlice, e.Operands(op)));
  return absl::OkStatus();
}

absl::Status GetDimensionSize(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "dimension"));
  e.BindResults(op, e.Add(OpCode::kGetDimensionSize, e.Operands(op),
                          ir::DimensionsAttributes{.dimensions = {dimension}}));
  return absl::OkStatus();
}

absl::Status SetDimensionSize(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "dimension"));
  std::vector<InstructionId> operands = e.Operands(op);
  if (!e.Ok(operands[0])) return e.status();
  // The whole bound: nothing becomes dynamic.
  std::optional<std::vector<int64_t>> size = e.ConstantInts(operands[1]);
  const ir::Shape& from = e.shape(operands[0]);
  if (size && dimension >= 0 && dimension < from.rank() && !from.HasDynamicDimensions() &&
      (*size)[0] == from.dimension(dimension) && op.results.size() == 1 &&
      IsStatic(e.source().type(op.results[0]))) {
    e.BindResults(op, operands[0]);
    return absl::OkStatus();
  }
  e.BindResults(op, e.Add(OpCode::kSetDimensionSize, operands,
                          ir::DimensionsAttributes{.dimensions = {dimension}}));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> MovementOps() {
  static constexpr OpEntry kEntries[] = {
      {"bitcast", Bitcast},
      {"broadcast", Broadcast},
      {"broadcast_in_dim", BroadcastInDim},
      {"concatenate", Concatenate},
      {"constant", Constant},
      {"dynamic_slice", DynamicSlice},
      {"dynamic_update_slice", DynamicUpdateSlice},
      {"get_dimension_size", GetDimensionSize},
      {"iota", Iota},
      {"pad", Pad},
      {"reshape", Reshape},
      {"reverse", Reverse},
      {"set_dimension_size", SetDimensionSize},
      {"slice", Slice},
      {"transpose", Transpose},
      {"unfoldable_constant", Constant},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
