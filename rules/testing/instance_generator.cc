#include "rules/testing/instance_generator.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/node_reader.h"
#include "rules/compile/vocabulary.h"
#include "rules/testing/dimension_lists.h"
#include "rules/testing/sample_values.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;
using ir::OpCode;

}  // namespace

InstanceGenerator::InstanceGenerator(const Rule& rule, const Direction& direction,
                                     base::Random* random, TestGraph* graph)
    : rule_(rule),
      direction_(direction),
      random_(*random),
      graph_(*graph),
      bindings_(rule.symbols.size()),
      base_type_(RandomType()),
      small_sizes_(random_.Chance(50)) {
  base_dims_ = RandomDims();
  for (const Code& guard : rule.guards) LookForConstants(guard);
}

// Operands that a guard asks for the value of are made constants more often than not; those whose
// signs or bounds it asks for are computed so that something is known of them.
void InstanceGenerator::LookForConstants(const Code& code) {
  static const std::vector<Function>* const kOfConstants =
      new std::vector<Function>(ConstantFunctions());
  static const std::vector<Function>* const kOfRanges = new std::vector<Function>(RangeFunctions());
  for (const Code& argument : code.arguments) {
    LookForConstants(argument);
    if (code.kind != Code::Kind::kCall || argument.kind != Code::Kind::kSymbol) continue;
    for (const Function& function : *kOfConstants)
      if (function.name == code.function->name) likely_constants_.insert(argument.symbol);
    if (code.function->name == "all_identical") identical_lists_.insert(argument.symbol);
    for (const Function& function : *kOfRanges)
      if (function.name == code.function->name) likely_ranged_.insert(argument.symbol);
  }
}

absl::StatusOr<std::vector<ClassId>> InstanceGenerator::Generate() {
  std::vector<ClassId> roots;
  for (const Term& root : direction_.roots) {
    EQSAT_ASSIGN_OR_RETURN(ClassId cls, Make(root, Want()));
    roots.push_back(cls);
  }
  return roots;
}

// ---- base::Random pieces ----

int64_t InstanceGenerator::RandomSize() {
  if (small_sizes_) return random_.Pick(std::vector<int64_t>{1, 1, 2, 2, 3});
  return random_.Pick(std::vector<int64_t>{0, 1, 2, 3, 4, 5});
}

Ints InstanceGenerator::RandomDims() {
  Ints dims(static_cast<size_t>(random_.Between(0, 4)));
  for (int64_t& size : dims) size = RandomSize();
  return dims;
}

Ints InstanceGenerator::RandomSubset(int64_t rank, int64_t count) {
  Ints all(static_cast<size_t>(rank));
  std::iota(all.begin(), all.end(), 0);
  random_.Shuffle(&all);
  all.resize(static_cast<size_t>(std::min(rank, count)));
  if (!random_.Chance(25)) std::sort(all.begin(), all.end());
  return all;
}

ElementType InstanceGenerator::RandomType() {
  return random_.Pick(std::vector<ElementType>{
      ElementType::kF32, ElementType::kF32, ElementType::kF32, ElementType::kS32, ElementType::kS32,
      ElementType::kBF16, ElementType::kF16, ElementType::kF64, ElementType::kPred,
      ElementType::kPred, ElementType::kU8, ElementType::kS8, ElementType::kU32, ElementType::kS64,
      ElementType::kC64});
}

// ---- What the rule fixes ----

std::optional<Value> InstanceGenerator::Fixed(const Term& term, std::string_view name) const {
  GraphFacts facts(graph_.graph(), graph_.egraph());
  for (const Term::Attribute& attribute : term.attributes) {
    if (attribute.name != name) continue;
    Value value = Evaluate(attribute.value, bindings_, facts);
    return value.index() == 0 ? std::nullopt : std::optional(std::move(value));
  }
  if (term.capture == kNoSymbol || !term.opcode) return std::nullopt;
  const auto* captured = std::get_if<Captured>(&bindings_[term.capture]);
  const AttributeField* field = FindField(*term.opcode, name);
  if (!captured || !field || captured->opcode != *term.opcode || !field->get) return std::nullopt;
  return field->get(*captured->attributes);
}

std::optional<Ints> InstanceGenerator::FixedInts(const Term& term, std::string_view name) const {
  std::optional<Value> value = Fixed(term, name);
  if (!value) return std::nullopt;
  if (const auto* one = std::get_if<int64_t>(&*value)) return Ints{*one};
  const auto* list = std::get_if<Ints>(&*value);
  return list ? std::optional(*list) : std::nullopt;
}

std::optional<size_t> InstanceGenerator::FixedLength(const Term& term,
                                                     std::string_view name) const {
  for (const Term::Attribute& attribute : term.attributes)
    if (attribute.name == name && attribute.value.kind == Code::Kind::kList)
      return attribute.value.arguments.size();
  return std::nullopt;
}

std::optional<Ints> InstanceGenerator::FixedShape(const Term& term) const {
  if (!term.shape) return std::nullopt;
  Value value = Evaluate(*term.shape, bindings_, GraphFacts(graph_.graph(), graph_.egraph()));
  const auto* list = std::get_if<Ints>(&value);
  return list ? std::optional(*list) : std::nullopt;
}

std::optional<ElementType> InstanceGenerator::FixedType(const Term& term) const {
  if (!term.dtype) return std::nullopt;
  Value value = Evaluate(*term.dtype, bindings_, GraphFacts(graph_.graph(), graph_.egraph()));
  const auto* type = std::get_if<ElementType>(&value);
  return type ? std::optional(*type) : std::nullopt;
}

std::optional<ir::Shape> InstanceGenerator::KnownShape(const Term& child) const {
  if (child.kind != Term::Kind::kVariable) return std::nullopt;
  const auto* operand = std::get_if<ClassId>(&bindings_[child.symbol]);
  if (!operand || !graph_.shape(*operand).IsArray()) return std::nullopt;
  return graph_.shape(*operand);
}

std::optional<Ints> InstanceGenerator::KnownDims(const Term& child) const {
  std::optional<ir::Shape> shape = KnownShape(child);
  if (!shape) return std::nullopt;
  return Ints(shape->dimensions().begin(), shape->dimensions().end());
}

// ---- Leaves ----

namespace {

// Sizes that agree with a declared type: bound names keep their sizes.
std::optional<Ints> DeclaredDims(const TypePattern& type, const Bindings& bindings,
                                 const std::optional<Ints>& want,
                                 const std::function<int64_t()>& size) {
  if (!type.has_dims) return want;
  if (want) return want;
  Ints dims;
  for (const TypePattern::Dim& dim : type.dims) {
    using Kind = TypeDecl::Dim::Kind;
    if (dim.kind == Kind::kSize) dims.push_back(dim.size);
    if (dim.kind == Kind::kName) {
      const auto* bound = std::get_if<int64_t>(&bindings[dim.symbol]);
      dims.push_back(bound ? *bound : size());
    }
    const Ints* bound =
        dim.kind == Kind::kSequence ? std::get_if<Ints>(&bindings[dim.symbol]) : nullptr;
    if (bound) dims.insert(dims.end(), bound->begin(), bound->end());
    if (!bound && (dim.kind == Kind::kSequence || dim.kind == Kind::kAnySequence))
      for (int64_t n = size() % 3; n > 0; --n) dims.push_back(size());
  }
  return dims;
}

}  // namespace

ElementType InstanceGenerator::TypeFor(const Term& term, const Want& want) {
  if (want.type) return *want.type;
  const std::optional<TypePattern>& type = rule_.symbols[term.symbol].type;
  if (!type) return base_type_;
  const std::vector<ElementType>* allowed = &type->element_types;
  if (type->dtype != kNoSymbol) {
    if (const auto* bound = std::get_if<ElementType>(&bindings_[type->dtype])) return *bound;
    allowed = &rule_.symbols[type->dtype].element_types;
  }
  bool fits =
      allowed->empty() || std::find(allowed->begin(), allowed->end(), base_type_) != allowed->end();
  return fits ? base_type_ : random_.Pick(*allowed);
}

absl::StatusOr<ClassId> InstanceGenerator::MakeVariable(const Term& term, const Want& want) {
  if (const auto* bound = std::get_if<ClassId>(&bindings_[term.symbol])) return *bound;
  ElementType type = TypeFor(term, want);
  std::optional<Ints> dims = want.dims;
  if (const auto& pattern = rule_.symbols[term.symbol].type)
    dims = DeclaredDims(*pattern, bindings_, dims, [this] { return RandomSize(); });
  if (!dims) dims = base_dims_;
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(type, *dims));
  ClassId cls;
  int constant = likely_constants_.count(term.symbol) ? 85 : 12;
  if (random_.Chance(constant) && shape.ElementCount() > 0) {
    if (random_.Chance(75) || ir::IsComplex(type)) {
      EQSAT_ASSIGN_OR_RETURN(cls, graph_.AddFill(SampleScalar(random_, type), shape));
    } else {
      cls = graph_.AddConstant(SampleLiteral(random_, shape, Numerics::kSpecial));
    }
  } else if (likely_ranged_.count(term.symbol) && random_.Chance(90)) {
    EQSAT_ASSIGN_OR_RETURN(cls, MakeRanged(shape));
  } else {
    cls = graph_.AddParameter(shape);
  }
  NodeReader reader(rule_, graph_.graph(), graph_.egraph());
  if (!reader.ReadOperand(term.symbol, cls, &bindings_)) return NoLuck();
  return cls;
}

// Truth values and bytes as numbers, and magnitudes: nothing of it negative, some of it finite.
absl::StatusOr<ClassId> InstanceGenerator::MakeRanged(const ir::Shape& shape) {
  const bool magnitude = ir::IsFloat(shape.element_type()) && random_.Chance(50);
  if (magnitude)
    return graph_.Add(OpCode::kAbs, ir::GetOpInfo(OpCode::kAbs).attributes,
                      {graph_.AddParameter(shape)});
  const ElementType narrow = random_.Chance(50) ? ElementType::kPred : ElementType::kU8;
  if (narrow == shape.element_type()) return graph_.AddParameter(shape);
  return graph_.Add(OpCode::kConvert, ir::GetOpInfo(OpCode::kConvert).attributes,
                    {graph_.AddParameter(shape.WithElementType(narrow))}, &shape);
}

absl::StatusOr<ClassId> InstanceGenerator::MakeNumber(const Term& term, const Want& want) {
  ElementType type = FixedType(term).value_or(want.type.value_or(base_type_));
  std::optional<ir::Literal> scalar = ScalarOf(term.number, type);
  if (term.kind == Term::Kind::kIdentity) {
    std::optional<OpCode> kind = term.region.opcode;
    if (term.region.symbol != kNoSymbol)
      if (const auto* reducer = std::get_if<Reducer>(&bindings_[term.region.symbol]))
        kind = reducer->kind;
    if (!kind) return NoLuck();
    scalar = IdentityOf(*kind, type);
  }
  if (!scalar) return NoLuck();
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(type, want.dims.value_or(base_dims_)));
  EQSAT_ASSIGN_OR_RETURN(ClassId cls, graph_.AddFill(*scalar, shape));
  // The analyses learn of it at once, but only what is bound can be read by later attributes.
  if (term.dtype && term.dtype->kind == Code::Kind::kSymbol &&
      bindings_[term.dtype->symbol].index() == 0)
    bindings_[term.dtype->symbol] = type;
  return cls;
}

absl::StatusOr<std::vector<ClassId>> InstanceGenerator::MakeSequence(
    const Term& term, const std::vector<Want>& wants) {
  SymbolId list = term.kind == Term::Kind::kSpread ? term.symbol : term.list;
  if (const auto* bound = std::get_if<std::vector<ClassId>>(&bindings_[list])) {
    if (term.kind == Term::Kind::kSpread) return *bound;
  }
  std::vector<ClassId> operands;
  std::vector<ClassId> elements;
  for (const Want& want : wants) {
    if (term.kind == Term::Kind::kEach) {
      bindings_[term.symbol] = Value();
      EQSAT_ASSIGN_OR_RETURN(ClassId operand, Make(term.children[0], want));
      operands.push_back(operand);
      const auto* element = std::get_if<ClassId>(&bindings_[term.symbol]);
      if (!element) return NoLuck();
      elements.push_back(*element);
      bindings_[term.symbol] = Value();
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(want.type.value_or(base_type_),
                                                            want.dims.value_or(base_dims_)));
    const bool again =
        !operands.empty() && identical_lists_.count(list) && graph_.shape(operands[0]) == shape;
    operands.push_back(again ? operands[0] : graph_.AddParameter(shape));
  }
  bindings_[list] = term.kind == Term::Kind::kEach ? elements : operands;
  return operands;
}

absl::StatusOr<ClassId> InstanceGenerator::Make(const Term& term, const Want& want) {
  switch (term.kind) {
    case Term::Kind::kVariable:
      return MakeVariable(term, want);
    case Term::Kind::kNumber:
    case Term::Kind::kIdentity:
    case Term::Kind::kFill:
      return MakeNumber(term, want);
    case Term::Kind::kOperation:
      return MakeOperation(term, want);
    case Term::Kind::kSpread:
    case Term::Kind::kEach:
    case Term::Kind::kPick:
      break;
  }
  return absl::UnimplementedError("this term stands where no test can make it");
}

absl::StatusOr<ClassId> InstanceGenerator::MakeOperation(const Term& term, const Want& want) {
  OpCode opcode;
  if (term.opcode) {
    opcode = *term.opcode;
  } else if (const auto* bound = std::get_if<OpCode>(&bindings_[term.operator_symbol])) {
    opcode = *bound;
  } else {
    opcode = random_.Pick(rule_.symbols[term.operator_symbol].opcodes);
    bindings_[term.operator_symbol] = opcode;
  }
  if (ir::GetOpInfo(opcode).Has(ir::OpTrait::kElementwise) &&
      !ir::GetOpInfo(opcode).Has(ir::OpTrait::kShapeDeclared))
    return MakeElementwise(term, opcode, want);
  using Maker = ClassOr (InstanceGenerator::*)(const Term&, const Want&);
  static const std::map<OpCode, Maker> kMakers = {
      {OpCode::kTranspose, &InstanceGenerator::MakeTranspose},
      {OpCode::kReshape, &InstanceGenerator::MakeReshape},
      {OpCode::kBroadcast, &InstanceGenerator::MakeBroadcast},
      {OpCode::kReverse, &InstanceGenerator::MakeReverse},
      {OpCode::kSlice, &InstanceGenerator::MakeSlice},
      {OpCode::kPad, &InstanceGenerator::MakePad},
      {OpCode::kConcatenate, &InstanceGenerator::MakeConcatenate},
      {OpCode::kDynamicSlice, &InstanceGenerator::MakeDynamicSlice},
      {OpCode::kDynamicUpdateSlice, &InstanceGenerator::MakeDynamicUpdateSlice},
      {OpCode::kGather, &InstanceGenerator::MakeGather},
      {OpCode::kScatter, &InstanceGenerator::MakeScatter},
      {OpCode::kReduce, &InstanceGenerator::MakeReduce},
      {OpCode::kReduceWindow, &InstanceGenerator::MakeReduceWindow},
      {OpCode::kDot, &InstanceGenerator::MakeDot},
      {OpCode::kConvolution, &InstanceGenerator::MakeConvolution},
      {OpCode::kIota, &InstanceGenerator::MakeIota},
      {OpCode::kTuple, &InstanceGenerator::MakeTuple},
      {OpCode::kGetTupleElement, &InstanceGenerator::MakeGetTupleElement},
  };
  if (auto maker = kMakers.find(opcode); maker != kMakers.end())
    return (this->*maker->second)(term, want);
  if (opcode == OpCode::kConvert || opcode == OpCode::kBitcastConvert)
    return MakeConvert(term, opcode, want);
  return base::Unimplemented("no test can make %s", ir::Name(opcode));
}

absl::StatusOr<ClassId> InstanceGenerator::Finish(const Term& term, OpCode opcode,
                                                  ir::Attributes attributes,
                                                  std::vector<ClassId> children,
                                                  const ir::Shape* declared,
                                                  std::vector<ir::ComputationId> called) {
  if (term.capture != kNoSymbol) {
    if (const auto* captured = std::get_if<Captured>(&bindings_[term.capture])) {
      for (const AttributeField& field : FieldsOf(opcode)) {
        bool named =
            std::any_of(term.attributes.begin(), term.attributes.end(),
                        [&](const auto& attribute) { return attribute.name == field.name; });
        if (!named && captured->opcode == opcode) field.copy(*captured->attributes, attributes);
      }
    }
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId cls, graph_.Add(opcode, attributes, children, declared, called));
  // What the term reads from its node is bound here, as in a match.
  NodeReader reader(rule_, graph_.graph(), graph_.egraph());
  engine::NodeId node = graph_.egraph().class_nodes(graph_.egraph().Find(cls)).back();
  if (!reader.Read(term, graph_.egraph().node(node), &bindings_)) return NoLuck();
  return cls;
}

}  // namespace eqsat::rules
