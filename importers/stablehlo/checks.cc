// Assertions of the `check` dialect, as custom calls on the actual and the expected value.
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// `target` is a check's name; what the operation says of the tolerance becomes the backend config,
// `{"tolerance": 0.1}`.
absl::Status AddCheck(Emitter& e, const mlir::Operation& op, std::string_view target,
                      absl::Span<const InstructionId> operands) {
  std::vector<std::string> fields;
  for (std::string_view name : {"tolerance", "min_ulp_difference", "max_ulp_difference"}) {
    const mlir::Attribute* value = op.Find(name);
    if (value == nullptr) continue;
    std::optional<double> number = value->AsFloat();
    if (!number && value->AsInt()) number = static_cast<double>(*value->AsInt());
    if (number) fields.push_back(base::StrCat("\"", name, "\":", *number));
  }
  ir::CustomCallAttributes attributes{.custom_call_target = std::string(target),
                                      .custom_call_has_side_effect = true};
  const ir::Shape nothing = ir::Shape::Tuple({});
  InstructionId call = e.Add(OpCode::kCustomCall, operands, std::move(attributes), {}, &nothing);
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  notes.backend_config = base::StrCat("{", base::Join(fields, ","), "}");
  // Where the assertion stands, for the message of one that fails.
  notes.metadata.source_line = op.place.line;
  e.SetAnnotations(call, std::move(notes));
  return absl::OkStatus();
}

absl::Status Expect(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  return AddCheck(e, op, op.name, e.Operands(op));
}

// The expected value is an attribute.
absl::Status ExpectConstant(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  const mlir::Attribute* value = op.Find("value");
  if (value == nullptr) return base::InvalidArgument("the expected value is missing");
  EQSAT_ASSIGN_OR_RETURN(ir::Literal expected, LiteralOf(e.source(), *value));
  const InstructionId operands[] = {e.Value(op.operands[0]), e.Constant(std::move(expected))};
  std::string_view target = op.name;
  target.remove_suffix(std::string_view("_const").size());
  return AddCheck(e, op, target, operands);
}

// A probe writes the value to a file that this compares with it: they are equal by definition.
absl::Status ExpectSerialized(Emitter&, const mlir::Operation&) { return absl::OkStatus(); }

}  // namespace

absl::Span<const OpEntry> CheckOps() {
  static constexpr OpEntry kEntries[] = {
      {"expect_almost_eq", Expect},
      {"expect_almost_eq_const", ExpectConstant},
      {"expect_close", Expect},
      {"expect_eq", Expect},
      {"expect_eq_const", ExpectConstant},
      {"expect_serialized_eq", ExpectSerialized},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
