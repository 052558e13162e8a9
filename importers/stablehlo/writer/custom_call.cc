// Custom calls, and the operations of HLO that StableHLO spells as custom calls of XLA.
#include <cstring>

#include "importers/mlir/attribute_parser.h"
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/print_values.h"

namespace eqsat::importers::stablehlo {
namespace {

// `dense<[1, 0]> : tensor<2xindex>`, from the minor to the major dimension.
mlir::Attribute LayoutOf(const ir::Shape& shape) {
  std::vector<int64_t> order;
  if (shape.IsArray()) {
    const ir::DimensionVector minor_to_major = shape.MinorToMajor();
    order.assign(minor_to_major.begin(), minor_to_major.end());
  }
  std::vector<uint8_t> bytes(order.size() * sizeof(int64_t));
  if (!bytes.empty()) std::memcpy(bytes.data(), order.data(), bytes.size());
  return mlir::DenseAttribute{
      mlir::Type::Tensor(mlir::Type::Index(), {static_cast<int64_t>(order.size())}),
      std::make_shared<const std::vector<uint8_t>>(std::move(bytes))};
}

// Layouts of operands and results; StableHLO has none of tuples.
void AddLayouts(const std::vector<ir::Shape>& operands, const ir::Shape& result,
                Attributes* attributes) {
  std::vector<ir::Shape> results = {result};
  if (result.IsTuple()) results.assign(result.elements().begin(), result.elements().end());
  mlir::ArrayAttribute lists[2];
  for (size_t side = 0; side < 2; ++side) {
    for (const ir::Shape& shape : side == 0 ? operands : results) {
      if (shape.IsTuple()) return;
      lists[side].elements.push_back(LayoutOf(shape));
    }
  }
  attributes->emplace_back("operand_layouts", std::move(lists[0]));
  attributes->emplace_back("result_layouts", std::move(lists[1]));
}

// A typed call's configuration is a dictionary, which HLO holds as text; other calls' is any text.
void AddBackendConfig(const std::string& config, int64_t version, Attributes* attributes) {
  if (config.empty()) return;
  if (version < 4) {
    attributes->emplace_back("backend_config", config);
    return;
  }
  mlir::Cursor cursor(config);
  absl::StatusOr<mlir::Attribute> parsed = mlir::AttributeParser(cursor).ReadAttribute();
  const bool dictionary =
      parsed.ok() && cursor.AtEnd() && parsed->As<mlir::DictionaryAttribute>() != nullptr;
  if (dictionary) {
    attributes->emplace_back("backend_config", *std::move(parsed));
  } else {
    attributes->emplace_back("mhlo.backend_config", config);
  }
}

mlir::Attribute AliasesOf(const std::vector<ir::OutputOperandAlias>& aliases) {
  mlir::ArrayAttribute out;
  for (const ir::OutputOperandAlias& alias : aliases) {
    out.elements.push_back(
        mlir::DialectAttribute{"stablehlo.output_operand_alias",
                               {{"output_tuple_indices", IntList(alias.output_index)},
                                {"operand_index", Int64(alias.operand)},
                                {"operand_tuple_indices", IntList(alias.operand_index)}}});
  }
  return out;
}

// What HLO says of a custom call and StableHLO cannot, in HLO's own text.
std::string OtherFields(const ir::CustomCallAttributes& call) {
  ir::CustomCallAttributes rest = call;
  rest.custom_call_target.clear();
  rest.custom_call_has_side_effect = false;
  rest.operand_layout_constraints.reset();
  rest.output_to_operand_aliasing.clear();
  rest.api_version = ir::CustomCallAttributes().api_version;
  const ir::CustomCallAttributes none;
  std::vector<std::string> fields;
  ir::CustomCallAttributes::VisitFields(
      rest, [&](std::string_view name, const auto& field, ir::Presence) {
        bool stated = false;
        ir::CustomCallAttributes::VisitFields(
            none, [&](std::string_view other, const auto& fallback, ir::Presence) {
              if constexpr (std::is_same_v<decltype(field), decltype(fallback)>) {
                if (other == name) stated = !(field == fallback);
              }
            });
        if (!stated) return;
        std::string text = base::StrCat(name, "=");
        ir::AppendValue(field, &text);
        fields.push_back(std::move(text));
      });
  return base::Join(fields, ", ");
}

absl::StatusOr<Written> CustomCall(BlockWriter& w, const ir::Instruction& op) {
  const auto& call = op.attr<ir::CustomCallAttributes>();
  Attributes attributes = {{"call_target_name", call.custom_call_target}};
  if (call.custom_call_has_side_effect) attributes.emplace_back("has_side_effect", true);
  const auto version = static_cast<int64_t>(call.api_version);
  if (version > 1) attributes.emplace_back("api_version", Int32(version));
  AddBackendConfig(op.Notes().backend_config, version, &attributes);
  if (!op.called.empty()) {
    mlir::ArrayAttribute called;
    for (ir::ComputationId id : op.called) {
      called.elements.push_back(mlir::SymbolAttribute{{w.program().FunctionName(id)}});
    }
    attributes.emplace_back("called_computations", std::move(called));
  }
  if (call.operand_layout_constraints) {
    AddLayouts(*call.operand_layout_constraints, op.shape, &attributes);
  }
  // That a buffer and the value that it holds are one memory goes without saying.
  const bool pins = call.custom_call_target == "Pin" || call.custom_call_target == "Unpin";
  if (!pins && !call.output_to_operand_aliasing.empty()) {
    attributes.emplace_back("output_operand_aliases", AliasesOf(call.output_to_operand_aliasing));
  }
  if (std::string other = OtherFields(call); !other.empty()) {
    attributes.emplace_back("mhlo.hlo_attributes", std::move(other));
  }
  return w.EmitElements("stablehlo.custom_call", w.Ones(op.operands), op.shape,
                        std::move(attributes));
}

// `custom_call @mhlo.name {mhlo.attributes = {…}}`
Written XlaOperation(BlockWriter& w, const ir::Instruction& op, std::string_view name,
                     Attributes fields) {
  return w.Emit("stablehlo.custom_call", w.Ones(op.operands), op.shape,
                {{"call_target_name", base::StrCat("mhlo.", name)},
                 {"mhlo.attributes", mlir::DictionaryAttribute{std::move(fields)}},
                 {"mhlo.version", Int64(1)}});
}

absl::StatusOr<Written> StochasticConvert(BlockWriter& w, const ir::Instruction& op) {
  return XlaOperation(w, op, "stochastic_convert", {});
}

absl::StatusOr<Written> ScaledDot(BlockWriter& w, const ir::Instruction& op) {
  const auto& dot = op.attr<ir::DotAttributes>();
  if (!dot.algorithm.empty()) return base::Unimplemented("a scaled dot cannot name its algorithm");
  Attributes fields = {{"dot_dimension_numbers", DotNumbers(dot)}};
  EQSAT_ASSIGN_OR_RETURN(Attributes precision, PrecisionOf(dot.operand_precision));
  fields.insert(fields.end(), precision.begin(), precision.end());
  return XlaOperation(w, op, "scaled_dot", std::move(fields));
}

// As JAX spells it.
absl::StatusOr<Written> RaggedAllToAll(BlockWriter& w, const ir::Instruction& op) {
  const auto& exchange = op.attr<ir::GroupCollectiveAttributes>();
  EQSAT_ASSIGN_OR_RETURN(Attributes config, GroupAttributes(exchange.replica_groups, 0, false));
  if (exchange.channel_id != 0) config.emplace_back("channel_id", Int64(exchange.channel_id));
  return w.Emit("stablehlo.custom_call", w.Ones(op.operands), op.shape,
                {{"call_target_name", std::string("ragged_all_to_all")},
                 {"api_version", Int32(4)},
                 {"backend_config", mlir::DictionaryAttribute{std::move(config)}}});
}

absl::StatusOr<Written> RngGetAndUpdateState(BlockWriter& w, const ir::Instruction& op) {
  return XlaOperation(w, op, "xla.rng_get_and_update_state",
                      {{"delta", Int64(op.attr<ir::RngStateAttributes>().delta)}});
}

}  // namespace

absl::Span<const OpWriterEntry> CustomCallWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kCustomCall, CustomCall},
      {OpCode::kRaggedAllToAll, RaggedAllToAll},
      {OpCode::kRngGetAndUpdateState, RngGetAndUpdateState},
      {OpCode::kScaledDot, ScaledDot},
      {OpCode::kStochasticConvert, StochasticConvert},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
