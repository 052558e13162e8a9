#include "rules/compile/term_builder.h"

#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/vocabulary.h"
#include "rules/hlo/add_node.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::OpCode;

bool IsNumber(const Term& term) { return term.kind == Term::Kind::kNumber; }

// Ops whose result may have another element type than their operands suggest.
bool ChoosesElementType(OpCode opcode) {
  return opcode == OpCode::kDot || opcode == OpCode::kConvolution || opcode == OpCode::kRaggedDot ||
         opcode == OpCode::kScaledDot;
}

// Floats round, as constants in HLO text do; other types must hold the value.
absl::StatusOr<ir::Literal> NumberLiteral(double number, ir::ElementType type) {
  if (ir::IsFloat(type) || ir::IsComplex(type))
    return ir::Literal::FromDoubles(ir::Shape(type, {}), {number});
  if (auto literal = ScalarOf(number, type)) return *std::move(literal);
  return base::InvalidArgument("%s does not hold the number %g", ir::Name(type), number);
}

}  // namespace

absl::StatusOr<ClassId> TermBuilder::Build(const Term& term, const ir::Shape* whole) {
  switch (term.kind) {
    case Term::Kind::kVariable: {
      const Bindings& bindings = each_.empty() ? bindings_ : each_;
      const auto* operand = std::get_if<ClassId>(&bindings[term.symbol]);
      if (!operand) return absl::InvalidArgumentError("an operand of the right side has no value");
      return egraph_.Find(*operand);
    }
    case Term::Kind::kNumber:
      if (whole && whole->IsArray()) return BuildFill(term, *whole);
      return absl::InvalidArgumentError("nothing says what shape a number has");
    case Term::Kind::kIdentity:
    case Term::Kind::kFill:
      return BuildStatedFill(term);
    case Term::Kind::kPick:
      return BuildPick(term);
    case Term::Kind::kOperation:
      return BuildOperation(term, whole);
    case Term::Kind::kSpread:
    case Term::Kind::kEach:
      break;
  }
  return absl::InvalidArgumentError("a sequence of operands stands for one operand");
}

absl::StatusOr<ClassId> TermBuilder::BuildPick(const Term& term) const {
  const auto* list = std::get_if<std::vector<ClassId>>(&bindings_[term.list]);
  Value index = Evaluate(*term.shape, bindings_, facts_);
  const auto* i = std::get_if<int64_t>(&index);
  if (!list || !i || *i < 0 || *i >= static_cast<int64_t>(list->size()))
    return absl::InvalidArgumentError("pick(xs, i): there is no such element");
  return egraph_.Find((*list)[*i]);
}

absl::StatusOr<ClassId> TermBuilder::BuildFill(const Term& term, const ir::Shape& shape) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, NumberLiteral(term.number, shape.element_type()));
  ir::Shape scalar = literal.shape();
  EQSAT_ASSIGN_OR_RETURN(
      ClassId constant,
      AddNode(egraph_, *graph_.terms, *graph_.shapes,
              {.opcode = OpCode::kConstant,
               .attributes = ir::ConstantAttributes{.literal = std::move(literal)},
               .children = {},
               .declared = &scalar}));
  if (shape.rank() == 0) return constant;
  return AddNode(egraph_, *graph_.terms, *graph_.shapes,
                 {.opcode = OpCode::kBroadcast,
                  .attributes = ir::DimensionsAttributes{},
                  .children = absl::MakeConstSpan(&constant, 1),
                  .declared = &shape});
}

absl::StatusOr<std::optional<ir::ElementType>> TermBuilder::StatedType(const Term& term) const {
  if (!term.dtype) return std::optional<ir::ElementType>();
  Value value = Evaluate(*term.dtype, bindings_, facts_);
  if (const auto* operand = std::get_if<ClassId>(&value))
    return std::optional(facts_.shape(*operand).element_type());
  if (const auto* type = std::get_if<ir::ElementType>(&value)) return std::optional(*type);
  return absl::InvalidArgumentError("an element type of the right side has no value");
}

// identity(op, T) is a scalar; constant(v, T, shape=s) says its sizes.
absl::StatusOr<ClassId> TermBuilder::BuildStatedFill(const Term& term) {
  EQSAT_ASSIGN_OR_RETURN(std::optional<ir::ElementType> type, StatedType(term));
  Term number{.kind = Term::Kind::kNumber, .place = term.place, .number = term.number};
  Ints sizes;
  if (term.kind == Term::Kind::kIdentity) {
    std::optional<OpCode> kind = term.region.opcode;
    if (term.region.symbol != kNoSymbol) {
      const auto* reducer = std::get_if<Reducer>(&bindings_[term.region.symbol]);
      if (reducer) kind = reducer->kind;
    }
    std::optional<ir::Literal> identity;
    if (kind) identity = IdentityOf(*kind, *type);
    if (!identity) return absl::InvalidArgumentError("the reducer has no identity");
    ir::Shape scalar = identity->shape();
    return AddNode(egraph_, *graph_.terms, *graph_.shapes,
                   {.opcode = OpCode::kConstant,
                    .attributes = ir::ConstantAttributes{.literal = *std::move(identity)},
                    .children = {},
                    .declared = &scalar});
  }
  if (term.shape) {
    Value value = Evaluate(*term.shape, bindings_, facts_);
    if (const auto* stated = std::get_if<Ints>(&value))
      sizes = *stated;
    else
      return absl::InvalidArgumentError("the shape of a constant has no value");
  }
  for (const Term::Attribute& computed : term.attributes) {
    Value value = Evaluate(computed.value, bindings_, facts_);
    const auto* held = std::get_if<int64_t>(&value);
    if (!held) return absl::InvalidArgumentError("the value of a constant has no value");
    number.number = static_cast<double>(*held);
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(*type, sizes));
  return BuildFill(number, shape);
}

absl::Status TermBuilder::BuildSequence(const Term& term, std::vector<ClassId>* children) {
  SymbolId list = term.kind == Term::Kind::kSpread ? term.symbol : term.list;
  const auto* operands = std::get_if<std::vector<ClassId>>(&bindings_[list]);
  if (!operands) return absl::InvalidArgumentError("a sequence of operands has no value");
  for (ClassId operand : *operands) {
    ClassId built = egraph_.Find(operand);
    if (term.kind == Term::Kind::kEach) {
      each_ = bindings_;
      each_[term.symbol] = built;
      absl::StatusOr<ClassId> element = Build(term.children[0], nullptr);
      each_.clear();
      if (!element.ok()) return element.status();
      built = *element;
    }
    children->push_back(built);
  }
  return absl::OkStatus();
}

// Operands first, then numbers, which take their shape from the operands.
absl::StatusOr<std::vector<ClassId>> TermBuilder::BuildChildren(const Term& term, OpCode opcode,
                                                                const ir::Shape* whole) {
  std::vector<ClassId> children;
  for (const Term& child : term.children) {
    if (child.kind == Term::Kind::kSpread || child.kind == Term::Kind::kEach) {
      EQSAT_RETURN_IF_ERROR(BuildSequence(child, &children));
    } else if (IsNumber(child)) {
      children.push_back(ClassId());
    } else {
      EQSAT_ASSIGN_OR_RETURN(ClassId built, Build(child, nullptr));
      children.push_back(built);
    }
  }
  for (size_t i = 0; i < term.children.size(); ++i) {
    if (!IsNumber(term.children[i])) continue;
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, NumberShape(term, opcode, i, children, whole));
    EQSAT_ASSIGN_OR_RETURN(children[i], BuildFill(term.children[i], shape));
  }
  return children;
}

absl::StatusOr<ir::Shape> TermBuilder::NumberShape(const Term& term, OpCode opcode, size_t position,
                                                   const std::vector<ClassId>& children,
                                                   const ir::Shape* whole) const {
  bool is_index = (opcode == OpCode::kDynamicSlice && position >= 1) ||
                  (opcode == OpCode::kDynamicUpdateSlice && position >= 2);
  if (is_index) return ir::Shape(ir::ElementType::kS32, {});
  bool is_condition = opcode == OpCode::kSelect && position == 0;
  const ir::Shape* beside = nullptr;
  for (size_t i = 0; i < children.size(); ++i) {
    // A select's condition says nothing of the element type of its branches.
    bool other_type = opcode == OpCode::kSelect && i == 0;
    if (children[i].valid() && !other_type && !beside) beside = &facts_.shape(children[i]);
  }
  if (ir::GetOpInfo(opcode).Has(ir::OpTrait::kElementwise)) {
    if (!beside && whole && opcode != OpCode::kCompare) beside = whole;
    if (beside && beside->IsArray())
      return is_condition ? beside->WithElementType(ir::ElementType::kPred) : *beside;
  } else {
    EQSAT_ASSIGN_OR_RETURN(std::optional<ir::ElementType> type, StatedType(term));
    if (!type && beside) type = beside->element_type();
    if (!type && whole) type = whole->element_type();
    if (type && ir::IsArrayElement(*type)) return ir::Shape(*type, {});
  }
  return absl::InvalidArgumentError("nothing says what shape a number has");
}

absl::StatusOr<ir::Attributes> TermBuilder::MakeAttributes(const Term& term, OpCode opcode) const {
  ir::Attributes attributes = ir::GetOpInfo(opcode).attributes;
  if (term.capture != kNoSymbol) {
    const auto* captured = std::get_if<Captured>(&bindings_[term.capture]);
    if (!captured || captured->attributes->index() != attributes.index())
      return base::InvalidArgument("the captured attributes do not fit %s", ir::Name(opcode));
    attributes = *captured->attributes;
  }
  for (const Term::Attribute& attribute : term.attributes) {
    Value value = Evaluate(attribute.value, bindings_, facts_);
    const AttributeField* field = FindField(opcode, attribute.name);
    if (value.index() == 0 || !field || !field->set(attributes, value))
      return base::InvalidArgument("the attribute %s of %s has no value that fits", attribute.name,
                                   ir::Name(opcode));
  }
  return attributes;
}

absl::StatusOr<std::vector<ir::ComputationId>> TermBuilder::MakeRegions(
    const Term& term, const std::vector<ClassId>& children) const {
  if (!term.region.present()) return std::vector<ir::ComputationId>();
  if (children.empty()) return absl::InvalidArgumentError("a reduction needs operands");
  ir::ElementType type = facts_.shape(children[0]).element_type();
  if (term.region.opcode) return std::vector{graph_.terms->ScalarRegion(*term.region.opcode, type)};
  const auto* reducer = std::get_if<Reducer>(&bindings_[term.region.symbol]);
  if (!reducer) return absl::InvalidArgumentError("the reducer has no value");
  const ir::Shape& result = graph_.terms->module()[reducer->computation].result_shape();
  if (reducer->kind && result.IsArray() && result.element_type() != type)
    return std::vector{graph_.terms->ScalarRegion(*reducer->kind, type)};
  return std::vector{reducer->computation};
}

absl::StatusOr<std::optional<ir::Shape>> TermBuilder::DeclaredShape(
    const Term& term, OpCode opcode, const ir::Attributes& attributes,
    const std::vector<ClassId>& children, const ir::Shape* whole) const {
  EQSAT_ASSIGN_OR_RETURN(std::optional<ir::ElementType> type, StatedType(term));
  if (ChoosesElementType(opcode)) {
    std::vector<ir::Shape> operands;
    for (ClassId child : children) operands.push_back(facts_.shape(child));
    EQSAT_ASSIGN_OR_RETURN(
        ir::Shape inferred,
        ir::InferShape({.opcode = opcode, .operands = operands, .attributes = attributes}));
    if (!type && term.capture != kNoSymbol)
      type = std::get<Captured>(bindings_[term.capture]).element_type;
    if (!type && whole && whole->IsArray()) type = whole->element_type();
    return std::optional(type ? inferred.WithElementType(*type) : inferred);
  }
  if (!ir::GetOpInfo(opcode).Has(ir::OpTrait::kShapeDeclared)) return std::optional<ir::Shape>();
  if (!term.shape && !type && whole) return std::optional(*whole);
  if (!type && !children.empty()) type = facts_.shape(children[0]).element_type();
  if (!type && whole) type = whole->element_type();
  Ints sizes;
  if (term.shape) {
    Value value = Evaluate(*term.shape, bindings_, facts_);
    const auto* stated = std::get_if<Ints>(&value);
    if (!stated) return absl::InvalidArgumentError("a shape of the right side has no value");
    sizes = *stated;
  } else if (!children.empty() && facts_.shape(children[0]).IsArray()) {
    auto dims = facts_.shape(children[0]).dimensions();
    sizes.assign(dims.begin(), dims.end());
  }
  if (!type || !ir::IsArrayElement(*type))
    return base::InvalidArgument("nothing says what element type %s gives", ir::Name(opcode));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(*type, sizes));
  return std::optional(std::move(shape));
}

absl::StatusOr<ClassId> TermBuilder::BuildOperation(const Term& term, const ir::Shape* whole) {
  std::optional<OpCode> opcode = term.opcode;
  if (!opcode) {
    const auto* held = std::get_if<OpCode>(&bindings_[term.operator_symbol]);
    if (!held) return absl::InvalidArgumentError("an operator of the right side has no value");
    opcode = *held;
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<ClassId> children, BuildChildren(term, *opcode, whole));
  EQSAT_ASSIGN_OR_RETURN(ir::Attributes attributes, MakeAttributes(term, *opcode));
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::ComputationId> regions, MakeRegions(term, children));
  EQSAT_ASSIGN_OR_RETURN(std::optional<ir::Shape> declared,
                         DeclaredShape(term, *opcode, attributes, children, whole));
  return AddNode(egraph_, *graph_.terms, *graph_.shapes,
                 {.opcode = *opcode,
                  .attributes = std::move(attributes),
                  .children = children,
                  .called = regions,
                  .declared = declared ? &*declared : nullptr});
}

}  // namespace eqsat::rules
