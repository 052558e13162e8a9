// The operations' own syntax, those without regions.
#include "absl/strings/numbers.h"
#include "importers/mlir/clauses.h"
#include "importers/mlir/operation_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

Attribute Int64(int64_t value) {
  return IntegerAttribute{value, Type::Element(ir::ElementType::kS64)};
}

Attribute Ints(const std::vector<int64_t>& values) {
  ArrayAttribute array;
  for (int64_t value : values) array.elements.push_back(Int64(value));
  return array;
}

}  // namespace

OperationParser::Reader OperationParser::FindReader(std::string_view name) {
  using P = OperationParser;
  static const std::map<std::string_view, Reader> readers = {
      {"call", &P::ReadCall},
      {"composite", &P::ReadComposite},
      {"constant", &P::ReadConstant},
      {"convolution", &P::ReadConvolution},
      {"custom_call", &P::ReadCall},
      {"dynamic_conv", &P::ReadConvolution},
      {"expect_almost_eq_const", &P::ReadCheckConstant},
      {"expect_eq_const", &P::ReadCheckConstant},
      {"func", &P::ReadFunction},
      {"get_tuple_element", &P::ReadGetTupleElement},
      {"manual_computation", &P::ReadManualComputation},
      {"mesh", &P::ReadMesh},
      {"reduce", &P::ReadReduce},
      {"scan", &P::ReadScan},
      {"sharding_constraint", &P::ReadSharding},
      {"slice", &P::ReadSlice},
      {"unfoldable_constant", &P::ReadConstant},
      {"while", &P::ReadWhile},
  };
  auto reader = readers.find(WithoutDialect(name));
  return reader == readers.end() ? &P::ReadUsual : reader->second;
}

// Operands, clauses, an attribute dictionary, types.
absl::Status OperationParser::ReadUsual(Draft* draft) {
  if (cursor_.Accept("(")) {
    EQSAT_RETURN_IF_ERROR(ReadItems(draft));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  } else {
    EQSAT_RETURN_IF_ERROR(ReadItems(draft));
  }
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

absl::Status OperationParser::ReadItems(Draft* draft) {
  // `return loc(…)` has none.
  if (!cursor_.At("%") && (!cursor_.AtName() || cursor_.AtWord("loc"))) return absl::OkStatus();
  size_t keywords = 0;
  do {
    if (cursor_.At("%")) {
      EQSAT_ASSIGN_OR_RETURN(std::vector<ValueId> values, ReadOperand());
      draft->op.operands.insert(draft->op.operands.end(), values.begin(), values.end());
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(std::string_view word, cursor_.ReadName("an operand"));
    if (cursor_.Accept("=")) {
      EQSAT_RETURN_IF_ERROR(ReadClause(word, draft));
    } else if (WithoutDialect(draft->op.name) == "compare" && keywords < 2) {
      EQSAT_RETURN_IF_ERROR(AddAttribute(draft, std::string(kCompareKeywords[keywords++]),
                                         Attribute(std::string(word))));
    } else {
      return cursor_.Error(base::StrCat("`", word, "` is no operand of ", draft->op.name));
    }
  } while (cursor_.Accept(","));
  return absl::OkStatus();
}

// `e8m10`
absl::Status OperationParser::ReadPrecisionFormat(Draft* draft) {
  const size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view format, cursor_.ReadName("a format like e8m10"));
  const size_t m = format.find('m');
  int32_t exponent = 0, mantissa = 0;
  auto number = [](std::string_view digits, int32_t* value) {
    return absl::SimpleAtoi(base::Absl(digits), value);
  };
  if (!format.starts_with('e') || m == format.npos || !number(format.substr(1, m - 1), &exponent) ||
      !number(format.substr(m + 1), &mantissa)) {
    return cursor_.ErrorAt(begin, base::StrCat("`", format, "` is no format like e8m10"));
  }
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "exponent_bits", Int64(exponent)));
  return AddAttribute(draft, "mantissa_bits", Int64(mantissa));
}

absl::Status OperationParser::ReadClause(std::string_view keyword, Draft* draft) {
  const std::string_view op = WithoutDialect(draft->op.name);
  if (op == "reduce_precision" && keyword == "format") return ReadPrecisionFormat(draft);
  EQSAT_ASSIGN_OR_RETURN(Attribute value, attributes_.ReadParameter());
  if (op == "dot_general" && keyword.ends_with("_dims")) {
    // `batching_dims = [0] x [0]` is a part of one attribute.
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("x"));
    EQSAT_ASSIGN_OR_RETURN(Attribute rhs, attributes_.ReadParameter());
    DialectAttribute numbers{"stablehlo.dot", {}};
    auto& attributes = draft->op.attributes;
    std::erase_if(attributes, [&numbers](const NamedAttribute& entry) {
      if (entry.first != "dot_dimension_numbers") return false;
      numbers = *entry.second.As<DialectAttribute>();
      return true;
    });
    std::string name = base::StrCat(keyword.substr(0, keyword.size() - 5), "_dimensions");
    numbers.parameters.emplace_back(base::StrCat("lhs_", name), std::move(value));
    numbers.parameters.emplace_back(base::StrCat("rhs_", name), std::move(rhs));
    return AddAttribute(draft, "dot_dimension_numbers", std::move(numbers));
  }
  for (const Clause& clause : kClauses) {
    if (clause.op == op && clause.keyword == keyword) {
      return AddAttribute(draft, std::string(clause.attribute), std::move(value));
    }
  }
  return cursor_.Error(base::StrCat(draft->op.name, " has no clause named ", keyword));
}

// `: (T, T) -> T`, or `: T` where results have the last type, or one type each.
absl::Status OperationParser::ReadTypes(Draft* draft) {
  if (!cursor_.Accept(":")) {
    if (draft->result_count == 0) return absl::OkStatus();
    return cursor_.Expected("`:`");
  }
  std::vector<Type> types;
  const size_t begin = cursor_.position();
  if (cursor_.At("(")) {
    EQSAT_ASSIGN_OR_RETURN(types, attributes_.ReadTypeList());
  } else {
    do {
      EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
      types.push_back(std::move(type));
    } while (cursor_.Accept(","));
  }
  if (cursor_.Accept("->") || cursor_.AcceptWord("to")) {
    EQSAT_RETURN_IF_ERROR(CheckOperandTypes(begin, types, draft->op));
    EQSAT_ASSIGN_OR_RETURN(draft->result_types, attributes_.ReadTypeList());
    return absl::OkStatus();
  }
  if (draft->result_count == 0) return absl::OkStatus();
  if (types.size() == draft->result_count) {
    draft->result_types = std::move(types);
  } else if (draft->result_count == 1 && !types.empty()) {
    draft->result_types = {types.back()};
  }
  return absl::OkStatus();
}

// `constant {attributes} dense<…> : type`; also the generic form's end after `constant()`.
absl::Status OperationParser::ReadConstant(Draft* draft) {
  if (cursor_.Accept("(")) {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
    if (cursor_.Accept("<")) {
      EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
    }
    if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
    return ReadTypes(draft);
  }
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(Attribute value, attributes_.ReadAttribute());
  if (const auto* dense = value.As<DenseAttribute>()) {
    draft->result_types = {dense->type};
  } else if (const auto* resource = value.As<ResourceAttribute>()) {
    draft->result_types = {resource->type};
  } else if (const auto* integer = value.As<IntegerAttribute>()) {
    draft->result_types = {integer->type};
  } else if (const auto* number = value.As<FloatAttribute>()) {
    draft->result_types = {number->type};
  } else if (value.As<bool>() != nullptr) {
    draft->result_types = {Type::Element(ir::ElementType::kPred)};
  } else {
    return cursor_.ErrorAt(begin, "expected a constant's value");
  }
  return AddAttribute(draft, "value", std::move(value));
}

// `%x, dense<…> : type {tolerance = …}`, or IREE's `(%x, dense<…> : type) : type`.
absl::Status OperationParser::ReadCheckConstant(Draft* draft) {
  const bool in_parentheses = cursor_.Accept("(");
  EQSAT_ASSIGN_OR_RETURN(draft->op.operands, ReadOperand());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(","));
  EQSAT_ASSIGN_OR_RETURN(Attribute value, attributes_.ReadAttribute());
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "value", std::move(value)));
  while (cursor_.Accept(",")) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("an attribute's name"));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
    EQSAT_ASSIGN_OR_RETURN(Attribute extra, attributes_.ReadParameter());
    EQSAT_RETURN_IF_ERROR(AddAttribute(draft, std::string(name), std::move(extra)));
  }
  if (in_parentheses) EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

// `%x [0:4, 1:8:2] {attributes} : …`
absl::Status OperationParser::ReadSlice(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(draft->op.operands, ReadOperand());
  std::vector<int64_t> starts, limits, strides;
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
  while (!cursor_.At("]")) {
    EQSAT_ASSIGN_OR_RETURN(int64_t start, cursor_.ReadInteger());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    EQSAT_ASSIGN_OR_RETURN(int64_t limit, cursor_.ReadInteger());
    int64_t stride = 1;
    if (cursor_.Accept(":")) {
      EQSAT_ASSIGN_OR_RETURN(stride, cursor_.ReadInteger());
    }
    starts.push_back(start);
    limits.push_back(limit);
    strides.push_back(stride);
    if (!cursor_.Accept(",")) break;
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("]"));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "start_indices", Ints(starts)));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "limit_indices", Ints(limits)));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "strides", Ints(strides)));
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

// `%x[1] : …`
absl::Status OperationParser::ReadGetTupleElement(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(draft->op.operands, ReadOperand());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
  EQSAT_ASSIGN_OR_RETURN(int64_t index, cursor_.ReadInteger());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("]"));
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "index", Int64(index)));
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

// `(%a, %b) dim_numbers = […]x[…]->[…], window = {…} {attributes} : …`
absl::Status OperationParser::ReadConvolution(Draft* draft) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  while (cursor_.AtName()) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view keyword, cursor_.ReadName("a clause"));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
    if (keyword == "dim_numbers") {
      EQSAT_ASSIGN_OR_RETURN(Attribute labels, attributes_.ReadConvolutionLabels());
      EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "dimension_numbers", std::move(labels)));
    } else if (keyword == "window") {
      EQSAT_RETURN_IF_ERROR(ReadWindow(draft));
    } else {
      return cursor_.Error(base::StrCat(draft->op.name, " has no clause named ", keyword));
    }
    cursor_.Accept(",");
  }
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

// `{stride = [2, 2], pad = [[0, 1], [0, 1]], lhs_dilate = […], rhs_dilate = […], reverse = […]}`
absl::Status OperationParser::ReadWindow(Draft* draft) {
  static const std::map<std::string_view, std::string_view> names = {
      {"stride", "window_strides"},   {"pad", "padding"},
      {"lhs_dilate", "lhs_dilation"}, {"rhs_dilate", "rhs_dilation"},
      {"reverse", "window_reversal"},
  };
  EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> window, attributes_.ReadDictionary());
  for (auto& [keyword, value] : window) {
    auto name = names.find(keyword);
    if (name == names.end()) {
      return cursor_.Error(base::StrCat("a window has no field named ", keyword));
    }
    if (keyword == "pad") {
      // One pair a dimension, as padding's rows.
      ArrayAttribute flat;
      const auto* rows = value.As<ArrayAttribute>();
      if (rows == nullptr) return cursor_.Error("a window's padding is a list of pairs");
      for (const Attribute& row : rows->elements) {
        std::optional<std::vector<int64_t>> pair = row.AsInts();
        if (!pair || pair->size() != 2) return cursor_.Error("padding is two numbers a dimension");
        flat.elements.push_back(Int64((*pair)[0]));
        flat.elements.push_back(Int64((*pair)[1]));
      }
      value = Attribute(std::move(flat));
    }
    EQSAT_RETURN_IF_ERROR(AddAttribute(draft, std::string(name->second), std::move(value)));
  }
  return absl::OkStatus();
}

// `call @f(%a) : …`, `custom_call @target(%a) {attributes} : …`
absl::Status OperationParser::ReadCall(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(std::string target, cursor_.ReadSymbolName());
  if (WithoutDialect(draft->op.name) == "custom_call") {
    EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "call_target_name", Attribute(std::move(target))));
  } else {
    EQSAT_RETURN_IF_ERROR(
        AddAttribute(draft, "callee", Attribute(SymbolAttribute{{std::move(target)}})));
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  return ReadTypes(draft);
}

// `composite "name" %a, %b {attributes} : …`
absl::Status OperationParser::ReadComposite(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(std::string name, cursor_.ReadString());
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "name", Attribute(std::move(name))));
  return ReadUsual(draft);
}

// `sdy.sharding_constraint %x <@mesh, […]> : type`
absl::Status OperationParser::ReadSharding(Draft* draft) {
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_ASSIGN_OR_RETURN(std::string_view sharding, cursor_.ReadBracketed());
  EQSAT_RETURN_IF_ERROR(AddAttribute(
      draft, "sharding", DialectAttribute{"sdy.sharding", {{"", std::string(sharding)}}}));
  return ReadTypes(draft);
}

// `sdy.mesh @mesh = <["a"=2]> {attributes}`
absl::Status OperationParser::ReadMesh(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(std::string name, cursor_.ReadSymbolName());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
  EQSAT_ASSIGN_OR_RETURN(std::string_view mesh, cursor_.ReadBracketed());
  EQSAT_RETURN_IF_ERROR(AddAttribute(draft, "sym_name", Attribute(std::move(name))));
  EQSAT_RETURN_IF_ERROR(
      AddAttribute(draft, "mesh", DialectAttribute{"sdy.mesh", {{"", std::string(mesh)}}}));
  return cursor_.At("{") ? ReadAttributes(draft) : absl::OkStatus();
}

}  // namespace eqsat::importers::mlir
