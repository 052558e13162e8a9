// Operations that fold, order or map elements with a region.
#include "importers/stablehlo/contraction.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/promotion.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

// Emits `opcode` with the operation's one region.
void AddWithRegion(Emitter& e, const mlir::Operation& op, OpCode opcode, ir::Attributes attributes,
                   std::string_view region_name) {
  ir::ComputationId region = e.Region(op, 0, region_name);
  e.BindResults(op, e.Add(opcode, e.Operands(op), std::move(attributes), {&region, 1}));
}

// The region folds elements of the results' types.
absl::Status AddFold(Emitter& e, const mlir::Operation& op, OpCode opcode,
                     ir::Attributes attributes) {
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op));
  ir::ComputationId region = e.Region(op, 0, "region");
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> operands, Promoted(e, op, op.operands));
  e.BindResults(op, e.Add(opcode, operands, std::move(attributes), {&region, 1}));
  return absl::OkStatus();
}

absl::Status Reduce(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dims, IntsAttribute(op, "dimensions"));
  return AddFold(e, op, OpCode::kReduce,
                 ir::DimensionsAttributes{.dimensions = ToDimensions(dims)});
}

absl::Status ReduceWindow(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> size, IntsAttribute(op, "window_dimensions"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, PaddingOf(op));
  ir::WindowAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(
      attributes.window,
      WindowOf(size, {.strides = IntsAttributeOr(op, "window_strides", {}),
                      .padding = std::move(padding),
                      .base_dilations = IntsAttributeOr(op, "base_dilations", {}),
                      .window_dilations = IntsAttributeOr(op, "window_dilations", {})}));
  return AddFold(e, op, OpCode::kReduceWindow, std::move(attributes));
}

absl::Status SelectAndScatter(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, PaddingOf(op));
  // Absent: windows of one element.
  std::vector<int64_t> ones(e.shape(operand).rank(), 1);
  std::vector<int64_t> size = IntsAttributeOr(op, "window_dimensions", std::move(ones));
  ir::WindowAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.window,
                         WindowOf(size, {.strides = IntsAttributeOr(op, "window_strides", {}),
                                         .padding = std::move(padding)}));
  EQSAT_RETURN_IF_ERROR(CheckReducer(e.source(), op, 1));
  const ir::ComputationId regions[] = {e.Region(op, 0, "select"), e.Region(op, 1, "scatter")};
  e.BindResults(op,
                e.Add(OpCode::kSelectAndScatter, e.Operands(op), std::move(attributes), regions));
  return absl::OkStatus();
}

absl::Status Sort(Emitter& e, const mlir::Operation& op) {
  if (op.operands.empty()) return base::InvalidArgument("it has no operands");
  InstructionId first = e.Value(op.operands[0]);
  if (!e.Ok(first)) return e.status();
  int64_t dimension = IntAttributeOr(op, "dimension", -1);
  if (dimension < 0) dimension += e.shape(first).rank();
  ir::SortAttributes attributes{.dimensions = {dimension},
                                .is_stable = BoolAttributeOr(op, "is_stable", false)};
  AddWithRegion(e, op, OpCode::kSort, std::move(attributes), "compare");
  return absl::OkStatus();
}

absl::Status Map(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dims, IntsAttribute(op, "dimensions"));
  AddWithRegion(e, op, OpCode::kMap, ir::DimensionsAttributes{.dimensions = ToDimensions(dims)},
                "region");
  return absl::OkStatus();
}

absl::Status TopK(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  ir::TopKAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.k, IntAttribute(op, "k"));
  attributes.largest = BoolAttributeOr(op, "largest", true);
  attributes.is_stable = BoolAttributeOr(op, "is_stable", false);
  e.BindResults(op, e.Add(OpCode::kTopk, e.Operands(op), attributes));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ReductionOps() {
  static constexpr OpEntry kEntries[] = {
      {"map", Map},
      {"reduce", Reduce},
      {"reduce_window", ReduceWindow},
      {"select_and_scatter", SelectAndScatter},
      {"sort", Sort},
      {"top_k", TopK},
      {"topk", TopK},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
