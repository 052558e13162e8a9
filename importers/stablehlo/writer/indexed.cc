// Gather and scatter.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<Written> Gather(BlockWriter& w, const ir::Instruction& op) {
  const auto& gather = op.attr<ir::GatherAttributes>();
  mlir::DialectAttribute numbers{
      "stablehlo.gather",
      {{"offset_dims", IntList(gather.offset_dims)},
       {"collapsed_slice_dims", IntList(gather.collapsed_slice_dims)},
       {"operand_batching_dims", IntList(gather.operand_batching_dims)},
       {"start_indices_batching_dims", IntList(gather.start_indices_batching_dims)},
       {"start_index_map", IntList(gather.start_index_map)},
       {"index_vector_dim", Int64(gather.index_vector_dim)}}};
  return w.Emit("stablehlo.gather", w.Ones(op.operands), op.shape,
                {{"dimension_numbers", std::move(numbers)},
                 {"slice_sizes", IntArray(gather.slice_sizes)},
                 {"indices_are_sorted", gather.indices_are_sorted}});
}

absl::StatusOr<Written> Scatter(BlockWriter& w, const ir::Instruction& op) {
  const auto& scatter = op.attr<ir::ScatterAttributes>();
  mlir::DialectAttribute numbers{
      "stablehlo.scatter",
      {{"update_window_dims", IntList(scatter.update_window_dims)},
       {"inserted_window_dims", IntList(scatter.inserted_window_dims)},
       {"input_batching_dims", IntList(scatter.input_batching_dims)},
       {"scatter_indices_batching_dims", IntList(scatter.scatter_indices_batching_dims)},
       {"scatter_dims_to_operand_dims", IntList(scatter.scatter_dims_to_operand_dims)},
       {"index_vector_dim", Int64(scatter.index_vector_dim)}}};
  std::vector<mlir::Region> regions;
  regions.push_back(w.Region(op.called[0]));
  return w.Emit("stablehlo.scatter", w.Ones(op.operands), op.shape,
                {{"scatter_dimension_numbers", std::move(numbers)},
                 {"indices_are_sorted", scatter.indices_are_sorted},
                 {"unique_indices", scatter.unique_indices}},
                std::move(regions));
}

}  // namespace

absl::Span<const OpWriterEntry> IndexedWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kGather, Gather},
      {OpCode::kScatter, Scatter},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
