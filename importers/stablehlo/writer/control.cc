// Control flow, calls, tuples, tokens.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "importers/mlir/attribute_parser.h"
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<Written> While(BlockWriter& w, const ir::Instruction& op) {
  std::vector<mlir::Region> regions;
  for (ir::ComputationId called : op.called) regions.push_back(w.Region(called));
  return w.Emit("stablehlo.while", w.Leaves(op.operands[0]), op.shape, {}, std::move(regions));
}

// The regions take no arguments and use what is around them.
absl::StatusOr<Written> Conditional(BlockWriter& w, const ir::Instruction& op) {
  std::vector<mlir::Region> regions;
  for (size_t i = 0; i < op.called.size(); ++i) {
    regions.push_back(w.Capturing(op.called[i], {w.Of(op.operands[i + 1])}));
  }
  const bool by_pred = w.shape(op.operands[0]).element_type() == ir::ElementType::kPred;
  return w.Emit(by_pred ? "stablehlo.if" : "stablehlo.case", {w.One(op.operands[0])}, op.shape, {},
                std::move(regions));
}

// The `composite.` frontend attributes as they were before.
struct CompositeFields {
  std::string name, attributes, version;
};
std::optional<CompositeFields> CompositeFieldsOf(const ir::Instruction& op) {
  if (!op.attr<ir::CallAttributes>().is_composite) return std::nullopt;
  CompositeFields out;
  for (const auto& [key, value] : op.Notes().frontend_attributes) {
    if (key == "composite.name") out.name = value;
    if (key == "composite.attributes") out.attributes = value;
    if (key == "composite.version") out.version = value;
  }
  if (out.name.empty()) return std::nullopt;
  return out;
}

absl::StatusOr<Written> Composite(BlockWriter& w, const ir::Instruction& op,
                                  const CompositeFields& fields) {
  Attributes attributes = {
      {"name", fields.name},
      {"decomposition", mlir::SymbolAttribute{{w.program().FunctionName(op.called[0])}}}};
  if (!fields.attributes.empty()) {
    mlir::Cursor cursor(fields.attributes);
    absl::StatusOr<mlir::Attribute> parsed = mlir::AttributeParser(cursor).ReadAttribute();
    if (!parsed.ok()) {
      return base::Annotate(parsed.status(), "the composite's attributes cannot be read: ");
    }
    attributes.emplace_back("composite_attributes", *std::move(parsed));
  }
  int64_t version = 0;
  if (absl::SimpleAtoi(base::Absl(fields.version), &version) && version != 0) {
    attributes.emplace_back("version", Int32(version));
  }
  return w.EmitElements("stablehlo.composite", w.Ones(op.operands), op.shape,
                        std::move(attributes));
}

absl::StatusOr<Written> Call(BlockWriter& w, const ir::Instruction& op) {
  if (std::optional<CompositeFields> fields = CompositeFieldsOf(op)) {
    return Composite(w, op, *fields);
  }
  return w.EmitElements(
      "func.call", w.Ones(op.operands), op.shape,
      {{"callee", mlir::SymbolAttribute{{w.program().FunctionName(op.called[0])}}}});
}

// Which instructions share a kernel is none of StableHLO's. Operands beyond the parameters are
// unused.
absl::StatusOr<Written> Fusion(BlockWriter& w, const ir::Instruction& op) {
  const size_t count = w.source()[op.called[0]].parameters().size();
  std::vector<Written> parameters;
  for (size_t i = 0; i < std::min(count, op.operands.size()); ++i) {
    parameters.push_back(w.Of(op.operands[i]));
  }
  return w.Inline(op.called[0], std::move(parameters));
}

absl::StatusOr<Written> Tuple(BlockWriter& w, const ir::Instruction& op) {
  Written out;
  for (InstructionId operand : op.operands) out.elements.push_back(w.Of(operand));
  return out;
}

absl::StatusOr<Written> GetTupleElement(BlockWriter& w, const ir::Instruction& op) {
  return w.Element(w.Of(op.operands[0]), w.shape(op.operands[0]),
                   op.attr<ir::GetTupleElementAttributes>().index);
}

absl::StatusOr<Written> OptBarrier(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.optimization_barrier", w.Leaves(op.operands[0]), op.shape);
}

absl::StatusOr<Written> AfterAll(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.after_all", w.Ones(op.operands), op.shape);
}

// The value, not before the token is there.
absl::StatusOr<Written> AddDependency(BlockWriter& w, const ir::Instruction& op) {
  const ir::Shape both = ir::Shape::Tuple({op.shape, w.shape(op.operands[1])});
  return w.Emit("stablehlo.optimization_barrier", w.LeavesOf(op.operands), both).elements[0];
}

}  // namespace

absl::Span<const OpWriterEntry> ControlWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kAddDependency, AddDependency},
      {OpCode::kAfterAll, AfterAll},
      {OpCode::kCall, Call},
      {OpCode::kConditional, Conditional},
      {OpCode::kFusion, Fusion},
      {OpCode::kGetTupleElement, GetTupleElement},
      {OpCode::kOptBarrier, OptBarrier},
      {OpCode::kTuple, Tuple},
      {OpCode::kWhile, While},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
