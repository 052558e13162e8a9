#include "tools/explain/names.h"

#include <variant>

#include "absl/strings/str_format.h"
#include "engine/egraph/egraph.h"
#include "ir/base/strings.h"
#include "ir/graph/print_values.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/hlo_graph.h"

namespace eqsat::tools {
namespace {

// Elements of a constant that are shown.
constexpr int64_t kMaxElements = 10;

std::string ListOf(const rules::Ints& list) {
  std::vector<std::string> parts;
  for (int64_t element : list) parts.push_back(base::StrCat(element));
  return base::StrCat("[", base::Join(parts, ","), "]");
}

}  // namespace

Names::Names(const rules::HloEGraph& graph) : graph_(graph) {
  const ir::Computation& computation = graph.computation();
  for (size_t i = 0; i < computation.size(); ++i) {
    ir::InstructionId id(i);
    names_.try_emplace(graph.class_of(id), base::StrCat("%", computation[id].name));
  }
}

std::string Names::OfClass(engine::ClassId cls) const {
  cls = graph_.egraph().Find(cls);
  if (auto found = names_.find(cls); found != names_.end()) return found->second;
  return base::StrCat("a ", graph_.shapes().shape(cls).ToString());
}

std::string Names::OfOperation(engine::OpId op, engine::AttrId attrs,
                               const std::vector<std::string>& operands) const {
  ir::OpCode opcode = rules::OpCodeOf(op);
  const rules::Payload& payload = graph_.terms().payload(attrs);
  std::string text(ir::Name(opcode));
  for (ir::ComputationId called : payload.called) {
    rules::Reducer reducer = rules::ReducerOf(graph_.terms(), called);
    base::StrAppend(&text, "<",
                    reducer.kind ? std::string(ir::Name(*reducer.kind))
                                 : graph_.terms().module()[called].name(),
                    ">");
  }
  base::StrAppend(&text, "(", base::Join(operands, ", "));
  const auto* constant = std::get_if<ir::ConstantAttributes>(payload.attributes.get());
  if (constant) ir::AppendLiteral(constant->literal, kMaxElements, &text);
  for (const rules::AttributeField& field : rules::FieldsOf(opcode)) {
    if (constant || !field.get || field.is_default(*payload.attributes)) continue;
    rules::Value value = field.get(*payload.attributes);
    if (value.index() != 0) base::StrAppend(&text, ", ", field.name, "=", OfValue(value));
  }
  return base::StrCat(text, ")");
}

std::string Names::OfNode(engine::NodeId node) const {
  engine::NodeView view = graph_.egraph().node(node);
  std::vector<std::string> operands;
  for (engine::ClassId child : view.children) operands.push_back(OfClass(child));
  return OfOperation(view.op, view.attrs, operands);
}

std::string Names::OfValue(const rules::Value& value) const {
  struct Writer {
    const Names& names;
    std::string operator()(std::monostate) const { return "no value"; }
    std::string operator()(bool held) const { return held ? "true" : "false"; }
    std::string operator()(int64_t held) const { return base::StrCat(held); }
    std::string operator()(double held) const { return absl::StrFormat("%g", held); }
    std::string operator()(const rules::Ints& held) const { return ListOf(held); }
    std::string operator()(const std::string& held) const { return held; }
    std::string operator()(ir::ElementType held) const { return std::string(ir::Name(held)); }
    std::string operator()(engine::ClassId held) const { return names.OfClass(held); }
    std::string operator()(const std::vector<engine::ClassId>& held) const {
      std::vector<std::string> parts;
      for (engine::ClassId cls : held) parts.push_back(names.OfClass(cls));
      return base::StrCat("[", base::Join(parts, ", "), "]");
    }
    std::string operator()(ir::OpCode held) const { return std::string(ir::Name(held)); }
    std::string operator()(const rules::Reducer& held) const {
      return held.kind ? std::string(ir::Name(*held.kind)) : "a computation of its own";
    }
    std::string operator()(const rules::Captured& held) const {
      return base::StrCat("the other attributes of ", ir::Name(held.opcode));
    }
  };
  return std::visit(Writer{*this}, value);
}

std::string Names::OfCode(const rules::Rule& rule, const rules::Code& code) const {
  std::vector<std::string> arguments;
  for (const rules::Code& argument : code.arguments) arguments.push_back(OfCode(rule, argument));
  switch (code.kind) {
    case rules::Code::Kind::kLiteral:
      return OfValue(code.literal);
    case rules::Code::Kind::kSymbol:
      return rule.symbols[code.symbol].name;
    case rules::Code::Kind::kList:
      return base::StrCat("[", base::Join(arguments, ", "), "]");
    case rules::Code::Kind::kCall:
      return base::StrCat(code.function->name, "(", base::Join(arguments, ", "), ")");
    case rules::Code::Kind::kOperator:
      if (arguments.size() == 1) return base::StrCat(code.op, " ", arguments[0]);
      return base::Join(arguments, base::StrCat(" ", code.op, " "));
    case rules::Code::Kind::kInSet:
      break;
  }
  for (ir::ElementType type : code.element_types) arguments.emplace_back(ir::Name(type));
  std::string subject = arguments.empty() ? "" : arguments.front();
  if (!arguments.empty()) arguments.erase(arguments.begin());
  return base::StrCat(subject, " in { ", base::Join(arguments, ", "), " }");
}

}  // namespace eqsat::tools
