// Operations that fold, order or map elements with a region.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

// `name` with all operands and a region for each called computation.
Written WithRegions(BlockWriter& w, const ir::Instruction& op, std::string_view name,
                    Attributes attributes) {
  std::vector<mlir::Region> regions;
  for (ir::ComputationId called : op.called) regions.push_back(w.Region(called));
  return w.Emit(name, w.Ones(op.operands), op.shape, std::move(attributes), std::move(regions));
}

absl::StatusOr<Written> Reduce(BlockWriter& w, const ir::Instruction& op) {
  return WithRegions(w, op, "stablehlo.reduce",
                     {{"dimensions", IntArray(op.attr<ir::DimensionsAttributes>().dimensions)}});
}

absl::StatusOr<Written> Map(BlockWriter& w, const ir::Instruction& op) {
  return WithRegions(w, op, "stablehlo.map",
                     {{"dimensions", IntArray(op.attr<ir::DimensionsAttributes>().dimensions)}});
}

struct WindowLists {
  std::vector<int64_t> sizes, strides, base_dilations, window_dilations;
  std::vector<std::vector<int64_t>> padding;
};

absl::StatusOr<WindowLists> ListsOf(const ir::Window& window) {
  WindowLists out;
  for (const ir::WindowDimension& dimension : window) {
    if (dimension.window_reversal) {
      return base::Unimplemented("StableHLO reverses windows of convolutions only");
    }
    out.sizes.push_back(dimension.size);
    out.strides.push_back(dimension.stride);
    out.base_dilations.push_back(dimension.base_dilation);
    out.window_dilations.push_back(dimension.window_dilation);
    out.padding.push_back({dimension.padding_low, dimension.padding_high});
  }
  return out;
}

// A window that is not stated has one element.
ir::Window StatedWindow(const BlockWriter& w, const ir::Instruction& op) {
  const ir::Window& window = op.attr<ir::WindowAttributes>().window;
  return window.empty() ? ir::Window(w.shape(op.operands[0]).rank()) : window;
}

absl::StatusOr<Written> ReduceWindow(BlockWriter& w, const ir::Instruction& op) {
  EQSAT_ASSIGN_OR_RETURN(WindowLists window, ListsOf(StatedWindow(w, op)));
  return WithRegions(w, op, "stablehlo.reduce_window",
                     {{"window_dimensions", IntArray(window.sizes)},
                      {"window_strides", IntArray(window.strides)},
                      {"base_dilations", IntArray(window.base_dilations)},
                      {"window_dilations", IntArray(window.window_dilations)},
                      {"padding", IntTable(window.padding, 2)}});
}

absl::StatusOr<Written> SelectAndScatter(BlockWriter& w, const ir::Instruction& op) {
  const ir::Window stated = StatedWindow(w, op);
  for (const ir::WindowDimension& dimension : stated) {
    if (dimension.base_dilation != 1 || dimension.window_dilation != 1) {
      return base::Unimplemented("StableHLO dilates no windows of select_and_scatter");
    }
  }
  EQSAT_ASSIGN_OR_RETURN(WindowLists window, ListsOf(stated));
  return WithRegions(w, op, "stablehlo.select_and_scatter",
                     {{"window_dimensions", IntArray(window.sizes)},
                      {"window_strides", IntArray(window.strides)},
                      {"padding", IntTable(window.padding, 2)}});
}

absl::StatusOr<Written> Sort(BlockWriter& w, const ir::Instruction& op) {
  const auto& sort = op.attr<ir::SortAttributes>();
  return WithRegions(w, op, "stablehlo.sort",
                     {{"dimension", Int64(sort.dimensions[0])}, {"is_stable", sort.is_stable}});
}

// `array<i32: 2, 1>`
mlir::Attribute Segments(int64_t first, int64_t second) {
  const ir::Literal sizes =
      ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS32, {2}), {first, second});
  return mlir::DenseAttribute{
      mlir::Type::Tensor(mlir::Type::Element(ir::ElementType::kS32), {2}),
      std::make_shared<const std::vector<uint8_t>>(sizes.bytes().begin(), sizes.bytes().end()),
      false, true};
}

absl::StatusOr<Written> Scan(BlockWriter& w, const ir::Instruction& op) {
  const auto& scan = op.attr<ir::ScanAttributes>();
  const auto inputs = static_cast<int64_t>(op.operands.size()) - scan.num_carries;
  const int64_t results = op.shape.IsTuple() ? static_cast<int64_t>(op.shape.elements().size()) : 1;
  return WithRegions(
      w, op, "chlo.scan",
      {{"dimension", Int64(scan.dimensions[0])},
       {"is_associative", scan.is_associative},
       {"is_reverse", scan.is_reverse},
       {"operandSegmentSizes", Segments(inputs, scan.num_carries)},
       {"resultSegmentSizes", Segments(results - scan.num_carries, scan.num_carries)}});
}

// CHLO's top_k finds the largest and is not asked to be stable; XLA's own form says all.
absl::StatusOr<Written> TopK(BlockWriter& w, const ir::Instruction& op) {
  const auto& topk = op.attr<ir::TopKAttributes>();
  if (topk.largest && !topk.is_stable) {
    return w.Emit("chlo.top_k", w.Ones(op.operands), op.shape, {{"k", Int64(topk.k)}});
  }
  mlir::DictionaryAttribute fields{
      {{"k", Int64(topk.k)}, {"largest", topk.largest}, {"is_stable", topk.is_stable}}};
  return w.Emit("stablehlo.custom_call", w.Ones(op.operands), op.shape,
                {{"call_target_name", std::string("mhlo.topk")},
                 {"mhlo.attributes", std::move(fields)},
                 {"mhlo.version", Int64(1)}});
}

}  // namespace

absl::Span<const OpWriterEntry> RegionWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kMap, Map},
      {OpCode::kReduce, Reduce},
      {OpCode::kReduceWindow, ReduceWindow},
      {OpCode::kScan, Scan},
      {OpCode::kSelectAndScatter, SelectAndScatter},
      {OpCode::kSort, Sort},
      {OpCode::kTopk, TopK},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
