#include "tests/importers/mlir_listing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

std::string Describe(const Attribute& attribute);

// What an attribute is that might as well not be there.
bool IsDefault(std::string_view name, std::string_view description) {
  if (name == "api_version") return description == "1";
  if (name == "version" || name == "atol" || name == "rtol") return description == "0";
  if (name == "precision_config") return description.find("HIGH") == description.npos;
  if (name == "padding" || name == "window_reversal") {
    return description.find_first_not_of("[]0,") == description.npos;
  }
  if (name.ends_with("_dilation") || name.ends_with("_dilations") || name == "window_strides") {
    return description.find_first_not_of("[]1,") == description.npos;
  }
  return description == "false" || description.find_first_not_of("[]{},") == description.npos;
}

std::string Describe(std::vector<NamedAttribute> entries) {
  std::ranges::stable_sort(entries, {}, &NamedAttribute::first);
  std::vector<std::string> out;
  for (const auto& [name, value] : entries) {
    std::string description = Describe(value);
    if (!IsDefault(name, description)) out.push_back(base::StrCat(name, "=", description));
  }
  return base::Join(out, " ");
}

std::string Describe(const DenseAttribute& dense) {
  std::string out = base::StrCat(dense.type.ToString(), ":", dense.splat ? "splat:" : "");
  // A tensor of one element is a splat in text only.
  int64_t count = 1;
  for (int64_t size : dense.type.dimensions()) count *= size;
  if (count <= 1) out = base::StrCat(dense.type.ToString(), ":");
  if (count == 0) return out;
  for (uint8_t byte : *dense.bytes) base::StrAppend(&out, static_cast<int>(byte), ".");
  return out;
}

std::string Describe(const Attribute& attribute) {
  if (auto flag = attribute.AsBool()) return *flag ? "true" : "false";
  if (attribute.As<DenseAttribute>() == nullptr) {
    if (auto keyword = attribute.AsKeyword()) return std::string(*keyword);
  }
  if (auto ints = attribute.AsInts()) return base::StrCat("[", base::Join(*ints, ","), "]");
  if (const auto* integer = attribute.As<IntegerAttribute>()) return base::StrCat(integer->value);
  if (const auto* number = attribute.As<FloatAttribute>()) return base::StrCat(number->value);
  if (const auto* type = attribute.As<Type>()) return type->ToString();
  if (const auto* dense = attribute.As<DenseAttribute>()) return Describe(*dense);
  if (const auto* dictionary = attribute.As<DictionaryAttribute>()) {
    return base::StrCat("{", Describe(dictionary->entries), "}");
  }
  if (const auto* array = attribute.As<ArrayAttribute>()) {
    std::vector<std::string> out;
    for (const Attribute& element : array->elements) out.push_back(Describe(element));
    return base::StrCat("[", base::Join(out, ","), "]");
  }
  if (const auto* dialect = attribute.As<DialectAttribute>()) {
    return base::StrCat("#<", Describe(dialect->parameters), ">");
  }
  return "?";
}

class Lister {
 public:
  explicit Lister(const Module& module) : module_(module) {}

  std::string List() {
    out_ = base::StrCat("module {", Describe(module_.attributes), "}\n");
    for (const Operation& operation : module_.operations) Add(operation, 1);
    return out_;
  }

 private:
  std::string Number(ValueId value) {
    return base::StrCat("%", numbers_.emplace(value, numbers_.size()).first->second, ":",
                        module_.type(value).ToString());
  }
  std::string Numbers(const std::vector<ValueId>& values) {
    std::vector<std::string> out;
    for (ValueId value : values) out.push_back(Number(value));
    return base::Join(out, " ");
  }
  // `constant` is one value whichever way it is written.
  std::string Constant(const Operation& operation) {
    const Attribute* value = operation.Find("value");
    const auto* dense = value != nullptr ? value->As<DenseAttribute>() : nullptr;
    return dense != nullptr ? Describe(*dense) : "?";
  }

  void Add(const Operation& operation, int depth) {
    const std::string indent(2 * depth, ' ');
    std::string attributes = operation.name == "stablehlo.constant"
                                 ? Constant(operation)
                                 : Describe(operation.attributes);
    const std::string operands = Numbers(operation.operands);
    base::StrAppend(&out_, indent, operation.name, " (", operands, ") {", attributes, "} -> (",
                    Numbers(operation.results), ")\n");
    for (const Region& region : operation.regions) {
      base::StrAppend(&out_, indent, "(", Numbers(region.arguments), ")\n");
      for (const Operation& inner : region.operations) Add(inner, depth + 1);
    }
  }

  const Module& module_;
  std::map<ValueId, size_t> numbers_;
  std::string out_;
};

}  // namespace

std::string Listing(const Module& module) { return Lister(module).List(); }

}  // namespace eqsat::importers::mlir
