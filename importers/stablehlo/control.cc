// Control flow, calls, tuples, tokens.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "importers/mlir/attribute_text.h"
#include "importers/stablehlo/contraction.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// A region of control flow: its one parameter holds `state` (as a tuple unless there is one value),
// bound to the region's arguments and then to the outer values `captured`, which it also returns if
// `returns_captured`.
struct Body {
  absl::Span<const InstructionId> state;
  absl::Span<const mlir::ValueId> captured;
  bool returns_captured = false;
};

ir::ComputationId AddBody(Emitter& outer, const mlir::Region& region, std::string_view name,
                          const Body& body) {
  if (!outer.status().ok()) return {};
  Emitter inner(outer.program(), &outer, FreshRegionName(outer, name));
  std::vector<ir::Shape> shapes;
  for (InstructionId id : body.state) shapes.push_back(outer.shape(id));
  const bool single = shapes.size() == 1;
  InstructionId parameter = inner.Parameter(0, single ? shapes[0] : ir::Shape::Tuple(shapes));
  std::vector<InstructionId> values;
  for (size_t i = 0; i < shapes.size(); ++i) {
    values.push_back(single ? parameter : inner.Element(parameter, static_cast<int64_t>(i)));
  }
  const size_t own = region.arguments.size();
  if (own + body.captured.size() != values.size()) {
    outer.Fail(base::InvalidArgument("a region takes %d arguments, not %d", own,
                                     values.size() - body.captured.size()));
    return {};
  }
  for (size_t i = 0; i < own; ++i) {
    const mlir::Type& type = outer.source().type(region.arguments[i]);
    if (!Fits(type, shapes[i])) {
      outer.Fail(base::InvalidArgument("a region's argument %d is of type %s, but is given %s", i,
                                       type.ToString(), shapes[i].ToString()));
      return {};
    }
    inner.Bind(region.arguments[i], values[i]);
  }
  for (size_t i = 0; i < body.captured.size(); ++i) inner.Bind(body.captured[i], values[own + i]);
  absl::StatusOr<std::vector<InstructionId>> results = inner.TranslateBlock(region);
  if (!results.ok()) {
    outer.Fail(results.status());
    return {};
  }
  if (body.returns_captured) results->insert(results->end(), values.begin() + own, values.end());
  absl::StatusOr<ir::ComputationId> id = inner.Finish(*results);
  if (!id.ok()) outer.Fail(id.status());
  return id.ok() ? *id : ir::ComputationId();
}

// Constants are emitted again in the region, so they are not passed.
std::vector<mlir::ValueId> Captured(Emitter& e, const mlir::Operation& op) {
  std::vector<mlir::ValueId> captured = FreeValues(op);
  std::erase_if(captured, [&e](mlir::ValueId value) { return e.IsConstantLike(value); });
  return captured;
}

absl::Status While(Emitter& e, const mlir::Operation& op) {
  if (op.regions.size() != 2) return base::InvalidArgument("it has %d regions", op.regions.size());
  const std::vector<mlir::ValueId> captured = Captured(e, op);
  std::vector<InstructionId> state = e.Operands(op);
  for (mlir::ValueId value : captured) state.push_back(e.Value(value));
  if (!e.status().ok()) return e.status();
  const ir::ComputationId called[] = {
      AddBody(e, op.regions[0], "condition", {.state = state, .captured = captured}),
      AddBody(e, op.regions[1], "body",
              {.state = state, .captured = captured, .returns_captured = true})};
  InstructionId init = state.size() == 1 ? state[0] : e.Tuple(state);
  InstructionId loop = e.Add(OpCode::kWhile, {&init, 1}, ir::NoAttributes{}, called);
  if (state.size() == 1) {
    if (!op.results.empty()) e.Bind(op.results[0], loop);
    return absl::OkStatus();
  }
  for (size_t i = 0; i < op.results.size(); ++i) e.Bind(op.results[i], e.Element(loop, i));
  return absl::OkStatus();
}

absl::Status Conditional(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  std::vector<InstructionId> operands = e.Operands(op);
  std::vector<ir::ComputationId> called;
  for (const mlir::Region& region : op.regions) {
    mlir::Operation alone;
    alone.regions = {region};
    const std::vector<mlir::ValueId> captured = Captured(e, alone);
    std::vector<InstructionId> state;
    for (mlir::ValueId value : captured) state.push_back(e.Value(value));
    called.push_back(AddBody(e, region, "branch", {.state = state, .captured = captured}));
    operands.push_back(state.size() == 1 ? state[0] : e.Tuple(state));
  }
  InstructionId result = e.Add(OpCode::kConditional, operands, ir::NoAttributes{}, called);
  e.BindResults(op, result);
  return absl::OkStatus();
}

absl::Status Call(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view callee, KeywordAttribute(op, "callee"));
  std::vector<InstructionId> operands = e.Operands(op);
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results,
                         e.program().Call(e, callee, operands, op));
  for (size_t i = 0; i < op.results.size() && i < results.size(); ++i) {
    e.Bind(op.results[i], results[i]);
  }
  return absl::OkStatus();
}

// `dialect.operation`: two or more words between dots.
bool IsNamespaced(std::string_view name) {
  const std::vector<absl::string_view> words = absl::StrSplit(base::Absl(name), '.');
  auto is_word = [](absl::string_view word) {
    auto legal = [](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '$'; };
    return !word.empty() && !absl::ascii_isdigit(word[0]) && std::ranges::all_of(word, legal);
  };
  return words.size() >= 2 && std::ranges::all_of(words, is_word);
}

// A call of the decomposition that keeps the composite's name and attributes.
absl::Status Composite(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view callee, KeywordAttribute(op, "decomposition"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, KeywordAttribute(op, "name"));
  if (!IsNamespaced(name)) {
    return base::InvalidArgument("the name \"%s\" is not one like dialect.operation", name);
  }
  std::vector<InstructionId> operands = e.Operands(op);
  InstructionId call;
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results,
                         e.program().Call(e, callee, operands, op, &call));
  for (size_t i = 0; i < op.results.size() && i < results.size(); ++i) {
    e.Bind(op.results[i], results[i]);
  }
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  const mlir::Attribute* attributes = op.Find("composite_attributes");
  notes.frontend_attributes = {
      {"composite.attributes", attributes != nullptr ? mlir::ToText(*attributes) : "{}"},
      {"composite.name", std::string(name)},
      {"composite.version", base::StrCat(IntAttributeOr(op, "version", 0))}};
  e.SetAnnotations(call, std::move(notes));
  return absl::OkStatus();
}

absl::Status Tuple(Emitter& e, const mlir::Operation& op) {
  e.BindResults(op, e.Tuple(e.Operands(op)));
  return absl::OkStatus();
}

absl::Status GetTupleElement(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(int64_t index, IntAttribute(op, "index"));
  e.BindResults(op, e.Element(e.Value(op.operands[0]), index));
  return absl::OkStatus();
}

absl::Status OptimizationBarrier(Emitter& e, const mlir::Operation& op) {
  std::vector<InstructionId> operands = e.Operands(op);
  if (operands.empty()) return absl::OkStatus();
  InstructionId operand = operands.size() == 1 ? operands[0] : e.Tuple(operands);
  e.BindResults(op, e.Add(OpCode::kOptBarrier, {operand}));
  return absl::OkStatus();
}

absl::Status AfterAll(Emitter& e, const mlir::Operation& op) {
  e.BindResults(op, e.Add(OpCode::kAfterAll, e.Operands(op)));
  return absl::OkStatus();
}

// Operations that say nothing of values: meshes of devices.
absl::Status Nothing(Emitter&, const mlir::Operation&) { return absl::OkStatus(); }

// The results are the operands.
absl::Status Identity(Emitter& e, const mlir::Operation& op) {
  for (size_t i = 0; i < op.results.size() && i < op.operands.size(); ++i) {
    e.Bind(op.results[i], e.Value(op.operands[i]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ControlOps() {
  static constexpr OpEntry kEntries[] = {
      {"after_all", AfterAll},
      {"call", Call},
      {"case", Conditional},
      {"composite", Composite},
      {"create_token", AfterAll},
      {"domain", Identity},
      {"get_tuple_element", GetTupleElement},
      {"if", Conditional},
      {"mesh", Nothing},
      {"optimization_barrier", OptimizationBarrier},
      {"print", Nothing},
      {"probe", Identity},
      {"tuple", Tuple},
      {"unrealized_conversion_cast", Identity},
      {"while", While},
  };
  return kEntries;
}

std::string FreshRegionName(Emitter& e, std::string_view name) {
  return e.program().FreshName(name);
}

}  // namespace eqsat::importers::stablehlo
