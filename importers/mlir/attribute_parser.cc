// Attributes and aliases.
#include "importers/mlir/attribute_parser.h"

#include <charconv>
#include <cstring>

#include "importers/mlir/dense_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::mlir {

AttributeParser::AttributeParser(Cursor& cursor) : cursor_(cursor) {
  // Aliases begin a line: `#name = `.
  std::string_view text = cursor.text();
  size_t line = cursor.position();
  while (line < text.size()) {
    char sigil = text[line];
    if (sigil == '#' || sigil == '!') {
      size_t end = text.find_first_of(" =\n\r<(", line);
      size_t equals = end == text.npos ? text.npos : text.find_first_not_of(' ', end);
      if (equals != text.npos && text[equals] == '=') {
        aliases_.emplace(text.substr(line, end - line), equals + 1);
      }
    }
    line = text.find('\n', line);
    if (line == text.npos) break;
    ++line;
  }
}

absl::StatusOr<Attribute> AttributeParser::ReadAttribute() {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  const char next = cursor_.Peek();
  if (next == '"') {
    EQSAT_ASSIGN_OR_RETURN(std::string text, cursor_.ReadString());
    if (cursor_.At(":") && !cursor_.At("::")) {
      cursor_.Accept(":");
      EQSAT_RETURN_IF_ERROR(ReadType().status());
    }
    return Attribute(std::move(text));
  }
  if (next == '@') return ReadSymbol();
  if (next == '[') return ReadArray();
  if (next == '#') return ReadHash();
  if (next == '{') {
    EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> entries, ReadDictionary());
    return Attribute(DictionaryAttribute{std::move(entries)});
  }
  if (next == '-' || cursor_.AtDigit()) return ReadNumber(Suffix::kType);
  if (cursor_.AcceptWord("true")) return Attribute(true);
  if (cursor_.AcceptWord("false")) return Attribute(false);
  if (cursor_.AcceptWord("unit")) return Attribute();
  if (cursor_.AtWord("dense")) return ReadDense();
  if (cursor_.AtWord("dense_resource")) return ReadResource();
  if (cursor_.AtWord("array")) return ReadDenseArray();
  for (std::string_view word : {"affine_map", "affine_set", "loc", "sparse", "strided", "opaque"}) {
    if (!cursor_.AcceptWord(word)) continue;
    EQSAT_ASSIGN_OR_RETURN(std::string_view body, cursor_.ReadBracketed());
    return Attribute(DialectAttribute{std::string(word), {{"", Attribute(std::string(body))}}});
  }
  EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
  return Attribute(std::move(type));
}

absl::StatusOr<Attribute> AttributeParser::ReadSymbol() {
  SymbolAttribute symbol;
  do {
    EQSAT_ASSIGN_OR_RETURN(std::string name, cursor_.ReadSymbolName());
    symbol.path.push_back(std::move(name));
  } while (cursor_.Accept("::"));
  return Attribute(std::move(symbol));
}

absl::StatusOr<Attribute> AttributeParser::ReadArray() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
  ArrayAttribute array;
  if (cursor_.Accept("]")) return Attribute(std::move(array));
  do {
    // Elements of an array may be keywords or `?` where a dialect attribute holds it.
    const bool typed = cursor_.AtDigit() || cursor_.At("-") || cursor_.At("\"");
    EQSAT_ASSIGN_OR_RETURN(Attribute element, typed ? ReadAttribute() : ReadParameter());
    array.elements.push_back(std::move(element));
  } while (cursor_.Accept(","));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("]"));
  return Attribute(std::move(array));
}

absl::StatusOr<Attribute> AttributeParser::ReadNumber(Suffix suffix) {
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, cursor_.ReadNumberText());
  bool hex = text.find("0x") != text.npos;
  bool is_float = !hex && text.find_first_of(".eE") != text.npos;
  Type type = Type::Element(is_float ? ir::ElementType::kF64 : ir::ElementType::kS64);
  if (suffix == Suffix::kType && cursor_.At(":") && !cursor_.At("::")) {
    cursor_.Accept(":");
    EQSAT_ASSIGN_OR_RETURN(type, ReadType());
  }
  size_t end = cursor_.position();
  bool float_type = type.kind() == TypeKind::kElement && ir::IsFloat(type.element());
  if (float_type && hex) {
    cursor_.set_position(begin);
    EQSAT_ASSIGN_OR_RETURN(int64_t bits, cursor_.ReadInteger());
    cursor_.set_position(end);
    return Attribute(
        FloatAttribute{ir::DecodeFloat(ir::FormatOf(type.element()), bits), std::move(type)});
  }
  if (is_float || float_type) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return Attribute(FloatAttribute{value, std::move(type)});
  }
  cursor_.set_position(begin);
  EQSAT_ASSIGN_OR_RETURN(int64_t value, cursor_.ReadInteger());
  cursor_.set_position(end);
  return Attribute(IntegerAttribute{value, std::move(type)});
}

absl::StatusOr<std::vector<NamedAttribute>> AttributeParser::ReadDictionary() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("{"));
  std::vector<NamedAttribute> entries;
  if (cursor_.Accept("}")) return entries;
  do {
    size_t begin = cursor_.position();
    std::string name;
    if (cursor_.Peek() == '"') {
      EQSAT_ASSIGN_OR_RETURN(name, cursor_.ReadString());
    } else {
      EQSAT_ASSIGN_OR_RETURN(std::string_view word, cursor_.ReadName("an attribute's name"));
      name = word;
    }
    if (Find(entries, name) != nullptr) {
      return cursor_.ErrorAt(begin, base::StrCat("the attribute ", name, " is given twice"));
    }
    Attribute value;
    if (cursor_.Accept("=")) {
      EQSAT_ASSIGN_OR_RETURN(value, ReadAttribute());
    }
    entries.emplace_back(std::move(name), std::move(value));
  } while (cursor_.Accept(","));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("}"));
  return entries;
}

absl::StatusOr<Attribute> AttributeParser::ReadHash() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("#"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadSuffix("an attribute's name"));
  std::string alias = base::StrCat("#", name);
  if (aliases_.contains(alias)) return ReadAlias(alias);
  if (name.find('.') != name.npos) return ReadDialectBody(std::string(name));
  // `#stablehlo<precision DEFAULT>`
  if (cursor_.PeekRaw() != '<') {
    return cursor_.Error(base::StrCat("there is no attribute alias #", name));
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view mnemonic, cursor_.ReadName("an attribute's name"));
  DialectAttribute out{base::StrCat(name, ".", mnemonic), {}};
  if (cursor_.Peek() == '<') {
    EQSAT_ASSIGN_OR_RETURN(Attribute body, ReadDialectBody(out.name));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
    return body;
  }
  size_t begin = cursor_.position();
  while (!cursor_.AtEnd() && !cursor_.At(">")) cursor_.set_position(cursor_.position() + 1);
  std::string_view keyword = cursor_.Slice(begin, cursor_.position());
  while (keyword.ends_with(' ')) keyword.remove_suffix(1);
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  out.parameters.emplace_back("", Attribute(std::string(keyword)));
  return Attribute(std::move(out));
}

absl::StatusOr<Attribute> AttributeParser::ReadDialectBody(std::string name) {
  if (cursor_.PeekRaw() != '<') return Attribute(DialectAttribute{std::move(name), {}});
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view body, cursor_.ReadBracketed());
  size_t end = cursor_.position();
  if (name.ends_with(".conv")) {
    cursor_.set_position(begin + 1);
    if (cursor_.Peek() == '[') {
      EQSAT_ASSIGN_OR_RETURN(Attribute labels, ReadConvolutionLabels());
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
      return labels;
    }
    if (cursor_.AcceptWord("raw")) {
      EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> fields, ReadRestOfParameters());
      return Attribute(DialectAttribute{std::move(name), std::move(fields)});
    }
  }
  // `bounds<8, ?>` has nameless parameters.
  if (name.ends_with(".bounds")) {
    cursor_.set_position(begin + 1);
    ArrayAttribute bounds;
    while (!cursor_.At(">")) {
      EQSAT_ASSIGN_OR_RETURN(Attribute bound, ReadParameter());
      bounds.elements.push_back(std::move(bound));
      if (!cursor_.Accept(",")) break;
    }
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
    return Attribute(DialectAttribute{std::move(name), {{"bounds", Attribute(std::move(bounds))}}});
  }
  cursor_.set_position(begin);
  absl::StatusOr<std::vector<NamedAttribute>> parameters = ReadParameters();
  if (parameters.ok() && cursor_.position() == end) {
    return Attribute(DialectAttribute{std::move(name), *std::move(parameters)});
  }
  // Not `name = value` throughout: kept as text.
  cursor_.set_position(end);
  return Attribute(DialectAttribute{std::move(name), {{"", Attribute(std::string(body))}}});
}

absl::StatusOr<Attribute> AttributeParser::ReadAlias(std::string_view name) {
  if (auto known = attributes_.find(name); known != attributes_.end()) return known->second;
  size_t back = cursor_.position();
  cursor_.set_position(aliases_.find(name)->second);
  EQSAT_ASSIGN_OR_RETURN(Attribute attribute, ReadAttribute());
  cursor_.set_position(back);
  attributes_.emplace(name, attribute);
  return attribute;
}

absl::StatusOr<Attribute> AttributeParser::ReadParameter() {
  if (cursor_.AtDigit() || cursor_.At("-")) return ReadNumber(Suffix::kNone);
  if (cursor_.At("\"")) {
    EQSAT_ASSIGN_OR_RETURN(std::string text, cursor_.ReadString());
    return Attribute(std::move(text));
  }
  if (cursor_.Accept("?")) return Attribute(IntegerAttribute{Type::kDynamic, Type::Index()});
  if (cursor_.Peek() == '<') {
    EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> parameters, ReadParameters());
    return Attribute(DialectAttribute{"", std::move(parameters)});
  }
  // A part of a mesh's axis: `(1)2`.
  if (cursor_.Accept("(")) {
    EQSAT_ASSIGN_OR_RETURN(Attribute before, ReadNumber(Suffix::kNone));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
    EQSAT_ASSIGN_OR_RETURN(Attribute size, ReadNumber(Suffix::kNone));
    return Attribute(DialectAttribute{
        "stablehlo.sub_axis_info", {{"pre_size", std::move(before)}, {"size", std::move(size)}}});
  }
  if (cursor_.AtName()) {
    size_t begin = cursor_.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view word, cursor_.ReadName("a value"));
    bool keyword = true;
    for (char c : word) keyword = keyword && c != '.' && !(c >= 'a' && c <= 'z');
    if (keyword) return Attribute(std::string(word));
    char after = cursor_.PeekRaw();
    cursor_.set_position(begin);
    if (word != "true" && word != "false" && word != "unit" && after != '<' && after != '(' &&
        !ElementTypeFromMlirName(word) && word != "tf32" && word != "index") {
      EQSAT_RETURN_IF_ERROR(cursor_.ReadName("a value").status());
      return Attribute(std::string(word));
    }
  }
  return ReadAttribute();
}

absl::StatusOr<std::vector<NamedAttribute>> AttributeParser::ReadParameters() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  return ReadRestOfParameters();
}

absl::StatusOr<std::vector<NamedAttribute>> AttributeParser::ReadRestOfParameters() {
  std::vector<NamedAttribute> out;
  if (cursor_.Accept(">")) return out;
  do {
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("a parameter's name"));
    Attribute value{std::string(name)};
    bool named = cursor_.Accept("=");
    if (named) {
      EQSAT_ASSIGN_OR_RETURN(value, ReadParameter());
    }
    out.emplace_back(named ? std::string(name) : "", std::move(value));
    // A comma may also end the list.
  } while (cursor_.Accept(",") && !cursor_.At(">"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  return out;
}

// `[b, 0, 1, f]`: `batch` and each of `features` name single places, numbers the spatial ones.
absl::Status AttributeParser::ReadConvolutionSide(std::string_view prefix, std::string_view batch,
                                                  std::string_view features,
                                                  std::vector<NamedAttribute>* out) {
  const std::string_view letters[2] = {batch.substr(0, 1), features.substr(0, 1)};
  const std::string_view names[2] = {batch.substr(2), features.substr(2)};
  const Type i64 = Type::Element(ir::ElementType::kS64);
  std::vector<std::pair<int64_t, int64_t>> spatial;
  bool seen[2] = {false, false};
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
  for (int64_t place = 0; !cursor_.At("]"); ++place) {
    if (place > 0) EQSAT_RETURN_IF_ERROR(cursor_.Expect(","));
    if (cursor_.AtDigit()) {
      EQSAT_ASSIGN_OR_RETURN(int64_t number, cursor_.ReadInteger());
      spatial.emplace_back(number, place);
    } else if (!cursor_.Accept("?")) {
      int which = cursor_.Accept(letters[0]) ? 0 : cursor_.Accept(letters[1]) ? 1 : 2;
      if (which == 2) return cursor_.Expected("a dimension's label");
      if (seen[which]) return cursor_.Error("a dimension is labelled twice");
      seen[which] = true;
      out->emplace_back(base::StrCat(prefix, names[which]), IntegerAttribute{place, i64});
    }
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("]"));
  if (!seen[0] || !seen[1]) return cursor_.Error("a dimension's label is missing");
  ArrayAttribute places;
  places.elements.resize(spatial.size());
  std::vector<bool> filled(spatial.size());
  for (auto [number, place] : spatial) {
    if (number >= static_cast<int64_t>(spatial.size()) || filled[number]) {
      return cursor_.Error("the spatial dimensions are not numbered 0, 1, …");
    }
    filled[number] = true;
    places.elements[number] = Attribute(IntegerAttribute{place, i64});
  }
  out->emplace_back(base::StrCat(prefix, "spatial_dimensions"), std::move(places));
  return absl::OkStatus();
}

absl::StatusOr<Attribute> AttributeParser::ReadConvolutionLabels() {
  DialectAttribute out{"stablehlo.conv", {}};
  EQSAT_RETURN_IF_ERROR(
      ReadConvolutionSide("input_", "b:batch_dimension", "f:feature_dimension", &out.parameters));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("x"));
  EQSAT_RETURN_IF_ERROR(ReadConvolutionSide("kernel_", "i:input_feature_dimension",
                                            "o:output_feature_dimension", &out.parameters));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("->"));
  EQSAT_RETURN_IF_ERROR(
      ReadConvolutionSide("output_", "b:batch_dimension", "f:feature_dimension", &out.parameters));
  return Attribute(std::move(out));
}

}  // namespace eqsat::importers::mlir
