// Quantization and arithmetic on quantized numbers.
#include "importers/onnx/quantization.h"

#include "importers/onnx/conversion.h"
#include "importers/onnx/convolution.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"
#include "ir/shape/number_limits.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// A scale or zero point in the sizes of x: one for all, one for each entry of `axis`, or one for
// each block of entries.
absl::StatusOr<InstructionId> Spread(Emitter& e, const Node& node, InstructionId v,
                                     InstructionId x) {
  const int64_t block = node.Int("block_size", 0);
  if (e.shape(v).ElementCount() == 1 && block == 0) return e.Reshape(v, Sizes{});
  const int64_t axis = e.Axis(node.Int("axis", 1), e.rank(x));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (block == 0) return e.Along(v, axis, e.rank(x));
  if (e.rank(v) != e.rank(x) || block < 0) {
    return base::InvalidArgument("blocks of %d of %s with a scale of %s", block,
                                 e.shape(x).ToString(), e.shape(v).ToString());
  }
  InstructionId apart = e.Unsqueeze(v, axis + 1);
  Sizes to = e.sizes(apart), joint = e.sizes(v);
  to[axis + 1] = block;
  if (__builtin_mul_overflow(joint[axis], block, &joint[axis])) {
    return base::InvalidArgument("blocks of %d are too large", block);
  }
  InstructionId spread = e.Reshape(e.Expand(apart, to), joint);
  return e.Slice(spread, axis, 0, e.size(x, axis));
}

// Spread, in another type; invalid where the input is left out.
absl::StatusOr<InstructionId> SpreadInput(Emitter& e, const Node& node, size_t i, InstructionId x,
                                          ElementType type) {
  if (!node.Has(i)) return InstructionId();
  EQSAT_ASSIGN_OR_RETURN(InstructionId spread, Spread(e, node, e.Input(node, i), x));
  return e.Convert(spread, type);
}

absl::Status QuantizeLinear(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  ElementType type = node.Has(2) ? e.type(e.Input(node, 2)) : ElementType::kU8;
  if (!node.Has(2) && node.Int("output_dtype", 0) != 0) {
    EQSAT_ASSIGN_OR_RETURN(type, ElementTypeOf(node.Int("output_dtype", 0)));
  }
  ElementType precise = e.type(e.Input(node, 1));
  if (node.Int("precision", 0) != 0) {
    EQSAT_ASSIGN_OR_RETURN(precise, ElementTypeOf(node.Int("precision", 0)));
  }
  if (!ir::IsFloat(precise) || precise == ElementType::kF8E8M0FNU) precise = ElementType::kF32;
  EQSAT_ASSIGN_OR_RETURN(InstructionId scale, SpreadInput(e, node, 1, x, precise));
  EQSAT_ASSIGN_OR_RETURN(InstructionId zero, SpreadInput(e, node, 2, x, precise));
  e.Return(node, Quantize(e, e.Convert(x, precise), scale, zero, type));
  return absl::OkStatus();
}

// (x - zero point) * scale, in the type of the scale.
absl::StatusOr<InstructionId> Dequantize(Emitter& e, const Node& node, InstructionId x) {
  ElementType type = e.type(e.Input(node, 1));
  if (node.Int("output_dtype", 0) != 0) {
    EQSAT_ASSIGN_OR_RETURN(type, ElementTypeOf(node.Int("output_dtype", 0)));
  }
  EQSAT_ASSIGN_OR_RETURN(InstructionId scale, SpreadInput(e, node, 1, x, type));
  // Differences of integers are exact in integers.
  const bool integers = ir::IsInteger(e.type(x));
  const ElementType wide = integers ? ElementType::kS32 : type;
  EQSAT_ASSIGN_OR_RETURN(InstructionId zero, SpreadInput(e, node, 2, x, wide));
  InstructionId value = e.Convert(x, wide);
  if (zero.valid()) value = e.Sub(value, zero);
  return e.Mul(e.Convert(value, type), scale);
}

absl::Status DequantizeLinear(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId value, Dequantize(e, node, e.Input(node, 0)));
  e.Return(node, value);
  return absl::OkStatus();
}

// The range of x, with 0 inside, onto 0 … 255.
absl::Status DynamicQuantizeLinear(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  Sizes all;
  for (int64_t d = 0; d < e.rank(x); ++d) all.push_back(d);
  InstructionId zero = e.Scalar(ElementType::kF32, 0);
  InstructionId high =
      e.Binary(OpCode::kMaximum, e.Reduce(OpCode::kMaximum, x, all, Keep::kNo), zero);
  InstructionId low =
      e.Binary(OpCode::kMinimum, e.Reduce(OpCode::kMinimum, x, all, Keep::kNo), zero);
  InstructionId scale = e.Binary(OpCode::kDivide, e.Sub(high, low), 255.0);
  InstructionId point = e.Unary(OpCode::kNegate, e.Div(low, scale));
  point = e.Clamp(e.Like(point, 0), point, e.Like(point, 255));
  point = e.Convert(e.Unary(OpCode::kRoundNearestEven, point), ElementType::kU8);
  InstructionId wide = e.Convert(point, ElementType::kF32);
  const InstructionId outputs[] = {Quantize(e, x, scale, wide, ElementType::kU8), scale, point};
  e.Return(node, outputs);
  return absl::OkStatus();
}

// An integer operand less its zero point, as s32; `dim` is where a vector of points goes.
InstructionId Centred(Emitter& e, const Node& node, size_t value, size_t point, int64_t dim) {
  InstructionId x = e.Convert(e.Input(node, value), ElementType::kS32);
  if (!node.Has(point)) return x;
  InstructionId zero = e.Convert(e.Input(node, point), ElementType::kS32);
  if (e.shape(zero).ElementCount() == 1) {
    zero = e.Reshape(zero, Sizes{});
  } else if (e.rank(zero) == 1 && dim >= 0 && dim < e.rank(x)) {
    zero = e.Along(zero, dim, e.rank(x));
  }
  return e.Sub(x, zero);
}

// Points of rows of the left matrix and of columns of the right one.
InstructionId IntegerProduct(Emitter& e, const Node& node, size_t a, size_t a_point, size_t b,
                             size_t b_point) {
  const int64_t rows = e.rank(e.Input(node, a)) - 2, columns = e.rank(e.Input(node, b)) - 1;
  return e.MatMul(Centred(e, node, a, a_point, rows), Centred(e, node, b, b_point, columns));
}

absl::Status MatMulInteger(Emitter& e, const Node& node) {
  e.Return(node, IntegerProduct(e, node, 0, 2, 1, 3));
  return absl::OkStatus();
}

absl::Status ConvInteger(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId result, ConvolutionOf(e, node, Centred(e, node, 0, 2, -1),
                                                             Centred(e, node, 1, 3, 0)));
  e.Return(node, result);
  return absl::OkStatus();
}

// The scale of a quantized operand; a vector goes along `dim` of rank `rank`.
InstructionId ScaleOf(Emitter& e, const Node& node, size_t i, int64_t dim, int64_t rank) {
  InstructionId scale = e.Input(node, i);
  if (e.shape(scale).ElementCount() == 1) return e.Reshape(scale, Sizes{});
  return e.rank(scale) == 1 && dim >= 0 && dim < rank ? e.Along(scale, dim, rank) : scale;
}

// s32 sums of products of quantized numbers, quantized anew.
void ReturnRequantized(Emitter& e, const Node& node, InstructionId sum, InstructionId scale,
                       size_t y_scale, size_t y_point) {
  const ElementType type = e.type(scale);
  InstructionId value = e.Mul(e.Convert(sum, type), scale);
  InstructionId out_scale = e.Convert(ScaleOf(e, node, y_scale, -1, 0), type);
  InstructionId point = e.Input(node, y_point);
  InstructionId wide = e.Convert(point, type);
  if (e.shape(wide).ElementCount() == 1) wide = e.Reshape(wide, Sizes{});
  e.Return(node, Quantize(e, value, out_scale, wide, e.type(point)));
}

// a, its scale and point, b, its scale and point, those of the result.
absl::Status QLinearMatMul(Emitter& e, const Node& node) {
  InstructionId sum = IntegerProduct(e, node, 0, 2, 3, 5);
  const int64_t rank = e.rank(sum);
  InstructionId scale =
      e.Mul(ScaleOf(e, node, 1, rank - 2, rank), ScaleOf(e, node, 4, rank - 1, rank));
  ReturnRequantized(e, node, sum, scale, 6, 7);
  return absl::OkStatus();
}

absl::Status QLinearConv(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId sum, ConvolutionOf(e, node, Centred(e, node, 0, 2, -1),
                                                          Centred(e, node, 3, 5, 0)));
  sum = AddBias(e, sum, e.InputIf(node, 8));
  InstructionId scale = e.Mul(ScaleOf(e, node, 1, -1, 0), ScaleOf(e, node, 4, 1, e.rank(sum)));
  ReturnRequantized(e, node, sum, scale, 6, 7);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> QuantizationOps() {
  static constexpr OpEntry kEntries[] = {
      {"ConvInteger", 2, 4, ConvInteger},
      {"DequantizeLinear", 2, 3, DequantizeLinear},
      {"DynamicQuantizeLinear", 1, 1, DynamicQuantizeLinear},
      {"MatMulInteger", 2, 4, MatMulInteger},
      {"QLinearConv", 8, 9, QLinearConv},
      {"QLinearMatMul", 8, 8, QLinearMatMul},
      {"QuantizeLinear", 2, 3, QuantizeLinear},
  };
  return kEntries;
}

InstructionId Quantize(TensorEmitter& e, InstructionId x, InstructionId scale,
                       InstructionId zero_point, ElementType type) {
  InstructionId scaled = e.Div(x, scale);
  if (ir::IsFloat(type)) {
    if (zero_point.valid()) scaled = e.AddTo(scaled, zero_point);
    return Cast(e, scaled, type, Overflow::kSaturate);
  }
  InstructionId rounded = e.Unary(OpCode::kRoundNearestEven, scaled);
  if (zero_point.valid()) rounded = e.AddTo(rounded, zero_point);
  if (!e.Ok(rounded)) return {};
  const auto high = static_cast<double>(ir::HighestInteger(type));
  const auto low = static_cast<double>(ir::LowestInteger(type));
  return e.Convert(e.Clamp(e.Like(rounded, low), rounded, e.Like(rounded, high)), type);
}

}  // namespace eqsat::importers::onnx
