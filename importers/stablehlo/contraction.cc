// Dots, convolutions, einsums.
#include "importers/stablehlo/contraction.h"

#include "importers/stablehlo/dot_algorithms.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<std::vector<ir::Precision>> PrecisionOf(const mlir::Operation& op) {
  std::vector<ir::Precision> out;
  const mlir::Attribute* attribute = op.Find("precision_config");
  if (attribute == nullptr) return out;
  const auto* array = attribute->As<mlir::ArrayAttribute>();
  if (array == nullptr) return base::InvalidArgument("precision_config must be a list");
  bool all_default = true;
  for (const mlir::Attribute& element : array->elements) {
    EQSAT_ASSIGN_OR_RETURN(ir::Precision precision,
                           EnumFromName<ir::Precision>(element.AsKeyword().value_or("")));
    all_default = all_default && precision == ir::Precision::kDefault;
    out.push_back(precision);
  }
  if (all_default) out.clear();
  return out;
}

absl::StatusOr<std::string> AlgorithmOf(const mlir::Operation& op) {
  const mlir::Attribute* attribute = op.Find("algorithm");
  const auto* algorithm = attribute != nullptr ? attribute->As<mlir::DialectAttribute>() : nullptr;
  if (algorithm == nullptr || algorithm->parameters.empty()) return std::string();
  return AlgorithmName(*algorithm);
}

// The stated element type is the one that is accumulated in and may be wider than the operands'.
absl::Status AddDot(Emitter& e, const mlir::Operation& op, ir::DotAttributes attributes) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(attributes.operand_precision, PrecisionOf(op));
  EQSAT_ASSIGN_OR_RETURN(attributes.algorithm, AlgorithmOf(op));
  std::vector<InstructionId> operands = e.Operands(op);
  e.BindResults(op,
                AddDotOf(e, operands, std::move(attributes), e.source().type(op.results.at(0))));
  return absl::OkStatus();
}

absl::Status DotGeneral(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::DotAttributes attributes, DotNumbersOf(op));
  return AddDot(e, op, std::move(attributes));
}

// The last dimension of the left side with the first of the right one.
absl::Status Dot(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  InstructionId lhs = e.Value(op.operands[0]);
  InstructionId rhs = e.Value(op.operands[1]);
  if (!e.Ok(lhs) || !e.Ok(rhs)) return e.status();
  for (InstructionId side : {lhs, rhs}) {
    if (e.shape(side).rank() == 1 || e.shape(side).rank() == 2) continue;
    return base::InvalidArgument("the operands are vectors or matrices, not %s",
                                 e.shape(side).ToString());
  }
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {e.shape(lhs).rank() - 1};
  attributes.rhs_contracting_dims = {0};
  return AddDot(e, op, std::move(attributes));
}

absl::Status Convolution(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, PaddingOf(op));
  EQSAT_ASSIGN_OR_RETURN(InstructionId result,
                         AddConvolution(e, op, e.Operands(op), std::move(padding)));
  e.BindResults(op, result);
  return absl::OkStatus();
}

// `ab,bc->ac`: letters of both sides and of the result are batches, of both sides alone are
// contracted; letters of one side alone are summed first.
struct EinsumSide {
  InstructionId value;
  std::string letters;
};

absl::Status SumAway(Emitter& e, std::string_view keep, EinsumSide* side) {
  ir::DimensionVector dims;
  std::string letters;
  for (size_t i = 0; i < side->letters.size(); ++i) {
    if (keep.find(side->letters[i]) == keep.npos) {
      dims.push_back(static_cast<int64_t>(i));
    } else {
      letters += side->letters[i];
    }
  }
  if (dims.empty()) return absl::OkStatus();
  side->value = AddSum(e, side->value, dims);
  side->letters = std::move(letters);
  return e.status();
}

// Brings the dimensions of `side` into the order of `result`.
absl::Status Order(Emitter& e, std::string_view result, EinsumSide* side) {
  std::vector<int64_t> permutation;
  for (char letter : result) {
    size_t at = side->letters.find(letter);
    if (at == std::string::npos) {
      return base::InvalidArgument("einsum: the result's %c is no operand's", letter);
    }
    permutation.push_back(static_cast<int64_t>(at));
  }
  side->value = e.Transpose(side->value, permutation);
  return e.status();
}

absl::StatusOr<EinsumSide> ContractSides(Emitter& e, const EinsumSide& lhs, const EinsumSide& rhs,
                                         std::string_view result, const mlir::Type& stated) {
  ir::DotAttributes dims;
  std::string batch, lhs_free, rhs_free;
  for (size_t i = 0; i < lhs.letters.size(); ++i) {
    const char letter = lhs.letters[i];
    size_t other = rhs.letters.find(letter);
    if (other == std::string::npos) {
      lhs_free += letter;
    } else if (result.find(letter) != result.npos) {
      batch += letter;
      dims.lhs_batch_dims.push_back(static_cast<int64_t>(i));
      dims.rhs_batch_dims.push_back(static_cast<int64_t>(other));
    } else {
      dims.lhs_contracting_dims.push_back(static_cast<int64_t>(i));
      dims.rhs_contracting_dims.push_back(static_cast<int64_t>(other));
    }
  }
  for (char letter : rhs.letters) {
    if (lhs.letters.find(letter) == std::string::npos) rhs_free += letter;
  }
  const InstructionId operands[] = {lhs.value, rhs.value};
  InstructionId dot = AddDotOf(e, operands, std::move(dims), stated);
  EQSAT_RETURN_IF_ERROR(e.status());
  return EinsumSide{dot, batch + lhs_free + rhs_free};
}

absl::Status Einsum(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view config, KeywordAttribute(op, "einsum_config"));
  std::string text;
  for (char c : config) {
    if (c != ' ') text += c;
  }
  const size_t arrow = text.find("->");
  if (arrow == std::string::npos || op.operands.empty() || op.operands.size() > 2) {
    return base::InvalidArgument("einsum_config must be like \"ab,bc->ac\"");
  }
  const std::string result = text.substr(arrow + 2);
  const size_t comma = text.find(',');
  EinsumSide lhs{e.Value(op.operands[0]), text.substr(0, std::min(comma, arrow))};
  if (op.operands.size() == 1) {
    EQSAT_RETURN_IF_ERROR(SumAway(e, result, &lhs));
    EQSAT_RETURN_IF_ERROR(Order(e, result, &lhs));
    e.BindResults(op, lhs.value);
    return absl::OkStatus();
  }
  if (comma > arrow) return base::InvalidArgument("einsum_config names one operand of two");
  EinsumSide rhs{e.Value(op.operands[1]), text.substr(comma + 1, arrow - comma - 1)};
  EQSAT_RETURN_IF_ERROR(SumAway(e, rhs.letters + result, &lhs));
  EQSAT_RETURN_IF_ERROR(SumAway(e, lhs.letters + result, &rhs));
  EQSAT_ASSIGN_OR_RETURN(EinsumSide product,
                         ContractSides(e, lhs, rhs, result, e.source().type(op.results.at(0))));
  EQSAT_RETURN_IF_ERROR(Order(e, result, &product));
  e.BindResults(op, product.value);
  return absl::OkStatus();
}

absl::Status RaggedDot(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "ragged_dot_dimension_numbers"));
  ir::RaggedDotAttributes attributes;
  // MHLO has the dimensions of a plain dot in an attribute of their own.
  const mlir::Attribute* nested = mlir::Find(numbers->parameters, "dot_dimension_numbers");
  const auto* inner = nested != nullptr ? nested->As<mlir::DialectAttribute>() : nullptr;
  const mlir::DialectAttribute& plain = inner != nullptr ? *inner : *numbers;
  attributes.lhs_batch_dims = DimensionsParameter(plain, "lhs_batching_dimensions");
  attributes.rhs_batch_dims = DimensionsParameter(plain, "rhs_batching_dimensions");
  attributes.lhs_contracting_dims = DimensionsParameter(plain, "lhs_contracting_dimensions");
  attributes.rhs_contracting_dims = DimensionsParameter(plain, "rhs_contracting_dimensions");
  attributes.lhs_ragged_dims = DimensionsParameter(*numbers, "lhs_ragged_dimensions");
  attributes.rhs_group_dims = DimensionsParameter(*numbers, "rhs_group_dimensions");
  EQSAT_ASSIGN_OR_RETURN(attributes.operand_precision, PrecisionOf(op));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results.at(0))));
  std::vector<InstructionId> operands = e.Operands(op);
  e.BindResults(op, e.Add(OpCode::kRaggedDot, operands, std::move(attributes), {}, &result));
  return absl::OkStatus();
}

// Two operands and their scales.
absl::Status ScaledDot(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 4));
  EQSAT_ASSIGN_OR_RETURN(ir::DotAttributes attributes, DotNumbersOf(op));
  EQSAT_ASSIGN_OR_RETURN(attributes.operand_precision, PrecisionOf(op));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results.at(0))));
  std::vector<InstructionId> operands = e.Operands(op);
  e.BindResults(op, e.Add(OpCode::kScaledDot, operands, std::move(attributes), {}, &result));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ContractionOps() {
  static constexpr OpEntry kEntries[] = {
      {"convolution", Convolution}, {"dot", Dot},
      {"dot_general", DotGeneral},  {"einsum", Einsum},
      {"ragged_dot", RaggedDot},    {"scaled_dot", ScaledDot},
      {"unary_einsum", Einsum},
  };
  return kEntries;
}

absl::StatusOr<ir::DotAttributes> DotNumbersOf(const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "dot_dimension_numbers"));
  ir::DotAttributes attributes;
  attributes.lhs_batch_dims = DimensionsParameter(*numbers, "lhs_batching_dimensions");
  attributes.rhs_batch_dims = DimensionsParameter(*numbers, "rhs_batching_dimensions");
  attributes.lhs_contracting_dims = DimensionsParameter(*numbers, "lhs_contracting_dimensions");
  attributes.rhs_contracting_dims = DimensionsParameter(*numbers, "rhs_contracting_dimensions");
  return attributes;
}

InstructionId AddDotOf(Emitter& e, absl::Span<const InstructionId> operands,
                       ir::DotAttributes attributes, const mlir::Type& stated) {
  InstructionId plain = e.Add(OpCode::kDot, operands, attributes);
  absl::StatusOr<ir::Shape> shape = ShapeOf(stated);
  if (!shape.ok()) e.Fail(shape.status());
  if (!e.Ok(plain) || shape->element_type() == e.shape(plain).element_type()) return plain;
  // Accumulated in the stated type: the instruction says so in its shape.
  ir::Shape wide = e.shape(plain).WithElementType(shape->element_type());
  e.mutable_instruction(plain).shape = std::move(wide);
  return plain;
}

ir::ComputationId SumOf(Emitter& e, ir::ElementType type) {
  if (!e.status().ok()) return {};
  Emitter body(e.program(), &e, FreshRegionName(e, "sum"));
  const ir::Shape scalar(type, {});
  InstructionId a = body.Parameter(0, scalar), b = body.Parameter(1, scalar);
  absl::StatusOr<ir::ComputationId> sum = body.Finish({{body.Add(OpCode::kAdd, {a, b})}});
  if (!sum.ok()) e.Fail(sum.status());
  return sum.ok() ? *sum : ir::ComputationId();
}

InstructionId AddSum(Emitter& e, InstructionId operand, const ir::DimensionVector& dims) {
  if (!e.Ok(operand)) return {};
  const ir::ElementType type = e.shape(operand).element_type();
  ir::ComputationId sum = SumOf(e, type);
  const InstructionId operands[] = {operand, e.Constant(ScalarLiteral(type, 0))};
  return e.Add(OpCode::kReduce, operands, ir::DimensionsAttributes{.dimensions = dims}, {&sum, 1});
}

absl::StatusOr<InstructionId> AddConvolution(Emitter& e, const mlir::Operation& op,
                                             std::vector<InstructionId> operands,
                                             std::vector<int64_t> padding) {
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "dimension_numbers"));
  auto one = [numbers](std::string_view name) {
    const mlir::Attribute* value = mlir::Find(numbers->parameters, name);
    return value != nullptr ? value->AsInt().value_or(0) : 0;
  };
  auto list = [numbers](std::string_view name) {
    return ToDimensions(IntsParameter(*numbers, name));
  };
  ir::ConvolutionAttributes attributes;
  ir::ConvolutionDimensions& dims = attributes.dim_labels;
  dims.input_batch = one("input_batch_dimension");
  dims.input_feature = one("input_feature_dimension");
  dims.input_spatial = list("input_spatial_dimensions");
  dims.kernel_input_feature = one("kernel_input_feature_dimension");
  dims.kernel_output_feature = one("kernel_output_feature_dimension");
  dims.kernel_spatial = list("kernel_spatial_dimensions");
  dims.output_batch = one("output_batch_dimension");
  dims.output_feature = one("output_feature_dimension");
  dims.output_spatial = list("output_spatial_dimensions");
  if (!e.Ok(operands[0]) || !e.Ok(operands[1])) return e.status();
  std::vector<int64_t> size;
  for (int64_t dim : dims.kernel_spatial) {
    if (dim < 0 || dim >= e.shape(operands[1]).rank()) {
      return base::InvalidArgument("the kernel has no dimension %d", dim);
    }
    size.push_back(e.shape(operands[1]).dimension(dim));
  }
  EQSAT_ASSIGN_OR_RETURN(
      attributes.window,
      WindowOf(size, {.strides = IntsAttributeOr(op, "window_strides", {}),
                      .padding = std::move(padding),
                      .base_dilations = IntsAttributeOr(op, "lhs_dilation", {}),
                      .window_dilations = IntsAttributeOr(op, "rhs_dilation", {}),
                      .reversals = IntsAttributeOr(op, "window_reversal", {})}));
  EQSAT_ASSIGN_OR_RETURN(attributes.feature_group_count, IntAttribute(op, "feature_group_count"));
  EQSAT_ASSIGN_OR_RETURN(attributes.batch_group_count, IntAttribute(op, "batch_group_count"));
  EQSAT_ASSIGN_OR_RETURN(attributes.operand_precision, PrecisionOf(op));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape stated, ShapeOf(e.source().type(op.results.at(0))));
  if (op.name.starts_with("stablehlo.") &&
      e.shape(operands[0]).element_type() != e.shape(operands[1]).element_type()) {
    return base::InvalidArgument("%s and %s have different element types",
                                 e.shape(operands[0]).ToString(), e.shape(operands[1]).ToString());
  }
  InstructionId plain = e.Add(OpCode::kConvolution, operands, std::move(attributes));
  if (!e.Ok(plain)) return e.status();
  if (stated.element_type() != e.shape(plain).element_type()) {
    ir::Shape wide = e.shape(plain).WithElementType(stated.element_type());
    e.mutable_instruction(plain).shape = std::move(wide);
  }
  return plain;
}

absl::StatusOr<std::vector<int64_t>> PaddingOf(const mlir::Operation& op) {
  const mlir::Attribute* attribute = op.Find("padding");
  if (attribute == nullptr) return std::vector<int64_t>();
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, IntsAttribute(op, "padding"));
  const auto* dense = attribute->As<mlir::DenseAttribute>();
  if (dense != nullptr && !dense->array &&
      (dense->type.dimensions().size() != 2 || dense->type.dimensions()[1] != 2)) {
    return base::InvalidArgument("padding has the shape %s, not two numbers a dimension",
                                 dense->type.ToString());
  }
  return padding;
}

absl::StatusOr<ir::Window> WindowOf(absl::Span<const int64_t> size, const WindowFields& fields) {
  const size_t rank = size.size();
  auto wrong = [rank](const std::vector<int64_t>& list, size_t each) {
    return !list.empty() && list.size() != rank * each;
  };
  if (wrong(fields.strides, 1) || wrong(fields.padding, 2) || wrong(fields.base_dilations, 1) ||
      wrong(fields.window_dilations, 1) || wrong(fields.reversals, 1)) {
    return base::InvalidArgument("a list of the window is not one entry for each of %d dimensions",
                                 rank);
  }
  auto at = [](const std::vector<int64_t>& list, size_t i, int64_t fallback) {
    return list.empty() ? fallback : list[i];
  };
  ir::Window window(rank);
  for (size_t i = 0; i < rank; ++i) {
    window[i].size = size[i];
    window[i].stride = at(fields.strides, i, 1);
    window[i].padding_low = at(fields.padding, 2 * i, 0);
    window[i].padding_high = at(fields.padding, 2 * i + 1, 0);
    window[i].base_dilation = at(fields.base_dilations, i, 1);
    window[i].window_dilation = at(fields.window_dilations, i, 1);
    window[i].window_reversal = at(fields.reversals, i, 0) != 0;
  }
  return window;
}

}  // namespace eqsat::importers::stablehlo
