#include "importers/mlir/printer.h"

#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "importers/mlir/attribute_text.h"
#include "importers/mlir/own_syntax.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// The locations that are used, in the order of their first use.
class LocationTable {
 public:
  // ` loc(#loc3)`; nothing for an unknown place.
  std::string Use(const std::shared_ptr<const Location>& location) {
    if (location == nullptr) return "";
    auto [entry, fresh] = numbers_.emplace(Describe(*location), numbers_.size() + 1);
    if (fresh) texts_.push_back(entry->first);
    return base::StrCat(" loc(#loc", entry->second, ")");
  }
  std::string Definitions() const {
    std::string out;
    for (size_t i = 0; i < texts_.size(); ++i) {
      base::StrAppend(&out, "#loc", i + 1, " = loc(", texts_[i], ")\n");
    }
    return out;
  }

 private:
  // `"name"("file":7:3)`
  static std::string Describe(const Location& location) {
    std::string place;
    if (!location.file.empty()) {
      place = base::StrCat(QuotedText(location.file), ":", location.line, ":", location.column);
      if (location.end_line != 0 || location.end_column != 0) {
        base::StrAppend(&place, " to ", location.end_line, ":", location.end_column);
      }
    }
    if (location.name.empty()) return place.empty() ? "unknown" : place;
    std::string name = QuotedText(location.name);
    return place.empty() ? name : base::StrCat(name, "(", place, ")");
  }

  absl::flat_hash_map<std::string, size_t> numbers_;
  std::vector<std::string> texts_;
};

class Printer {
 public:
  explicit Printer(const Module& module) : module_(module) {}

  std::string Print() {
    out_ = "module";
    if (!module_.name.empty()) base::StrAppend(&out_, " @", SymbolText(module_.name));
    if (!module_.attributes.empty()) {
      base::StrAppend(&out_, " attributes ", DictionaryText(module_.attributes));
    }
    out_ += " {\n";
    for (const Operation& operation : module_.operations) {
      values_ = arguments_ = 0;
      names_.clear();
      if (operation.name == "func.func") {
        AddFunction(operation);
      } else {
        Add(operation, 1);
      }
    }
    out_ += "}\n";
    return out_ + locations_.Definitions();
  }

 private:
  void Indent(int depth) { out_.append(2 * static_cast<size_t>(depth), ' '); }

  const std::string& NameOf(ValueId value) { return names_[value]; }
  void NameArgument(ValueId value) { names_[value] = base::StrCat("%arg", arguments_++); }

  // `%0`, or `%0:2` for values that are used as `%0#1`.
  std::string NameResults(const std::vector<ValueId>& results) {
    if (results.empty()) return "";
    const std::string name = base::StrCat("%", values_++);
    if (results.size() == 1) {
      names_[results[0]] = name;
      return base::StrCat(name, " = ");
    }
    for (size_t i = 0; i < results.size(); ++i) names_[results[i]] = base::StrCat(name, "#", i);
    return base::StrCat(name, ":", results.size(), " = ");
  }

  std::vector<std::string> Names(absl::Span<const ValueId> values) {
    std::vector<std::string> names;
    for (ValueId value : values) names.push_back(NameOf(value));
    return names;
  }
  std::vector<Type> Types(absl::Span<const ValueId> values) const {
    std::vector<Type> types;
    for (ValueId value : values) types.push_back(module_.type(value));
    return types;
  }

  // `func.func private @f(%arg0: T {…}) -> (T {…}) {`
  void AddFunction(const Operation& function) {
    const auto* type = function.Find("function_type")->As<Type>();
    const Region& body = function.regions[0];
    Indent(1);
    out_ += "func.func ";
    if (const Attribute* visibility = function.Find("sym_visibility")) {
      base::StrAppend(&out_, visibility->AsKeyword().value_or(""), " ");
    }
    base::StrAppend(&out_, "@", SymbolText(function.Find("sym_name")->AsKeyword().value_or("")),
                    "(");
    for (size_t i = 0; i < body.arguments.size(); ++i) {
      NameArgument(body.arguments[i]);
      base::StrAppend(&out_, i > 0 ? ", " : "", NameOf(body.arguments[i]), ": ",
                      type->elements()[i].ToString(), ValueAttributes(function, "arg_attrs", i));
    }
    out_ += ")";
    std::string results;
    for (size_t i = 0; i < type->results().size(); ++i) {
      base::StrAppend(&results, i > 0 ? ", " : "", type->results()[i].ToString(),
                      ValueAttributes(function, "res_attrs", i));
    }
    const bool bare = type->results().size() == 1 && !results.ends_with('}');
    if (!results.empty()) base::StrAppend(&out_, " -> ", bare ? results : "(" + results + ")");
    out_ += " {\n";
    for (const Operation& operation : body.operations) Add(operation, 2);
    base::StrAppend(&out_, "  }", locations_.Use(function.location), "\n");
  }

  // ` {a = 1 : i64}` of an argument or result.
  static std::string ValueAttributes(const Operation& function, std::string_view list, size_t i) {
    const Attribute* attributes = function.Find(list);
    const auto* array = attributes != nullptr ? attributes->As<ArrayAttribute>() : nullptr;
    if (array == nullptr || i >= array->elements.size()) return "";
    const auto* entries = array->elements[i].As<DictionaryAttribute>();
    if (entries == nullptr || entries->entries.empty()) return "";
    return base::StrCat(" ", DictionaryText(entries->entries));
  }

  void Add(const Operation& operation, int depth) {
    const OperationNames names{Names(operation.operands), Types(operation.operands),
                               Types(operation.results)};
    std::optional<std::string> text =
        operation.regions.empty() ? OwnSyntax(operation, names) : std::nullopt;
    Indent(depth);
    out_ += NameResults(operation.results);
    if (text) {
      out_ += *text;
    } else if (operation.name == "stablehlo.while" && operation.regions.size() == 2) {
      AddWhile(operation, names, depth);
    } else {
      AddGeneric(operation, names, depth);
    }
    base::StrAppend(&out_, locations_.Use(operation.location), "\n");
  }

  // `"stablehlo.sort"(%0) ({…}) {dimension = 0 : i64} : (T) -> T`
  void AddGeneric(const Operation& operation, const OperationNames& names, int depth) {
    base::StrAppend(&out_, "\"", operation.name, "\"(", base::Join(names.operands, ", "), ")");
    for (size_t i = 0; i < operation.regions.size(); ++i) {
      out_ += i == 0 ? " ({\n" : ", {\n";
      AddBlock(operation.regions[i], depth);
      Indent(depth);
      out_ += i + 1 == operation.regions.size() ? "})" : "}";
    }
    if (!operation.attributes.empty()) {
      base::StrAppend(&out_, " ", DictionaryText(operation.attributes));
    }
    base::StrAppend(&out_, " : ", FunctionText(names));
  }

  void AddBlock(const Region& region, int depth) {
    if (!region.arguments.empty()) {
      Indent(depth);
      out_ += "^bb0(";
      for (size_t i = 0; i < region.arguments.size(); ++i) {
        const ValueId argument = region.arguments[i];
        NameArgument(argument);
        base::StrAppend(&out_, i > 0 ? ", " : "", NameOf(argument), ": ",
                        module_.type(argument).ToString());
      }
      out_ += "):\n";
    }
    for (const Operation& inner : region.operations) Add(inner, depth + 1);
  }

  // `while(%arg2 = %0, …) : T, … cond {…} do {…}`. Both regions name their arguments alike.
  void AddWhile(const Operation& loop, const OperationNames& names, int depth) {
    out_ += "stablehlo.while(";
    for (size_t i = 0; i < names.operands.size(); ++i) {
      const std::string name = base::StrCat("%arg", arguments_++);
      for (const Region& region : loop.regions) names_[region.arguments[i]] = name;
      base::StrAppend(&out_, i > 0 ? ", " : "", name, " = ", names.operands[i]);
    }
    out_ += ")";
    if (!names.operands.empty()) base::StrAppend(&out_, " : ", TypesText(names.operand_types));
    if (!loop.attributes.empty()) {
      base::StrAppend(&out_, " attributes ", DictionaryText(loop.attributes));
    }
    const char* keywords[] = {" cond {\n", " do {\n"};
    for (size_t i = 0; i < 2; ++i) {
      out_ += keywords[i];
      for (const Operation& inner : loop.regions[i].operations) Add(inner, depth + 1);
      Indent(depth);
      out_ += "}";
    }
  }

  const Module& module_;
  std::string out_;
  absl::flat_hash_map<ValueId, std::string> names_;
  size_t values_ = 0, arguments_ = 0;
  LocationTable locations_;
};

}  // namespace

std::string PrintModule(const Module& module) { return Printer(module).Print(); }

}  // namespace eqsat::importers::mlir
