#include "rules/compile/operation_check.h"

#include <algorithm>
#include <string>

#include "rules/compile/evaluate.h"

namespace eqsat::rules {
namespace {

const Term::Attribute* FindAttribute(const Term& term, const std::string& name) {
  for (const Term::Attribute& attribute : term.attributes)
    if (attribute.name == name) return &attribute;
  return nullptr;
}

// Dimension numbers go together: a term that names some of them says that the others are none, and
// its capture is of the rest.
bool NamesDims(const Term& term, ir::OpCode opcode) {
  return std::ranges::any_of(term.attributes, [&](const Term::Attribute& attribute) {
    const AttributeField* field = FindField(opcode, attribute.name);
    return field && field->kind == ValueKind::kInts;
  });
}

bool IsStatic(const ir::Shape& shape) { return !shape.IsArray() || !shape.HasDynamicDimensions(); }

}  // namespace

OperationCheck::OperationCheck(const Rule& rule, const Term& term) : term_(term) {
  if (term.opcode) {
    operators_.push_back(ChecksOf(*term.opcode));
    return;
  }
  for (ir::OpCode opcode : rule.symbols[term.operator_symbol].opcodes)
    operators_.push_back(ChecksOf(opcode));
}

OperationCheck::Operator OperationCheck::ChecksOf(ir::OpCode opcode) const {
  Operator checks{.opcode = opcode, .fields = {}};
  const bool names_dims = NamesDims(term_, opcode);
  for (const AttributeField& field : FieldsOf(opcode)) {
    const Term::Attribute* attribute = FindAttribute(term_, field.name);
    const bool captured =
        term_.capture != kNoSymbol && !(names_dims && field.kind == ValueKind::kInts);
    if (attribute && attribute->value.kind == Code::Kind::kLiteral)
      checks.fields.push_back({&field, &attribute->value.literal});
    if (!attribute && !captured) checks.fields.push_back({&field, nullptr});
  }
  return checks;
}

bool OperationCheck::FitsPayload(const HloTerms& terms, const Payload& payload,
                                 ir::OpCode opcode) const {
  if (payload.unique != 0) return false;
  if (term_.region.present() && payload.called.size() != 1) return false;
  if (term_.region.opcode && ReducerOf(terms, payload.called[0]).kind != term_.region.opcode)
    return false;
  auto checks = std::ranges::find(operators_, opcode, &Operator::opcode);
  if (checks == operators_.end()) return false;
  return std::ranges::all_of(checks->fields, [&](const FieldCheck& check) {
    return check.literal ? SameValue(check.field->get(*payload.attributes), *check.literal)
                         : check.field->is_default(*payload.attributes);
  });
}

bool OperationCheck::Fits(const HloGraph& graph, const engine::EGraph& egraph,
                          const engine::NodeView& node) const {
  if (!FitsPayload(*graph.terms, graph.terms->payload(node.attrs), OpCodeOf(node.op))) return false;
  if (!IsStatic(graph.shapes->shape(node.cls))) return false;
  return std::ranges::all_of(node.children, [&](engine::ClassId child) {
    return IsStatic(graph.shapes->shape(egraph.Find(child)));
  });
}

}  // namespace eqsat::rules
