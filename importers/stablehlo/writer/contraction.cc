// Dots and convolutions.
#include "importers/stablehlo/dot_algorithms.h"
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

void Append(Attributes more, Attributes* attributes) {
  for (mlir::NamedAttribute& attribute : more) attributes->push_back(std::move(attribute));
}

// Both sides have one type in StableHLO: if they differ, that of the result.
std::vector<ValueId> OfOneType(BlockWriter& w, const ir::Instruction& op) {
  std::vector<ValueId> operands = w.Ones(op.operands);
  const ir::ElementType type = op.shape.element_type();
  if (w.shape(op.operands[0]).element_type() == w.shape(op.operands[1]).element_type()) {
    return operands;
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    const ir::Shape& shape = w.shape(op.operands[i]);
    if (shape.element_type() == type) continue;
    operands[i] = w.EmitOne("stablehlo.convert", {operands[i]}, shape.WithElementType(type));
  }
  return operands;
}

absl::StatusOr<Written> Dot(BlockWriter& w, const ir::Instruction& op) {
  if (op.operands.size() != 2) return base::Unimplemented("StableHLO has no sparse dot");
  const auto& dot = op.attr<ir::DotAttributes>();
  Attributes attributes = {{"dot_dimension_numbers", DotNumbers(dot)}};
  EQSAT_ASSIGN_OR_RETURN(Attributes precision, PrecisionOf(dot.operand_precision));
  Append(std::move(precision), &attributes);
  if (!dot.algorithm.empty()) {
    EQSAT_ASSIGN_OR_RETURN(mlir::Attribute algorithm,
                           AlgorithmFields(dot.algorithm, w.shape(op.operands[0]).element_type(),
                                           w.shape(op.operands[1]).element_type()));
    attributes.emplace_back("algorithm", std::move(algorithm));
  }
  return w.Emit("stablehlo.dot_general", OfOneType(w, op), op.shape, std::move(attributes));
}

absl::StatusOr<Written> RaggedDot(BlockWriter& w, const ir::Instruction& op) {
  const auto& dot = op.attr<ir::RaggedDotAttributes>();
  if (!dot.algorithm.empty()) {
    return base::Unimplemented("a ragged dot of CHLO cannot name its algorithm");
  }
  Attributes attributes = {
      {"ragged_dot_dimension_numbers",
       mlir::DialectAttribute{"chlo.ragged_dot",
                              {{"lhs_batching_dimensions", IntList(dot.lhs_batch_dims)},
                               {"rhs_batching_dimensions", IntList(dot.rhs_batch_dims)},
                               {"lhs_contracting_dimensions", IntList(dot.lhs_contracting_dims)},
                               {"rhs_contracting_dimensions", IntList(dot.rhs_contracting_dims)},
                               {"lhs_ragged_dimensions", IntList(dot.lhs_ragged_dims)},
                               {"rhs_group_dimensions", IntList(dot.rhs_group_dims)}}}}};
  EQSAT_ASSIGN_OR_RETURN(Attributes precision, PrecisionOf(dot.operand_precision));
  Append(std::move(precision), &attributes);
  return w.Emit("chlo.ragged_dot", w.Ones(op.operands), op.shape, std::move(attributes));
}

mlir::Attribute ConvolutionNumbers(const ir::ConvolutionDimensions& dims) {
  return mlir::DialectAttribute{
      "stablehlo.conv",
      {{"input_batch_dimension", Int64(dims.input_batch)},
       {"input_feature_dimension", Int64(dims.input_feature)},
       {"input_spatial_dimensions", IntList(dims.input_spatial)},
       {"kernel_input_feature_dimension", Int64(dims.kernel_input_feature)},
       {"kernel_output_feature_dimension", Int64(dims.kernel_output_feature)},
       {"kernel_spatial_dimensions", IntList(dims.kernel_spatial)},
       {"output_batch_dimension", Int64(dims.output_batch)},
       {"output_feature_dimension", Int64(dims.output_feature)},
       {"output_spatial_dimensions", IntList(dims.output_spatial)}}};
}

absl::StatusOr<Written> Convolution(BlockWriter& w, const ir::Instruction& op) {
  const auto& convolution = op.attr<ir::ConvolutionAttributes>();
  if (!convolution.algorithm.empty() || !convolution.sparsity_config.empty()) {
    return base::Unimplemented("StableHLO has no algorithm or sparsity of convolutions");
  }
  std::vector<int64_t> strides, lhs_dilation, rhs_dilation;
  std::vector<std::vector<int64_t>> padding;
  std::vector<bool> reversal;
  for (const ir::WindowDimension& window : convolution.window) {
    strides.push_back(window.stride);
    padding.push_back({window.padding_low, window.padding_high});
    lhs_dilation.push_back(window.base_dilation);
    rhs_dilation.push_back(window.window_dilation);
    reversal.push_back(window.window_reversal);
  }
  Attributes attributes = {{"window_strides", IntArray(strides)},
                           {"padding", IntTable(padding, 2)},
                           {"lhs_dilation", IntArray(lhs_dilation)},
                           {"rhs_dilation", IntArray(rhs_dilation)},
                           {"window_reversal", BoolArray(reversal)},
                           {"dimension_numbers", ConvolutionNumbers(convolution.dim_labels)},
                           {"feature_group_count", Int64(convolution.feature_group_count)},
                           {"batch_group_count", Int64(convolution.batch_group_count)}};
  EQSAT_ASSIGN_OR_RETURN(Attributes precision, PrecisionOf(convolution.operand_precision));
  Append(std::move(precision), &attributes);
  return w.Emit("stablehlo.convolution", OfOneType(w, op), op.shape, std::move(attributes));
}

}  // namespace

absl::Span<const OpWriterEntry> ContractionWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kConvolution, Convolution},
      {OpCode::kDot, Dot},
      {OpCode::kRaggedDot, RaggedDot},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
