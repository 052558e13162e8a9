#include "importers/mlir/attribute_text.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "importers/mlir/dense_parser.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::mlir {
namespace {

// Tensors of more elements are written as the bytes that hold them.
constexpr int64_t kMostListed = 100;

// Seven digits where they give the number back, as MLIR writes it, else the fewest that do; always
// with the point that MLIR wants.
template <typename T>
std::string Decimal(T value) {
  char buffer[40];
  char* end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific, 6).ptr;
  T back = 0;
  std::from_chars(buffer, end, back);
  if (back == value) return std::string(buffer, end);
  end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  std::string text(buffer, end);
  if (text.find('.') != std::string::npos) return text;
  const size_t exponent = std::min(text.find('e'), text.size());
  return text.insert(exponent, ".0");
}

std::string FloatText(ir::ElementType type, uint64_t bits) {
  const double value = ir::DecodeFloat(ir::FormatOf(type), bits);
  if (!std::isfinite(value)) {
    return absl::StrFormat("0x%0*X", ir::ByteWidth(type) * 2, bits);
  }
  return type == ir::ElementType::kF32 ? Decimal(static_cast<float>(value)) : Decimal(value);
}

std::string ElementText(ir::ElementType type, const uint8_t* bytes) {
  if (ir::IsComplex(type)) {
    const ir::ElementType part = ir::ComplexPart(type);
    return base::StrCat("(", ElementText(part, bytes), ", ",
                        ElementText(part, bytes + ir::ByteWidth(part)), ")");
  }
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, ir::ByteWidth(type));
  if (type == ir::ElementType::kPred) return bits != 0 ? "true" : "false";
  if (ir::IsFloat(type)) return FloatText(type, bits);
  if (!ir::IsSigned(type)) return base::StrCat(bits);
  const int unused = 64 - 8 * ir::ByteWidth(type);
  return base::StrCat(static_cast<int64_t>(bits << unused) >> unused);
}

// `[[1, 2], [3, 4]]`; `next` moves past what is written.
void AppendNested(const DenseAttribute& dense, ir::ElementType type, size_t depth,
                  const uint8_t** next, std::string* out) {
  const ir::DimensionVector& sizes = dense.type.dimensions();
  if (depth == sizes.size()) {
    *out += ElementText(type, *next);
    *next += ir::ByteWidth(type);
    return;
  }
  *out += "[";
  for (int64_t i = 0; i < sizes[depth]; ++i) {
    if (i > 0) *out += ", ";
    AppendNested(dense, type, depth + 1, next, out);
  }
  *out += "]";
}

std::string HexText(const std::vector<uint8_t>& bytes) {
  absl::string_view raw(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return base::StrCat("\"0x", absl::AsciiStrToUpper(absl::BytesToHexString(raw)), "\"");
}

// What stands between the brackets.
std::string DenseBody(const DenseAttribute& dense, ir::ElementType type) {
  const uint8_t* next = dense.bytes->data();
  if (dense.splat) return ElementText(type, next);
  const auto count = static_cast<int64_t>(dense.bytes->size()) / ir::ByteWidth(type);
  if (count == 0) return "";
  // MLIR packs truth values in ways that changed, so these are listed.
  if (count > kMostListed && type != ir::ElementType::kPred) return HexText(*dense.bytes);
  std::string out;
  AppendNested(dense, type, 0, &next, &out);
  return out;
}

std::string DenseText(const DenseAttribute& dense) {
  absl::StatusOr<ir::ElementType> type = StoredElement(dense.type.element_type());
  if (!type.ok()) return "dense<...>";
  if (!dense.array) {
    return base::StrCat("dense<", DenseBody(dense, *type), "> : ", dense.type.ToString());
  }
  const std::string element = dense.type.element_type().ToString();
  std::string list;
  const auto width = static_cast<size_t>(ir::ByteWidth(*type));
  for (size_t at = 0; at < dense.bytes->size(); at += width) {
    base::StrAppend(&list, at == 0 ? ": " : ", ", ElementText(*type, dense.bytes->data() + at));
  }
  return base::StrCat("array<", element, list, ">");
}

// A number alone has the bits of its type.
std::string NumberText(const FloatAttribute& number) {
  const bool known = number.type.kind() == TypeKind::kElement && ir::IsFloat(number.type.element());
  const ir::ElementType type = known ? number.type.element() : ir::ElementType::kF64;
  return FloatText(type, ir::EncodeFloat(ir::FormatOf(type), number.value));
}

std::string KeyText(std::string_view name) {
  bool bare = !name.empty() && (absl::ascii_isalpha(name[0]) || name[0] == '_');
  for (char c : name) bare = bare && (absl::ascii_isalnum(c) || c == '_' || c == '$' || c == '.');
  return bare ? std::string(name) : QuotedText(name);
}

// `<name = value, KEYWORD>`, nothing if there are none.
std::string ParametersText(const std::vector<NamedAttribute>& parameters) {
  if (parameters.empty()) return "";
  std::vector<std::string> parts;
  for (const auto& [name, value] : parameters) {
    const std::string* keyword = value.As<std::string>();
    if (name.empty()) {
      parts.push_back(keyword != nullptr ? *keyword : ParameterText(value));
    } else {
      parts.push_back(base::StrCat(name, " = ", ParameterText(value)));
    }
  }
  return base::StrCat("<", base::Join(parts, ", "), ">");
}

// `#stablehlo<precision HIGH>`, unlike attributes with brackets of their own.
bool IsEnumerator(const DialectAttribute& a) {
  return a.name.find('.') != std::string::npos && !a.name.ends_with("result_accuracy_mode") &&
         a.parameters.size() == 1 && a.parameters[0].first.empty() &&
         a.parameters[0].second.As<std::string>() != nullptr && a.name.starts_with("stablehlo.");
}

struct Writer {
  std::string operator()(const UnitAttribute&) const { return "unit"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const IntegerAttribute& a) const {
    return base::StrCat(a.value, " : ", a.type.ToString());
  }
  std::string operator()(const FloatAttribute& a) const {
    return base::StrCat(NumberText(a), " : ", a.type.ToString());
  }
  std::string operator()(const std::string& text) const { return QuotedText(text); }
  std::string operator()(const SymbolAttribute& a) const {
    std::vector<std::string> names;
    for (const std::string& name : a.path) names.push_back("@" + SymbolText(name));
    return base::Join(names, "::");
  }
  std::string operator()(const Type& type) const { return type.ToString(); }
  std::string operator()(const ArrayAttribute& a) const {
    std::vector<std::string> parts;
    for (const Attribute& element : a.elements) parts.push_back(ToText(element));
    return base::StrCat("[", base::Join(parts, ", "), "]");
  }
  std::string operator()(const DictionaryAttribute& a) const { return DictionaryText(a.entries); }
  std::string operator()(const DenseAttribute& a) const { return DenseText(a); }
  std::string operator()(const ResourceAttribute& a) const {
    return base::StrCat("dense_resource<", a.key, "> : ", a.type.ToString());
  }
  std::string operator()(const DialectAttribute& a) const {
    if (IsEnumerator(a)) {
      const size_t dot = a.name.find('.');
      return base::StrCat("#", a.name.substr(0, dot), "<", a.name.substr(dot + 1), " ",
                          *a.parameters[0].second.As<std::string>(), ">");
    }
    std::string parameters = ParametersText(a.parameters);
    // The labels of a convolution as fields are announced.
    if (a.name == "stablehlo.conv") parameters.insert(1, "raw ");
    return base::StrCat("#", a.name, parameters);
  }
};

}  // namespace

std::string SymbolText(std::string_view name) {
  bool bare = !name.empty() && (absl::ascii_isalpha(name[0]) || name[0] == '_');
  for (char c : name) bare = bare && (absl::ascii_isalnum(c) || c == '_' || c == '$' || c == '.');
  return bare ? std::string(name) : QuotedText(name);
}

std::string QuotedText(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || !absl::ascii_isprint(c)) {
      absl::StrAppendFormat(&out, "\\%02X", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string DictionaryText(const std::vector<NamedAttribute>& entries) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : entries) {
    const bool unit = value.As<UnitAttribute>() != nullptr;
    parts.push_back(unit ? KeyText(name) : base::StrCat(KeyText(name), " = ", ToText(value)));
  }
  return base::StrCat("{", base::Join(parts, ", "), "}");
}

std::string ParameterText(const Attribute& attribute) {
  if (const auto* integer = attribute.As<IntegerAttribute>()) return base::StrCat(integer->value);
  if (const auto* number = attribute.As<FloatAttribute>()) return NumberText(*number);
  const auto* dense = attribute.As<DenseAttribute>();
  if (attribute.As<ArrayAttribute>() == nullptr && (dense == nullptr || !dense->array)) {
    return ToText(attribute);
  }
  std::vector<std::string> parts;
  if (const auto* array = attribute.As<ArrayAttribute>()) {
    for (const Attribute& element : array->elements) parts.push_back(ParameterText(element));
  } else {
    for (int64_t value : attribute.AsInts().value_or(std::vector<int64_t>())) {
      parts.push_back(base::StrCat(value));
    }
  }
  return base::StrCat("[", base::Join(parts, ", "), "]");
}

std::string ToText(const Attribute& attribute) { return std::visit(Writer(), attribute.value()); }

}  // namespace eqsat::importers::mlir
