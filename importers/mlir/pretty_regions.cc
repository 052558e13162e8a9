// The operations' own syntax, those with regions.
#include <algorithm>

#include "importers/mlir/operation_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// The type of one element, as a tensor without dimensions.
Type ScalarOf(const Type& tensor) {
  return tensor.IsTensor() ? Type::Tensor(tensor.element_type(), {}) : tensor;
}

// The operations that may stand for a reducer.
bool CanBeApplied(std::string_view name) {
  constexpr std::string_view kCommutative[] = {"add",      "and", "maximum", "minimum",
                                               "multiply", "or",  "xor"};
  const size_t dot = name.find('.');
  const std::string_view dialect = name.substr(0, dot);
  return (dialect == "stablehlo" || dialect == "mhlo") && dot != name.npos &&
         std::ranges::find(kCommutative, name.substr(dot + 1)) != std::end(kCommutative);
}

}  // namespace

// `(%a: T {attributes} loc(…), …)`, or types alone in a declaration.
absl::Status OperationParser::ReadParameters(Region* region, std::vector<Type>* types,
                                             std::vector<Attribute>* attributes) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  if (cursor_.Accept(")")) return absl::OkStatus();
  do {
    std::string name;
    bool named = cursor_.At("%");
    if (named) {
      EQSAT_ASSIGN_OR_RETURN(name, ReadValueName());
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    }
    EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
    std::vector<NamedAttribute> entries;
    if (cursor_.At("{")) {
      EQSAT_ASSIGN_OR_RETURN(entries, attributes_.ReadDictionary());
    }
    EQSAT_RETURN_IF_ERROR(attributes_.ReadTrailingLocation().status());
    if (named) {
      EQSAT_ASSIGN_OR_RETURN(ValueId id, Define(std::move(name), type));
      region->arguments.push_back(id);
    }
    types->push_back(std::move(type));
    attributes->push_back(DictionaryAttribute{std::move(entries)});
  } while (cursor_.Accept(","));
  return cursor_.Expect(")");
}

// `-> T` or `-> (T {attributes}, …)`.
absl::Status OperationParser::ReadResults(std::vector<Type>* types,
                                          std::vector<Attribute>* attributes) {
  if (!cursor_.Accept("->")) return absl::OkStatus();
  if (!cursor_.Accept("(")) {
    EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
    types->push_back(std::move(type));
    attributes->push_back(DictionaryAttribute{});
    return absl::OkStatus();
  }
  if (cursor_.Accept(")")) return absl::OkStatus();
  do {
    EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
    std::vector<NamedAttribute> entries;
    if (cursor_.At("{")) {
      EQSAT_ASSIGN_OR_RETURN(entries, attributes_.ReadDictionary());
    }
    types->push_back(std::move(type));
    attributes->push_back(DictionaryAttribute{std::move(entries)});
  } while (cursor_.Accept(","));
  return cursor_.Expect(")");
}

absl::Status OperationParser::ReadFunction(Draft* draft) {
  for (std::string_view visibility : {"public", "private", "nested"}) {
    if (!cursor_.AcceptWord(visibility)) continue;
    EQSAT_RETURN_IF_ERROR(
        AddAttribute(draft, "sym_visibility", Attribute(std::string(visibility))));
  }
  EQSAT_ASSIGN_OR_RETURN(std::string name, cursor_.ReadSymbolName());
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "sym_name", Attribute(std::move(name))));
  // A function sees no value of what is around it.
  std::vector<Names> outer(1);
  outer.swap(scopes_);
  Region region;
  std::vector<Type> inputs, results;
  ArrayAttribute input_attributes, result_attributes;
  EQSAT_RETURN_IF_ERROR(ReadParameters(&region, &inputs, &input_attributes.elements));
  EQSAT_RETURN_IF_ERROR(ReadResults(&results, &result_attributes.elements));
  EQSAT_RETURN_IF_ERROR(
      AddAttribute(draft, "function_type", Type::Function(std::move(inputs), std::move(results))));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "arg_attrs", std::move(input_attributes)));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "res_attrs", std::move(result_attributes)));
  if (cursor_.AcceptWord("attributes")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  if (cursor_.At("{")) {
    EQSAT_ASSIGN_OR_RETURN(region, ReadRegion(std::move(region.arguments)));
  }
  draft->op.regions.push_back(std::move(region));
  outer.swap(scopes_);
  return absl::OkStatus();
}

// `(%x init: %c), (%y init: %d) applies op across dimensions = [1] {attributes} : types`, or
// `across … : types reducer(%a: T, %b: T) (%c: U, %d: U) {…}`.
absl::Status OperationParser::ReadReduce(Draft* draft) {
  std::vector<ValueId> inits;
  do {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
    EQSAT_ASSIGN_OR_RETURN(std::vector<ValueId> input, ReadOperand());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("init"));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    EQSAT_ASSIGN_OR_RETURN(std::vector<ValueId> init, ReadOperand());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
    draft->op.operands.push_back(input[0]);
    inits.push_back(init[0]);
  } while (cursor_.Accept(","));
  draft->op.operands.insert(draft->op.operands.end(), inits.begin(), inits.end());
  std::string applied;
  if (cursor_.AcceptWord("applies")) {
    const size_t begin = cursor_.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("an operation"));
    if (!CanBeApplied(name)) {
      return cursor_.ErrorAt(begin, base::StrCat("`", name,
                                                 "` is no commutative operation on two "
                                                 "values"));
    }
    applied = name;
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("across"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("dimensions"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
  EQSAT_ASSIGN_OR_RETURN(Attribute dimensions, attributes_.ReadParameter());
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "dimensions", std::move(dimensions)));
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  EQSAT_RETURN_IF_ERROR(ReadTypes(draft));
  if (!applied.empty()) return AddAppliedRegion(applied, draft);
  return ReadReducer(draft);
}

// Each pair of parentheses holds the two arguments of one input; the region takes the first of
// all, then the second of all.
absl::Status OperationParser::ReadReducer(Draft* draft) {
  if (!cursor_.AcceptWord("reducer")) return cursor_.Expected("`reducer` or `applies`");
  scopes_.emplace_back();
  std::vector<ValueId> first, second;
  while (cursor_.Accept("(")) {
    for (int i = 0; i < 2; ++i) {
      EQSAT_ASSIGN_OR_RETURN(std::string name, ReadValueName());
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
      EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
      EQSAT_RETURN_IF_ERROR(attributes_.ReadTrailingLocation().status());
      EQSAT_ASSIGN_OR_RETURN(ValueId id, Define(std::move(name), type));
      (i == 0 ? first : second).push_back(id);
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(i == 0 ? "," : ")"));
    }
  }
  first.insert(first.end(), second.begin(), second.end());
  EQSAT_ASSIGN_OR_RETURN(Region region, ReadRegion(std::move(first)));
  scopes_.pop_back();
  draft->op.regions.push_back(std::move(region));
  return absl::OkStatus();
}

absl::Status OperationParser::AddAppliedRegion(const std::string& applied, Draft* draft) {
  Region region;
  const Type scalar = ScalarOf(module_.type(draft->op.operands.back()));
  for (int i = 0; i < 2; ++i) region.arguments.push_back(module_.AddValue(scalar));
  Operation body;
  body.name = applied;
  body.operands = region.arguments;
  body.results = {module_.AddValue(scalar)};
  body.place = draft->op.place;
  Operation result;
  result.name = "stablehlo.return";
  result.operands = body.results;
  result.place = draft->op.place;
  region.operations.push_back(std::move(body));
  region.operations.push_back(std::move(result));
  draft->op.regions.push_back(std::move(region));
  return absl::OkStatus();
}

// `(%i = %a, %j = %b) : T, U attributes {…} cond {…} do {…}`
absl::Status OperationParser::ReadWhile(Draft* draft) {
  std::vector<std::string> names;
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  while (!cursor_.At(")")) {
    EQSAT_ASSIGN_OR_RETURN(std::string name, ReadValueName());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
    EQSAT_ASSIGN_OR_RETURN(std::vector<ValueId> value, ReadOperand());
    names.push_back(std::move(name));
    draft->op.operands.push_back(value[0]);
    if (!cursor_.Accept(",")) break;
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  if (cursor_.Accept(":")) {
    do {
      EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
      draft->result_types.push_back(std::move(type));
    } while (cursor_.Accept(","));
  }
  if (draft->result_types.size() != names.size()) {
    return cursor_.Error(base::StrCat("the loop has ", names.size(), " values and ",
                                      draft->result_types.size(), " types"));
  }
  if (cursor_.AcceptWord("attributes")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  for (std::string_view keyword : {"cond", "do"}) {
    if (!cursor_.AcceptWord(keyword)) return cursor_.Expected(base::StrCat("`", keyword, "`"));
    scopes_.emplace_back();
    std::vector<ValueId> arguments;
    for (size_t i = 0; i < names.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(ValueId id, Define(names[i], draft->result_types[i]));
      arguments.push_back(id);
    }
    EQSAT_ASSIGN_OR_RETURN(Region region, ReadRegion(std::move(arguments)));
    scopes_.pop_back();
    draft->op.regions.push_back(std::move(region));
  }
  return absl::OkStatus();
}

// `(%x, …) inits (%c, …) dimension = 0 attributes {…} {…} : types`
absl::Status OperationParser::ReadScan(Draft* draft) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  const auto inputs = static_cast<int64_t>(draft->op.operands.size());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("inits"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("dimension"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, cursor_.ReadInteger());
  if (cursor_.AcceptWord("attributes")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  const Type i64 = Type::Element(ir::ElementType::kS64);
  const int64_t inits = static_cast<int64_t>(draft->op.operands.size()) - inputs;
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "dimension", IntegerAttribute{dimension, i64}));
  ArrayAttribute segments;
  segments.elements = {IntegerAttribute{inputs, i64}, IntegerAttribute{inits, i64}};
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "operandSegmentSizes", std::move(segments)));
  EQSAT_ASSIGN_OR_RETURN(Region region, ReadRegion({}));
  draft->op.regions.push_back(std::move(region));
  return ReadTypes(draft);
}

// `sdy.manual_computation(%x) in_shardings=[…] out_shardings=[…] manual_axes={…} (%a: T) {…} : …`
absl::Status OperationParser::ReadManualComputation(Draft* draft) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  while (cursor_.AtName()) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("a clause"));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
    EQSAT_ASSIGN_OR_RETURN(std::string_view text, cursor_.ReadBracketed());
    EQSAT_RETURN_IF_ERROR(AddAttribute(draft, std::string(name), Attribute(std::string(text))));
  }
  scopes_.emplace_back();
  Region region;
  std::vector<Type> types;
  std::vector<Attribute> attributes;
  EQSAT_RETURN_IF_ERROR(ReadParameters(&region, &types, &attributes));
  EQSAT_ASSIGN_OR_RETURN(region, ReadRegion(std::move(region.arguments)));
  scopes_.pop_back();
  draft->op.regions.push_back(std::move(region));
  return ReadTypes(draft);
}

}  // namespace eqsat::importers::mlir
