#include "importers/mlir/own_syntax.h"

#include <algorithm>
#include <map>

#include "importers/mlir/attribute_text.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// How the types after the colon are written.
enum class Types : uint8_t {
  kShared,    // `T` if operands and results have one type, else as kFunction
  kFunction,  // `(T, U) -> V`
  kResult,    // `V`
};

// `name %0, %1, keyword = value {other attributes} : types`
struct Form {
  Types types = Types::kShared;
  // (keyword, attribute), in the order in which they are written.
  std::vector<std::pair<std::string_view, std::string_view>> clauses;
};

const Form* FindForm(std::string_view op) {
  static const auto* forms = [] {
    auto* out = new std::map<std::string_view, Form>;
    for (std::string_view name : {"abs",
                                  "add",
                                  "and",
                                  "atan2",
                                  "cbrt",
                                  "ceil",
                                  "clamp",
                                  "cosine",
                                  "divide",
                                  "exponential",
                                  "floor",
                                  "log",
                                  "logistic",
                                  "maximum",
                                  "minimum",
                                  "multiply",
                                  "negate",
                                  "not",
                                  "or",
                                  "popcnt",
                                  "power",
                                  "remainder",
                                  "rsqrt",
                                  "shift_left",
                                  "sign",
                                  "sine",
                                  "sqrt",
                                  "subtract",
                                  "tan",
                                  "tanh",
                                  "xor",
                                  "count_leading_zeros",
                                  "log_plus_one",
                                  "exponential_minus_one",
                                  "round_nearest_afz",
                                  "round_nearest_even",
                                  "shift_right_arithmetic",
                                  "shift_right_logical"}) {
      (*out)[name] = {};
    }
    for (std::string_view name : {"bitcast_convert", "convert", "dynamic_update_slice", "imag",
                                  "is_finite", "real", "reshape", "select"}) {
      (*out)[name] = {Types::kFunction, {}};
    }
    (*out)["broadcast_in_dim"] = {Types::kFunction, {{"dims", "broadcast_dimensions"}}};
    (*out)["concatenate"] = {Types::kFunction, {{"dim", "dimension"}}};
    (*out)["dynamic_slice"] = {Types::kFunction, {{"sizes", "slice_sizes"}}};
    (*out)["iota"] = {Types::kResult, {{"dim", "iota_dimension"}}};
    (*out)["pad"] = {Types::kFunction,
                     {{"low", "edge_padding_low"},
                      {"high", "edge_padding_high"},
                      {"interior", "interior_padding"}}};
    (*out)["reverse"] = {Types::kResult, {{"dims", "dimensions"}}};
    (*out)["transpose"] = {Types::kFunction, {{"dims", "permutation"}}};
    return out;
  }();
  auto found = forms->find(op);
  return found == forms->end() ? nullptr : &found->second;
}

// ` {a = 1 : i64}` of the attributes that are not in `written`; nothing if there are none.
std::string OtherAttributes(const Operation& operation,
                            const std::vector<std::string_view>& written) {
  std::vector<NamedAttribute> others;
  for (const NamedAttribute& attribute : operation.attributes) {
    if (std::ranges::find(written, attribute.first) == written.end()) others.push_back(attribute);
  }
  return others.empty() ? "" : base::StrCat(" ", DictionaryText(others));
}

std::string TypesAfterColon(Types types, const OperationNames& names) {
  if (types == Types::kResult) return TypesText(names.result_types);
  if (types == Types::kShared && names.result_types.size() == 1) {
    const Type& result = names.result_types[0];
    if (std::ranges::all_of(names.operand_types, [&](const Type& t) { return t == result; })) {
      return result.ToString();
    }
  }
  return FunctionText(names);
}

std::optional<std::string> Usual(const Operation& operation, const OperationNames& names,
                                 const Form& form) {
  std::vector<std::string> items = names.operands;
  std::vector<std::string_view> written;
  for (const auto& [keyword, attribute] : form.clauses) {
    const Attribute* value = operation.Find(attribute);
    if (value == nullptr) return std::nullopt;
    items.push_back(base::StrCat(keyword, " = ", ParameterText(*value)));
    written.push_back(attribute);
  }
  return base::StrCat(operation.name, " ", base::Join(items, ", "),
                      OtherAttributes(operation, written), " : ",
                      TypesAfterColon(form.types, names));
}

// `return %0, %1 : T, U`
std::optional<std::string> Return(const Operation& operation, const OperationNames& names) {
  std::string out = operation.name == "func.return" ? "return" : operation.name;
  if (names.operands.empty()) return out;
  return base::StrCat(out, " ", base::Join(names.operands, ", "), " : ",
                      TypesText(names.operand_types));
}

// `func.call @f(%0) : (T) -> U`
std::optional<std::string> Call(const Operation& operation, const OperationNames& names) {
  const bool custom = operation.name == "stablehlo.custom_call";
  const std::string_view key = custom ? "call_target_name" : "callee";
  const std::string_view target = operation.Find(key)->AsKeyword().value_or("");
  return base::StrCat(operation.name, " @", SymbolText(target), "(",
                      base::Join(names.operands, ", "), ")", OtherAttributes(operation, {key}),
                      " : ", FunctionText(names));
}

// `constant dense<1> : tensor<i32>`
std::optional<std::string> Constant(const Operation& operation, const OperationNames&) {
  return base::StrCat(operation.name, OtherAttributes(operation, {"value"}), " ",
                      ToText(*operation.Find("value")));
}

// `compare LT, %0, %1, FLOAT : (T, T) -> U`
std::optional<std::string> Compare(const Operation& operation, const OperationNames& names) {
  std::vector<std::string> items = names.operands;
  auto keyword = [&operation](std::string_view name) {
    return std::string(operation.Find(name)->AsKeyword().value_or(""));
  };
  items.insert(items.begin(), keyword("comparison_direction"));
  if (operation.Find("compare_type") != nullptr) items.push_back(keyword("compare_type"));
  return base::StrCat(operation.name, " ", base::Join(items, ", "),
                      OtherAttributes(operation, {"comparison_direction", "compare_type"}), " : ",
                      FunctionText(names));
}

// `slice %0 [0:4, 1:8:2] : (T) -> U`
std::optional<std::string> Slice(const Operation& operation, const OperationNames& names) {
  auto list = [&operation](std::string_view name) {
    return operation.Find(name)->AsInts().value_or(std::vector<int64_t>());
  };
  const std::vector<int64_t> starts = list("start_indices"), limits = list("limit_indices"),
                             strides = list("strides");
  std::vector<std::string> ranges;
  for (size_t i = 0; i < starts.size(); ++i) {
    ranges.push_back(base::StrCat(starts[i], ":", limits[i]));
    if (strides[i] != 1) base::StrAppend(&ranges.back(), ":", strides[i]);
  }
  return base::StrCat(operation.name, " ", names.operands[0], " [", base::Join(ranges, ", "), "]",
                      OtherAttributes(operation, {"start_indices", "limit_indices", "strides"}),
                      " : ", FunctionText(names));
}

// `dot_general %0, %1, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [HIGH,
// DEFAULT] : (T, U) -> V`
std::optional<std::string> DotGeneral(const Operation& operation, const OperationNames& names) {
  const auto* numbers = operation.Find("dot_dimension_numbers")->As<DialectAttribute>();
  auto side = [numbers](std::string_view name) {
    const Attribute* value = Find(numbers->parameters, name);
    return value != nullptr ? ParameterText(*value) : std::string("[]");
  };
  std::vector<std::string> items = names.operands;
  for (std::string_view kind : {"batching", "contracting"}) {
    std::string lhs = side(base::StrCat("lhs_", kind, "_dimensions"));
    if (lhs == "[]" && kind == "batching") continue;
    items.push_back(base::StrCat(kind, "_dims = ", lhs, " x ",
                                 side(base::StrCat("rhs_", kind, "_dimensions"))));
  }
  if (const Attribute* precision = operation.Find("precision_config")) {
    std::vector<std::string> keywords;
    for (const Attribute& element : precision->As<ArrayAttribute>()->elements) {
      keywords.emplace_back(element.AsKeyword().value_or(""));
    }
    items.push_back(base::StrCat("precision = [", base::Join(keywords, ", "), "]"));
  }
  if (const Attribute* algorithm = operation.Find("algorithm")) {
    const std::string text = ToText(*algorithm);
    items.push_back(base::StrCat("algorithm = ", text.substr(text.find('<'))));
  }
  return base::StrCat(
      operation.name, " ", base::Join(items, ", "),
      OtherAttributes(operation, {"dot_dimension_numbers", "precision_config", "algorithm"}), " : ",
      FunctionText(names));
}

// `get_tuple_element %0[1] : (tuple<T, U>) -> U`
std::optional<std::string> GetTupleElement(const Operation& operation,
                                           const OperationNames& names) {
  return base::StrCat(operation.name, " ", names.operands[0], "[",
                      operation.Find("index")->AsInt().value_or(0), "]",
                      OtherAttributes(operation, {"index"}), " : ", FunctionText(names));
}

using OperationWriter = std::optional<std::string> (*)(const Operation&, const OperationNames&);

OperationWriter FindWriter(std::string_view name) {
  static const std::map<std::string_view, OperationWriter> writers = {
      {"func.call", Call},
      {"func.return", Return},
      {"stablehlo.compare", Compare},
      {"stablehlo.constant", Constant},
      {"stablehlo.custom_call", Call},
      {"stablehlo.dot_general", DotGeneral},
      {"stablehlo.get_tuple_element", GetTupleElement},
      {"stablehlo.return", Return},
      {"stablehlo.slice", Slice},
  };
  auto found = writers.find(name);
  return found == writers.end() ? nullptr : found->second;
}

}  // namespace

std::optional<std::string> OwnSyntax(const Operation& operation, const OperationNames& names) {
  if (OperationWriter writer = FindWriter(operation.name)) return writer(operation, names);
  constexpr std::string_view kDialect = "stablehlo.";
  if (!operation.name.starts_with(kDialect)) return std::nullopt;
  const Form* form = FindForm(std::string_view(operation.name).substr(kDialect.size()));
  return form != nullptr ? Usual(operation, names, *form) : std::nullopt;
}

std::string FunctionText(const OperationNames& names) {
  std::string results = TypesText(names.result_types);
  if (names.result_types.size() != 1) results = base::StrCat("(", results, ")");
  return base::StrCat("(", TypesText(names.operand_types), ") -> ", results);
}

std::string TypesText(const std::vector<Type>& types) {
  std::vector<std::string> texts;
  for (const Type& type : types) texts.push_back(type.ToString());
  return base::Join(texts, ", ");
}

}  // namespace eqsat::importers::mlir
