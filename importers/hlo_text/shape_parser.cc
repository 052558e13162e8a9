#include "importers/hlo_text/shape_parser.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/permutation.h"

namespace eqsat::importers {
namespace {

using ir::ElementType;
using ir::Layout;
using ir::Shape;

// `name(value)`, where the reader stands at `(`.
absl::StatusOr<int64_t> ParenthesisedInteger(TokenReader& reader, std::string_view what) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", base::StrCat("before the ", what)));
  EQSAT_ASSIGN_OR_RETURN(int64_t value, reader.ReadInteger(what));
  EQSAT_RETURN_IF_ERROR(reader.Expect(")", base::StrCat("after the ", what)));
  return value;
}

absl::StatusOr<int> ParenthesisedType(TokenReader& reader, std::string_view what) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", base::StrCat("before the ", what)));
  size_t position = reader.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName(what));
  auto type = ir::ElementTypeFromName(name);
  if (!type) return reader.ErrorAt(position, base::StrCat("no element type is named ", name));
  EQSAT_RETURN_IF_ERROR(reader.Expect(")", base::StrCat("after the ", what)));
  return ir::ProtoNumber(*type);
}

// The text inside `( … )`, parentheses left out.
absl::StatusOr<std::string> ParenthesisedText(TokenReader& reader, std::string_view what) {
  if (!reader.At("(")) return reader.Expected(base::StrCat("`(` before the ", what));
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ReadBracketed(what));
  return std::string(text.substr(1, text.size() - 2));
}

absl::Status ParseTiles(TokenReader& reader, Layout* layout) {
  if (!reader.At("(")) return reader.Expected("`(` before a tile's sizes");
  while (reader.Accept("(")) {
    std::vector<int64_t>& tile = layout->tiles.emplace_back();
    do {
      if (reader.Accept("*")) {
        tile.push_back(Layout::kCombineDimension);
      } else {
        EQSAT_ASSIGN_OR_RETURN(int64_t size, reader.ReadInteger("a tile size"));
        tile.push_back(size);
      }
    } while (reader.Accept(","));
    EQSAT_RETURN_IF_ERROR(reader.Expect(")", "after a tile's sizes"));
  }
  return absl::OkStatus();
}

absl::Status ParseSplit(TokenReader& reader, Layout* layout) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before a split"));
  Layout::Split& split = layout->splits.emplace_back();
  EQSAT_ASSIGN_OR_RETURN(split.dimension, reader.ReadInteger("a split dimension"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(":", "after a split dimension"));
  do {
    EQSAT_ASSIGN_OR_RETURN(int64_t index, reader.ReadInteger("a split index"));
    split.indices.push_back(index);
  } while (reader.Accept(","));
  return reader.Expect(")", "after a split");
}

// One of the modifiers after the `:` of a layout.
absl::Status ParseModifier(TokenReader& reader, Layout* layout) {
  if (reader.AcceptWord("T")) return ParseTiles(reader, layout);
  if (reader.AcceptWord("SC")) return ParseSplit(reader, layout);
  if (reader.AcceptWord("D")) {
    EQSAT_ASSIGN_OR_RETURN(layout->dim_level_types, ParenthesisedText(reader, "dimension levels"));
  } else if (reader.AtWord("P")) {
    size_t position = reader.position();
    reader.Advance();
    EQSAT_ASSIGN_OR_RETURN(layout->physical_shape, ParenthesisedText(reader, "physical shape"));
    if (layout->dim_level_types.empty())
      return reader.ErrorAt(position, "a physical shape needs a sparse layout, with D(...)");
  } else if (reader.AcceptWord("L")) {
    EQSAT_ASSIGN_OR_RETURN(layout->tail_padding_alignment,
                           ParenthesisedInteger(reader, "tail padding"));
  } else if (reader.AcceptWord("E")) {
    EQSAT_ASSIGN_OR_RETURN(layout->element_size_in_bits,
                           ParenthesisedInteger(reader, "element size"));
  } else if (reader.AcceptWord("S")) {
    EQSAT_ASSIGN_OR_RETURN(layout->memory_space, ParenthesisedInteger(reader, "memory space"));
  } else if (reader.AcceptWord("M")) {
    EQSAT_ASSIGN_OR_RETURN(layout->dynamic_metadata_prefix_bytes,
                           ParenthesisedInteger(reader, "metadata prefix"));
  } else if (reader.Accept("#")) {
    EQSAT_ASSIGN_OR_RETURN(layout->index_primitive_type, ParenthesisedType(reader, "index type"));
  } else if (reader.Accept("*")) {
    EQSAT_ASSIGN_OR_RETURN(layout->pointer_primitive_type,
                           ParenthesisedType(reader, "pointer type"));
  } else {
    return reader.Expected("one of the layout modifiers D T L # * E S SC P M");
  }
  return absl::OkStatus();
}

bool AtLayout(const TokenReader& reader) {
  if (!reader.At("{")) return false;
  char next = reader.PeekByte();
  return (next >= '0' && next <= '9') || next == ':' || next == '}';
}

// One dimension: `8`, `<=8`, `?` or `<=?`.
absl::Status ParseDimension(TokenReader& reader, std::vector<int64_t>* sizes,
                            absl::InlinedVector<bool, 8>* dynamic) {
  bool bounded = reader.Accept("<=");
  if (reader.Accept("?")) {
    sizes->push_back(Shape::kUnbounded);
    dynamic->push_back(true);
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(int64_t size, reader.ReadInteger("a dimension"));
  sizes->push_back(size);
  dynamic->push_back(bounded);
  return absl::OkStatus();
}

absl::StatusOr<Shape> ParseArray(TokenReader& reader, ElementType type, size_t position) {
  std::vector<int64_t> sizes;
  absl::InlinedVector<bool, 8> dynamic;
  while (!reader.At("]")) {
    if (!sizes.empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between dimensions"));
    EQSAT_RETURN_IF_ERROR(ParseDimension(reader, &sizes, &dynamic));
  }
  reader.Advance();
  if (type == ElementType::kToken || type == ElementType::kOpaque) {
    if (!sizes.empty())
      return reader.ErrorAt(position, base::StrCat(Name(type), " takes no dimensions"));
    return type == ElementType::kToken ? Shape::Token() : Shape::Opaque();
  }
  auto shape = Shape::Make(type, sizes, dynamic);
  if (!shape.ok()) return reader.ErrorAt(position, std::string(shape.status().message()));
  if (!AtLayout(reader)) return shape;
  reader.Advance();
  EQSAT_ASSIGN_OR_RETURN(Layout layout, ParseLayout(reader, shape->rank()));
  return shape->WithLayout(std::move(layout));
}

absl::StatusOr<Shape> ParseTuple(TokenReader& reader, ShapesByText* known) {
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  std::vector<Shape> elements;
  while (!reader.At(")")) {
    if (!elements.empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between tuple elements"));
    EQSAT_ASSIGN_OR_RETURN(Shape element, ParseShape(reader, known));
    elements.push_back(std::move(element));
  }
  reader.Advance();
  return Shape::Tuple(std::move(elements));
}

// The text of the array that begins at the current token, if it is written without space and its
// end is plain to see; else empty.
std::string_view PlainArrayText(const TokenReader& reader) {
  std::string_view text = reader.Rest();
  size_t end = text.find_first_not_of("0123456789,", reader.token().text.size() + 1);
  if (!reader.AtWord() || end == std::string_view::npos || text[end] != ']') return {};
  ++end;
  if (end < text.size() && text[end] == '{') {
    end = text.find_first_not_of("0123456789,", end + 1);
    if (end == std::string_view::npos || text[end] != '}') return {};
    ++end;
  }
  // What follows must not be a layout that stands apart.
  size_t next = text.find_first_not_of(' ', end);
  if (next == std::string_view::npos || !absl::ascii_isprint(text[next]) || text[next] == '{' ||
      text[next] == '/')
    return {};
  return text.substr(0, end);
}

absl::StatusOr<Shape> ParseUnknownShape(TokenReader& reader, ShapesByText* known) {
  if (reader.Accept("(")) return ParseTuple(reader, known);
  if (!reader.AtWord()) return reader.Expected("a shape");
  size_t position = reader.position();
  auto type = ir::ElementTypeFromName(reader.token().text);
  if (!type || type == ElementType::kTuple) return reader.Expected("an element type");
  reader.Advance();
  if (type != ElementType::kBuffer) {
    EQSAT_RETURN_IF_ERROR(reader.Expect("[", "after the element type"));
    return ParseArray(reader, *type, position);
  }
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before a buffer's content"));
  EQSAT_ASSIGN_OR_RETURN(Shape content, ParseShape(reader, known));
  EQSAT_RETURN_IF_ERROR(reader.Expect(")", "after a buffer's content"));
  if (!content.IsArray()) return reader.ErrorAt(position, "a buffer holds an array");
  return Shape::Buffer(std::move(content));
}

}  // namespace

bool AtShape(const TokenReader& reader) {
  if (reader.At("(")) return true;
  if (!reader.AtWord() || reader.token().has_percent) return false;
  char next = reader.PeekByte();
  if (next != '[' && next != '(') return false;
  auto type = ir::ElementTypeFromName(reader.token().text);
  if (!type || type == ElementType::kTuple) return false;
  return (next == '(') == (type == ElementType::kBuffer);
}

absl::StatusOr<Shape> ParseShape(TokenReader& reader, ShapesByText* known) {
  std::string_view text = known ? PlainArrayText(reader) : std::string_view();
  if (text.empty()) return ParseUnknownShape(reader, known);
  if (auto found = known->find(text); found != known->end()) {
    reader.Skip(text.size());
    return found->second;
  }
  EQSAT_ASSIGN_OR_RETURN(Shape shape, ParseUnknownShape(reader, known));
  known->emplace(text, shape);
  return shape;
}

absl::Status ParseIntegers(TokenReader& reader, std::string_view open, std::string_view close,
                           std::vector<int64_t>* out) {
  EQSAT_RETURN_IF_ERROR(reader.Expect(open, "before a list of integers"));
  bool first = true;
  while (!reader.At(close)) {
    if (!first) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between integers"));
    first = false;
    EQSAT_ASSIGN_OR_RETURN(int64_t value, reader.ReadInteger("an integer"));
    out->push_back(value);
  }
  reader.Advance();
  return absl::OkStatus();
}

absl::StatusOr<Layout> ParseLayout(TokenReader& reader, int64_t rank) {
  Layout layout;
  size_t position = reader.position();
  while (reader.AtNumber()) {
    EQSAT_ASSIGN_OR_RETURN(int64_t dimension, reader.ReadInteger("a layout dimension"));
    layout.minor_to_major.push_back(dimension);
    if (!reader.Accept(",")) break;
  }
  if (reader.Accept(":")) {
    while (!reader.At("}")) EQSAT_RETURN_IF_ERROR(ParseModifier(reader, &layout));
  }
  EQSAT_RETURN_IF_ERROR(reader.Expect("}", "after a layout"));
  // Modifiers alone go with the default order.
  if (layout.minor_to_major.empty()) layout.minor_to_major = ir::RowMajorOrder(rank);
  if (!ir::IsPermutation(layout.minor_to_major, rank)) {
    return reader.ErrorAt(position,
                          base::StrCat("the layout {", base::Join(layout.minor_to_major, ","),
                                       "} does not order ", rank, " dimensions"));
  }
  return layout;
}

}  // namespace eqsat::importers
