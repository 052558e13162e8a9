#include "importers/hlo_text/literal_parser.h"

#include <utility>
#include <vector>

#include "importers/hlo_text/number_parser.h"
#include "importers/hlo_text/shape_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::Literal;
using ir::Shape;

// Reads the nested braces of one array. The bytes grow as elements are read, so that a huge shape
// with a short text costs nothing.
class ArrayReader {
 public:
  ArrayReader(TokenReader& reader, const Shape& shape)
      : reader_(reader), shape_(shape), width_(ir::ByteWidth(shape.element_type())) {}

  absl::StatusOr<Literal> Read() {
    // An array without elements may be written `{}` whatever its rank.
    if (shape_.ElementCount() == 0 && reader_.At("{") && reader_.PeekByte() == '}') {
      reader_.Advance();
      reader_.Advance();
    } else {
      EQSAT_RETURN_IF_ERROR(ReadDimension(0));
    }
    return Literal::FromBytes(shape_, std::move(bytes_));
  }

 private:
  absl::Status ReadDimension(int64_t dimension) {
    if (dimension == shape_.rank()) {
      size_t end = bytes_.size();
      bytes_.resize(end + width_);
      return ParseElement(reader_, shape_.element_type(), bytes_.data() + end);
    }
    TokenReader::Level level(reader_);
    EQSAT_RETURN_IF_ERROR(level.Check());
    // A lone element stands for all of them.
    if (dimension == 0 && !reader_.At("{") && !reader_.At("}")) return ReadSplat();
    if (!reader_.Accept("{"))
      return reader_.Expected(base::StrCat("`{` before a dimension of ", shape_.ToString()));
    for (int64_t i = 0; i < shape_.dimension(dimension); ++i) {
      if (i > 0) {
        if (reader_.At("}")) return WrongCount(dimension, i);
        // XLA takes rows without a comma between them.
        if (!reader_.At("{")) EQSAT_RETURN_IF_ERROR(reader_.Expect(",", "between elements"));
      } else if (reader_.At("}")) {
        return WrongCount(dimension, 0);
      }
      EQSAT_RETURN_IF_ERROR(ReadDimension(dimension + 1));
    }
    if (reader_.At(",")) return WrongCount(dimension, shape_.dimension(dimension) + 1);
    return reader_.Expect("}", "after the elements of a dimension");
  }

  absl::Status ReadSplat() {
    size_t position = reader_.position();
    std::vector<uint8_t> element(width_);
    EQSAT_RETURN_IF_ERROR(ParseElement(reader_, shape_.element_type(), element.data()));
    if (!reader_.SpendSplatBytes(shape_.ByteSize())) {
      return reader_.ErrorAt(
          position, base::StrCat("with the ", shape_.ByteSize(), " bytes of this ",
                                 shape_.ToString(), " constants of one repeated value have more ",
                                 "than ", TokenReader::kMaxSplatBytes, " bytes"));
    }
    bytes_.reserve(shape_.ByteSize());
    for (int64_t i = 0; i < shape_.ElementCount(); ++i)
      bytes_.insert(bytes_.end(), element.begin(), element.end());
    return absl::OkStatus();
  }

  absl::Status WrongCount(int64_t dimension, int64_t found) const {
    std::string_view more = found > shape_.dimension(dimension) ? " or more" : "";
    return reader_.Error(base::StrCat("expected ", shape_.dimension(dimension),
                                      " elements in dimension ", dimension, " of ",
                                      shape_.ToString(), ", found ", found, more));
  }

  TokenReader& reader_;
  const Shape& shape_;
  const int width_;
  std::vector<uint8_t> bytes_;
};

// `{...}`, elided text.
bool AcceptEllipsis(TokenReader& reader) {
  TokenReader ahead = reader;
  if (!ahead.Accept("{") || !ahead.Accept("...") || !ahead.Accept("}")) return false;
  reader = ahead;
  return true;
}

absl::StatusOr<Literal> ParseTupleLiteral(TokenReader& reader, const Shape& shape) {
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before a tuple literal"));
  std::vector<Literal> elements;
  for (const Shape& element : shape.elements()) {
    if (!elements.empty())
      EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between the elements of a tuple literal"));
    EQSAT_ASSIGN_OR_RETURN(Literal value, ParseLiteral(reader, element));
    elements.push_back(std::move(value));
  }
  EQSAT_RETURN_IF_ERROR(reader.Expect(")", "after a tuple literal"));
  return Literal::Tuple(std::move(elements));
}

}  // namespace

absl::StatusOr<Literal> ParseLiteral(TokenReader& reader, const Shape& declared) {
  const Shape shape = declared.WithoutLayout();
  if (AcceptEllipsis(reader)) return Literal::Unknown(shape);
  if (shape.IsTuple()) return ParseTupleLiteral(reader, shape);
  if (!shape.IsArray() || shape.HasUnboundedDimensions())
    return reader.Error(base::StrCat("a constant cannot be of shape ", shape.ToString()));
  // An element of a tuple may repeat its shape.
  if (reader.AtWord() && AtShape(reader)) {
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(Shape repeated, ParseShape(reader));
    if (!Shape::Compatible(repeated, shape)) {
      return reader.ErrorAt(position, base::StrCat("the value is of shape ", repeated.ToString(),
                                                   ", not ", shape.ToString()));
    }
  }
  return ArrayReader(reader, shape).Read();
}

}  // namespace eqsat::importers
