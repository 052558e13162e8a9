#include "rules/compile/node_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/bound_symbols.h"
#include "rules/compile/vocabulary.h"

namespace eqsat::rules {
namespace {

Value DimsOf(const ir::Shape& shape) {
  if (!shape.IsArray()) return Value();
  return Ints(shape.dimensions().begin(), shape.dimensions().end());
}

template <typename T>
bool IsOneOf(const std::vector<T>& allowed, const T& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

}  // namespace

bool NodeReader::Assign(SymbolId symbol, Value value, Bindings* bindings) const {
  Value& held = (*bindings)[symbol];
  if (value.index() == 0) return false;
  if (held.index() != 0) return SameValue(held, value);
  held = std::move(value);
  return true;
}

bool NodeReader::ReadValue(const Code& pattern, const Value& actual, Bindings* bindings) const {
  if (pattern.kind == Code::Kind::kSymbol) return Assign(pattern.symbol, actual, bindings);
  const Ints* list = std::get_if<Ints>(&actual);
  if (!list || list->size() != pattern.arguments.size()) return false;
  for (size_t i = 0; i < list->size(); ++i) {
    const Code& element = pattern.arguments[i];
    bool fits = element.kind == Code::Kind::kSymbol ? Assign(element.symbol, (*list)[i], bindings)
                                                    : SameValue(element.literal, (*list)[i]);
    if (!fits) return false;
  }
  return true;
}

bool NodeReader::ReadCapture(const Term& term, const engine::NodeView& node,
                             Bindings* bindings) const {
  ir::OpCode opcode = OpCodeOf(node.op);
  const ir::Attributes& initial = ir::GetOpInfo(opcode).attributes;
  ir::Attributes rest = graph_.terms->attributes(node.attrs);
  for (const Term::Attribute& attribute : term.attributes)
    FindField(opcode, attribute.name)->copy(initial, rest);
  ir::ElementType element_type = facts_.shape(node.cls).element_type();
  Value& held = (*bindings)[term.capture];
  if (const auto* captured = std::get_if<Captured>(&held)) {
    if (captured->opcode != opcode || captured->element_type != element_type) return false;
    const auto& fields = FieldsOf(opcode);
    return std::all_of(fields.begin(), fields.end(), [&](const AttributeField& field) {
      return field.equal(*captured->attributes, rest);
    });
  }
  held = Captured{.opcode = opcode,
                  .attributes = std::make_shared<const ir::Attributes>(std::move(rest)),
                  .element_type = element_type};
  return true;
}

bool NodeReader::Read(const Term& term, const engine::NodeView& node, Bindings* bindings) const {
  ir::OpCode opcode = OpCodeOf(node.op);
  const Payload& payload = graph_.terms->payload(node.attrs);
  if (term.operator_symbol != kNoSymbol) {
    if (!IsOneOf(rule_.symbols[term.operator_symbol].opcodes, opcode)) return false;
    if (!Assign(term.operator_symbol, opcode, bindings)) return false;
  }
  if (term.region.symbol != kNoSymbol) {
    Reducer reducer = ReducerOf(*graph_.terms, payload.called[0]);
    const std::vector<ir::OpCode>& allowed = rule_.symbols[term.region.symbol].opcodes;
    if (!allowed.empty() && (!reducer.kind || !IsOneOf(allowed, *reducer.kind))) return false;
    if (!Assign(term.region.symbol, reducer, bindings)) return false;
  }
  for (const Term::Attribute& attribute : term.attributes) {
    if (!IsReadable(attribute.value)) continue;
    Value actual = FindField(opcode, attribute.name)->get(*payload.attributes);
    if (!ReadValue(attribute.value, actual, bindings)) return false;
  }
  const ir::Shape& shape = facts_.shape(node.cls);
  if (term.shape && IsReadable(*term.shape) && !ReadValue(*term.shape, DimsOf(shape), bindings))
    return false;
  if (term.dtype && term.dtype->kind == Code::Kind::kSymbol) {
    SymbolId symbol = term.dtype->symbol;
    if (!shape.IsArray() || !IsOneOf(rule_.symbols[symbol].element_types, shape.element_type()))
      return false;
    if (!Assign(symbol, shape.element_type(), bindings)) return false;
  }
  return term.capture == kNoSymbol || ReadCapture(term, node, bindings);
}

bool NodeReader::CheckComputed(const Term& term, const engine::NodeView& node,
                               const Bindings& bindings) const {
  const ir::Attributes& attributes = graph_.terms->attributes(node.attrs);
  for (const Term::Attribute& attribute : term.attributes) {
    if (IsReadable(attribute.value) || attribute.value.kind == Code::Kind::kLiteral) continue;
    Value actual = FindField(OpCodeOf(node.op), attribute.name)->get(attributes);
    if (!SameValue(actual, Evaluate(attribute.value, bindings, facts_))) return false;
  }
  const ir::Shape& shape = facts_.shape(node.cls);
  if (term.shape && !IsReadable(*term.shape) &&
      !SameValue(DimsOf(shape), Evaluate(*term.shape, bindings, facts_)))
    return false;
  return !term.dtype || term.dtype->kind == Code::Kind::kSymbol ||
         SameValue(Value(shape.element_type()), Evaluate(*term.dtype, bindings, facts_));
}

bool NodeReader::ReadDims(const TypePattern& type, const ir::Shape& shape,
                          Bindings* bindings) const {
  using Kind = TypeDecl::Dim::Kind;
  int64_t fixed = 0;
  bool has_sequence = false;
  for (const TypePattern::Dim& dim : type.dims) {
    bool sequence = dim.kind == Kind::kSequence || dim.kind == Kind::kAnySequence;
    has_sequence |= sequence;
    fixed += !sequence;
  }
  if (has_sequence ? shape.rank() < fixed : shape.rank() != fixed) return false;
  int64_t at = 0;
  for (const TypePattern::Dim& dim : type.dims) {
    if (dim.kind == Kind::kSize && shape.dimension(at) != dim.size) return false;
    if (dim.kind == Kind::kName && !Assign(dim.symbol, shape.dimension(at), bindings)) return false;
    bool sequence = dim.kind == Kind::kSequence || dim.kind == Kind::kAnySequence;
    int64_t length = sequence ? shape.rank() - fixed : 1;
    auto first = shape.dimensions().begin() + at;
    if (dim.kind == Kind::kSequence && !Assign(dim.symbol, Ints(first, first + length), bindings))
      return false;
    at += length;
  }
  return true;
}

bool NodeReader::ReadType(const TypePattern& type, const ir::Shape& shape,
                          Bindings* bindings) const {
  bool says_something = !type.element_types.empty() || type.dtype != kNoSymbol || type.has_dims;
  if (!shape.IsArray()) return !says_something;
  if (!IsOneOf(type.element_types, shape.element_type())) return false;
  if (type.dtype != kNoSymbol) {
    if (!IsOneOf(rule_.symbols[type.dtype].element_types, shape.element_type())) return false;
    if (!Assign(type.dtype, shape.element_type(), bindings)) return false;
  }
  return !type.has_dims || ReadDims(type, shape, bindings);
}

bool NodeReader::ReadOperand(SymbolId symbol, engine::ClassId operand, Bindings* bindings) const {
  operand = egraph_.Find(operand);
  if (!Assign(symbol, operand, bindings)) return false;
  const auto& type = rule_.symbols[symbol].type;
  return !type || ReadType(*type, facts_.shape(operand), bindings);
}

bool NodeReader::ReadNumber(const Term& term, engine::ClassId operand, Bindings* bindings) const {
  const ir::Literal* splat = facts_.splat(operand);
  if (!splat) return false;
  ir::ElementType type = splat->shape().element_type();
  std::optional<ir::Literal> wanted;
  if (term.dtype && term.dtype->kind == Code::Kind::kSymbol &&
      (!IsOneOf(rule_.symbols[term.dtype->symbol].element_types, type) ||
       !Assign(term.dtype->symbol, type, bindings)))
    return false;
  if (term.dtype && !SameValue(Value(type), Evaluate(*term.dtype, *bindings, facts_))) return false;
  if (term.kind == Term::Kind::kIdentity) {
    std::optional<ir::OpCode> kind = term.region.opcode;
    if (term.region.symbol != kNoSymbol) {
      const auto* reducer = std::get_if<Reducer>(&(*bindings)[term.region.symbol]);
      if (reducer) kind = reducer->kind;
    }
    if (kind) wanted = IdentityOf(*kind, type);
    // Of the two zeros, +0 is what programs begin a sum with; it leaves all but -0 alone.
    if (kind == ir::OpCode::kAdd && !(wanted && *wanted == *splat)) wanted = ScalarOf(0, type);
  } else {
    wanted = ScalarOf(term.number, type);
  }
  return wanted && *wanted == *splat;
}

}  // namespace eqsat::rules
