#include "importers/stablehlo/quantization.h"

#include <algorithm>

#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/quantized_types.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Quantization;
using mlir::Type;

// Operations that move elements, or whose regions compute.
constexpr std::string_view kOnStorage[] = {
    "all_gather",
    "all_reduce",
    "all_to_all",
    "broadcast",
    "broadcast_in_dim",
    "call",
    "case",
    "collective_permute",
    "collective_reduce",
    "composite",
    "concatenate",
    "constant",
    "custom_call",
    "dynamic_broadcast_in_dim",
    "dynamic_gather",
    "dynamic_pad",
    "dynamic_reshape",
    "dynamic_slice",
    "dynamic_update_slice",
    "gather",
    "get_dimension_size",
    "get_tuple_element",
    "if",
    "map",
    "optimization_barrier",
    "pad",
    "real_dynamic_slice",
    "reduce",
    "reduce_scatter",
    "reduce_window",
    "reshape",
    "reverse",
    "scatter",
    "select",
    "select_and_scatter",
    "set_dimension_size",
    "slice",
    "sort",
    "transpose",
    "tuple",
    "unrealized_conversion_cast",
    "while",
};

// The type with its expressed elements.
Type Expressed(const Type& type) {
  const Quantization* q = QuantizationOf(type);
  if (q == nullptr) return type;
  Type element = Type::Element(q->expressed);
  if (!type.IsTensor()) return element;
  return Type::Tensor(element, type.dimensions(), type.bounds());
}

// One number for each element: scales or zero points, spread along the quantized axes.
InstructionId Spread(Emitter& e, InstructionId like, const Quantization& q,
                     absl::Span<const double> values, ir::ElementType type) {
  if (!e.Ok(like)) return {};
  const ir::Shape shape = e.shape(like);
  if (q.axes.empty()) return e.Like(like, ScalarLiteral(type, values[0]));
  ir::DimensionVector sizes;
  std::vector<int64_t> dims;
  // Blocks along an axis repeat: [blocks] -> [blocks, block size] -> [size].
  std::vector<int64_t> wide_sizes, wide_dims;
  for (int64_t d = 0; d < shape.rank(); ++d) {
    auto axis = std::ranges::find(q.axes, d);
    const int64_t size = shape.dimension(d);
    if (axis == q.axes.end()) {
      wide_sizes.push_back(size);
      continue;
    }
    const int64_t given = q.block_sizes[axis - q.axes.begin()];
    const int64_t block = given == 0 ? 1 : given;
    if (size % block != 0) {
      e.Fail(base::InvalidArgument("blocks of %d do not fill dimension %d of %s", block, d,
                                   shape.ToString()));
      return {};
    }
    wide_dims.push_back(static_cast<int64_t>(wide_sizes.size()));
    wide_sizes.push_back(size / block);
    sizes.push_back(size / block);
    if (block > 1) wide_sizes.push_back(block);
  }
  absl::StatusOr<ir::Shape> table = ir::Shape::Make(type, sizes);
  if (!table.ok() || table->ElementCount() != static_cast<int64_t>(values.size()) ||
      sizes.size() != q.axes.size()) {
    e.Fail(base::InvalidArgument("%d scales do not fit the quantized axes of %s", values.size(),
                                 shape.ToString()));
    return {};
  }
  InstructionId constant = e.Constant(ir::Literal::FromDoubles(*table, values));
  return e.Reshape(e.Broadcast(constant, wide_dims, wide_sizes), shape.dimensions());
}

std::vector<double> ZeroPoints(const Quantization& q) {
  return {q.zero_points.begin(), q.zero_points.end()};
}

// scale·(q − zero_point), in the expressed type.
InstructionId Dequantize(Emitter& e, InstructionId stored, const Quantization& q) {
  InstructionId wide = e.Convert(stored, ir::ElementType::kS32);
  InstructionId zero = Spread(e, stored, q, ZeroPoints(q), ir::ElementType::kS32);
  InstructionId steps = e.Convert(e.Add(OpCode::kSubtract, {wide, zero}), q.expressed);
  return e.Add(OpCode::kMultiply, {steps, Spread(e, stored, q, q.scales, q.expressed)});
}

// round(x / scale) + zero_point, within the storage's bounds.
InstructionId Quantize(Emitter& e, InstructionId expressed, const Quantization& q) {
  InstructionId x = e.Convert(expressed, q.expressed);
  InstructionId steps = e.Add(OpCode::kDivide, {x, Spread(e, x, q, q.scales, q.expressed)});
  InstructionId rounded = e.Add(OpCode::kRoundNearestEven, {steps});
  InstructionId shifted =
      e.Add(OpCode::kAdd, {rounded, Spread(e, x, q, ZeroPoints(q), q.expressed)});
  InstructionId clamped =
      e.Add(OpCode::kClamp, {e.Like(x, static_cast<double>(q.storage_min)), shifted,
                             e.Like(x, static_cast<double>(q.storage_max))});
  return e.Convert(clamped, q.storage);
}

bool AllSame(const mlir::Module& source, const mlir::Operation& op) {
  const Quantization* first = nullptr;
  auto same = [&](const std::vector<mlir::ValueId>& values) {
    for (mlir::ValueId value : values) {
      const Quantization* q = QuantizationOf(source.type(value));
      if (q == nullptr) continue;
      if (first == nullptr) first = q;
      if (!(*first == *q)) return false;
    }
    return true;
  };
  return same(op.operands) && same(op.results);
}

// Reductions convert their operands to the type that their regions compute in.
bool PromotesOperands(std::string_view name) {
  return name == "all_reduce" || name == "collective_reduce" || name == "reduce" ||
         name == "reduce_scatter" || name == "reduce_window" || name == "scatter";
}

// Each result quantized as its type says.
void BindQuantized(Emitter& e, const mlir::Operation& op, absl::Span<const InstructionId> results) {
  for (size_t i = 0; i < op.results.size() && i < results.size(); ++i) {
    const Quantization* q = QuantizationOf(e.source().type(op.results[i]));
    e.Bind(op.results[i], q != nullptr ? Quantize(e, results[i], *q) : results[i]);
  }
}

absl::Status UniformQuantize(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId value = e.Value(op.operands[0]);
  if (const Quantization* q = QuantizationOf(e.source().type(op.operands[0]))) {
    value = Dequantize(e, value, *q);
  }
  const InstructionId results[] = {value};
  BindQuantized(e, op, results);
  return absl::OkStatus();
}

absl::Status UniformDequantize(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  const Quantization* q = QuantizationOf(e.source().type(op.operands[0]));
  if (q == nullptr) return base::InvalidArgument("its operand is not quantized");
  e.BindResults(op, Dequantize(e, e.Value(op.operands[0]), *q));
  return absl::OkStatus();
}

// The bits are the storage's.
absl::Status BitcastStorage(Emitter& e, const mlir::Operation& op) {
  return FindTranslation("stablehlo.bitcast_convert")(e, op);
}

// Translates `op` as if its types were the expressed ones.
absl::Status OnExpressed(Emitter& e, const mlir::Operation& op) {
  Translate translate = FindTranslation(op.name);
  if (translate == nullptr) return base::Unimplemented("the operation is not known");
  mlir::Operation expressed = op;
  for (mlir::ValueId& operand : expressed.operands) {
    const Type type = e.source().type(operand);
    InstructionId value = e.Value(operand);
    const Quantization* q = QuantizationOf(type);
    if (q == nullptr) continue;
    operand = e.program().AddValue(Expressed(type));
    e.Bind(operand, Dequantize(e, value, *q));
  }
  for (mlir::ValueId& result : expressed.results) {
    result = e.program().AddValue(Expressed(e.source().type(result)));
  }
  EQSAT_RETURN_IF_ERROR(translate(e, expressed));
  std::vector<InstructionId> results;
  for (mlir::ValueId result : expressed.results) results.push_back(e.Value(result));
  BindQuantized(e, op, results);
  return e.status();
}

}  // namespace

absl::Span<const OpEntry> QuantizationOps() {
  static constexpr OpEntry kEntries[] = {
      {"uniform_dequantize", UniformDequantize},
      {"uniform_quantize", UniformQuantize},
  };
  return kEntries;
}

InstructionId Requantized(Emitter& e, InstructionId stored, const Quantization& from,
                          const Quantization& to) {
  return from == to ? stored : Quantize(e, Dequantize(e, stored, from), to);
}

absl::Status TranslateQuantized(Emitter& e, const mlir::Operation& op) {
  auto quantized = [&e](mlir::ValueId value) { return e.source().type(value).IsQuantized(); };
  if (!std::ranges::any_of(op.operands, quantized) && !std::ranges::any_of(op.results, quantized)) {
    return absl::NotFoundError("");
  }
  const std::string_view name = mlir::WithoutDialect(op.name);
  if (name.starts_with("uniform_") || name.starts_with("expect_")) return absl::NotFoundError("");
  if (name == "bitcast_convert") return BitcastStorage(e, op);
  const bool on_storage = std::ranges::find(kOnStorage, name) != std::end(kOnStorage);
  if (PromotesOperands(name) || (on_storage && AllSame(e.source(), op))) {
    return absl::NotFoundError("");
  }
  return OnExpressed(e, op);
}

}  // namespace eqsat::importers::stablehlo
