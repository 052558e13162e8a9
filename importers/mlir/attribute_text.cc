#include "importers/mlir/attribute_text.h"

#include <algorithm>

#include "absl/strings/str_format.h"

#include "importers/mlir/dense_parser.h"
#include "ir/base/strings.h"
#include "ir/shape/literal.h"

namespace eqsat::importers::mlir {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string NumberText(double value) { return absl::StrFormat("%e", value); }

std::string EntriesText(const std::vector<NamedAttribute>& entries) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : entries) {
    const bool unit = value.As<UnitAttribute>() != nullptr;
    if (name.empty() || unit) {
      const std::string* word = value.As<std::string>();
      parts.push_back(unit ? name : word != nullptr ? *word : ToText(value));
    } else {
      parts.push_back(base::StrCat(name, " = ", ToText(value)));
    }
  }
  return base::Join(parts, ", ");
}

std::string DenseText(const DenseAttribute& dense) {
  absl::StatusOr<ir::ElementType> element = StoredElement(dense.type.element_type());
  if (!element.ok()) return "dense<...>";
  const auto count = static_cast<int64_t>(dense.bytes->size()) / ir::ByteWidth(*element);
  ir::Literal values = ir::Literal::FromBytes(ir::Shape(*element, {count}), *dense.bytes);
  std::vector<std::string> parts;
  for (int64_t i = 0; i < std::min<int64_t>(count, 100); ++i) {
    parts.push_back(ir::IsFloat(*element)     ? NumberText(values.AsDouble(i))
                    : ir::IsComplex(*element) ? "(...)"
                                              : base::StrCat(values.AsInt64(i)));
  }
  std::string list = base::Join(parts, ", ");
  if (dense.array) {
    return base::StrCat("array<", dense.type.element_type().ToString(), ": ", list, ">");
  }
  if (!dense.splat) list = base::StrCat("[", list, "]");
  return base::StrCat("dense<", list, "> : ", dense.type.ToString());
}

struct Writer {
  std::string operator()(const UnitAttribute&) const { return "unit"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const IntegerAttribute& a) const {
    return base::StrCat(a.value, " : ", a.type.ToString());
  }
  std::string operator()(const FloatAttribute& a) const {
    return base::StrCat(NumberText(a.value), " : ", a.type.ToString());
  }
  std::string operator()(const std::string& text) const { return Quoted(text); }
  std::string operator()(const SymbolAttribute& a) const {
    return base::StrCat("@", base::Join(a.path, "::@"));
  }
  std::string operator()(const Type& type) const { return type.ToString(); }
  std::string operator()(const ArrayAttribute& a) const {
    std::vector<std::string> parts;
    for (const Attribute& element : a.elements) parts.push_back(ToText(element));
    return base::StrCat("[", base::Join(parts, ", "), "]");
  }
  std::string operator()(const DictionaryAttribute& a) const {
    return base::StrCat("{", EntriesText(a.entries), "}");
  }
  std::string operator()(const DenseAttribute& a) const { return DenseText(a); }
  std::string operator()(const ResourceAttribute& a) const {
    return base::StrCat("dense_resource<", a.key, "> : ", a.type.ToString());
  }
  std::string operator()(const DialectAttribute& a) const {
    if (a.parameters.empty()) return base::StrCat("#", a.name);
    return base::StrCat("#", a.name, "<", EntriesText(a.parameters), ">");
  }
};

}  // namespace

std::string ToText(const Attribute& attribute) { return std::visit(Writer(), attribute.value()); }

}  // namespace eqsat::importers::mlir
