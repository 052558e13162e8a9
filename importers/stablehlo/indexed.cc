// Gather and scatter.
#include "importers/stablehlo/indexed.h"

#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/promotion.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

int64_t IntParameter(const mlir::DialectAttribute& attribute, std::string_view name) {
  const mlir::Attribute* value = mlir::Find(attribute.parameters, name);
  return value != nullptr ? value->AsInt().value_or(0) : 0;
}

absl::Status Gather(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, IntsAttribute(op, "slice_sizes"));
  EQSAT_ASSIGN_OR_RETURN(ir::GatherAttributes attributes, GatherAttributesOf(op, sizes));
  e.BindResults(op, e.Add(OpCode::kGather, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

// Inputs, indices and updates; the indices keep their type.
absl::StatusOr<std::vector<InstructionId>> PromotedScatter(Emitter& e, const mlir::Operation& op) {
  const size_t count = op.results.size();
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2 * count + 1));
  std::vector<mlir::ValueId> values = op.operands;
  const auto indices = static_cast<ptrdiff_t>(count);
  values.erase(values.begin() + indices);
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, Promoted(e, op, values));
  operands.insert(operands.begin() + indices, e.Value(op.operands[count]));
  return operands;
}

absl::Status Scatter(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "scatter_dimension_numbers"));
  ir::ScatterAttributes attributes;
  attributes.update_window_dims = DimensionsParameter(*numbers, "update_window_dims");
  attributes.inserted_window_dims = DimensionsParameter(*numbers, "inserted_window_dims");
  attributes.scatter_dims_to_operand_dims =
      DimensionsParameter(*numbers, "scatter_dims_to_operand_dims");
  attributes.input_batching_dims = DimensionsParameter(*numbers, "input_batching_dims");
  attributes.scatter_indices_batching_dims =
      DimensionsParameter(*numbers, "scatter_indices_batching_dims");
  attributes.index_vector_dim = IntParameter(*numbers, "index_vector_dim");
  attributes.indices_are_sorted = BoolAttributeOr(op, "indices_are_sorted", false);
  attributes.unique_indices = BoolAttributeOr(op, "unique_indices", false);
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op));
  ir::ComputationId region = e.Region(op, 0, "update");
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, PromotedScatter(e, op));
  e.BindResults(op, e.Add(OpCode::kScatter, operands, std::move(attributes), {&region, 1}));
  return absl::OkStatus();
}

// Slices of the operand along `dim` at each index; the indices' other dimensions replace it.
absl::Status TorchIndexSelect(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(int64_t dim, IntAttribute(op, "dim"));
  EQSAT_ASSIGN_OR_RETURN(int64_t batch_dims, IntAttribute(op, "batch_dims"));
  std::vector<InstructionId> operands = e.Operands(op);
  if (!e.Ok(operands[0]) || !e.Ok(operands[1])) return e.status();
  const ir::Shape operand = e.shape(operands[0]), indices = e.shape(operands[1]);
  if (dim < 0 || dim >= operand.rank() || batch_dims < 0 || batch_dims > dim ||
      batch_dims > indices.rank()) {
    return base::InvalidArgument("dim %d and batch_dims %d do not fit the operands", dim,
                                 batch_dims);
  }
  ir::GatherAttributes attributes;
  attributes.index_vector_dim = indices.rank();
  attributes.start_index_map = {dim};
  attributes.collapsed_slice_dims = {dim};
  for (int64_t d = 0; d < batch_dims; ++d) {
    attributes.operand_batching_dims.push_back(d);
    attributes.start_indices_batching_dims.push_back(d);
  }
  for (int64_t d = 0; d < operand.rank(); ++d) {
    const bool single = d < batch_dims || d == dim;
    attributes.slice_sizes.push_back(single ? 1 : operand.dimension(d));
    if (single) continue;
    // What precedes `dim` keeps its place, what follows comes after the indices' dimensions.
    const int64_t shift = indices.rank() - batch_dims - 1;
    attributes.offset_dims.push_back(d < dim ? d : d + shift);
  }
  e.BindResults(op, e.Add(OpCode::kGather, operands, std::move(attributes)));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> IndexedOps() {
  static constexpr OpEntry kEntries[] = {
      {"gather", Gather},
      {"scatter", Scatter},
      {"torch_index_select", TorchIndexSelect},
  };
  return kEntries;
}

absl::StatusOr<ir::GatherAttributes> GatherAttributesOf(const mlir::Operation& op,
                                                        const std::vector<int64_t>& slice_sizes) {
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "dimension_numbers"));
  ir::GatherAttributes attributes;
  attributes.offset_dims = DimensionsParameter(*numbers, "offset_dims");
  attributes.collapsed_slice_dims = DimensionsParameter(*numbers, "collapsed_slice_dims");
  attributes.start_index_map = DimensionsParameter(*numbers, "start_index_map");
  attributes.operand_batching_dims = DimensionsParameter(*numbers, "operand_batching_dims");
  attributes.start_indices_batching_dims =
      DimensionsParameter(*numbers, "start_indices_batching_dims");
  attributes.index_vector_dim = IntParameter(*numbers, "index_vector_dim");
  attributes.slice_sizes = ToDimensions(slice_sizes);
  attributes.indices_are_sorted = BoolAttributeOr(op, "indices_are_sorted", false);
  return attributes;
}

}  // namespace eqsat::importers::stablehlo
