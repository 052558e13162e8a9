// HLO text of constants.
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "absl/types/span.h"
#include "ir/graph/print_values.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

template <typename T>
void AppendNumber(T value, std::string* out) {
  char buffer[32];
  char* end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out->append(buffer, end);
}

// `nan`, or `nan(0x1)` where the payload is not the usual one.
void AppendNan(const FloatFormat& format, uint64_t bits, std::string* out) {
  uint64_t usual = EncodeFloat(format, std::nan(""));
  uint64_t sign = uint64_t{1} << (format.bits - 1);
  if (format.specials != Specials::kScale && (bits & sign)) *out += "-";
  *out += "nan";
  if (format.specials != Specials::kIeee || ((bits ^ usual) & ~sign) == 0) return;
  char buffer[24];
  uint64_t payload = bits & ((uint64_t{1} << format.mantissa_bits) - 1);
  char* end = std::to_chars(buffer, buffer + sizeof(buffer), payload, 16).ptr;
  base::StrAppend(out, "(0x", std::string_view(buffer, end - buffer), ")");
}

// Writes `value` with `digits` significant ones at most, as `%g` does.
std::string_view ToDecimal(double value, int digits, absl::Span<char> buffer) {
  auto end = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::general, digits);
  return {buffer.data(), static_cast<size_t>(end.ptr - buffer.data())};
}

// As XLA writes them: with the digits that survive a trip through the type, or else with as many as
// tell all its values apart.
template <typename Float>
void AppendWide(Float value, std::string* out) {
  using Limits = std::numeric_limits<Float>;
  char buffer[40];
  std::string_view text = ToDecimal(value, Limits::digits10, absl::MakeSpan(buffer));
  Float back = 0;
  std::from_chars(text.data(), text.data() + text.size(), back);
  if (back != value) text = ToDecimal(value, Limits::max_digits10, absl::MakeSpan(buffer));
  out->append(text);
}

// Formats narrower than f32 show all digits that tell their values apart.
void AppendNarrow(const FloatFormat& format, double value, std::string* out) {
  constexpr int kLog10Of2Times100000 = 30103;
  char buffer[40];
  int digits = 2 + (format.mantissa_bits + 1) * kLog10Of2Times100000 / 100000;
  out->append(ToDecimal(value, digits, absl::MakeSpan(buffer)));
}

void AppendFloat(ElementType type, uint64_t bits, std::string* out) {
  const FloatFormat& format = FormatOf(type);
  double value = DecodeFloat(format, bits);
  if (std::isnan(value)) return AppendNan(format, bits, out);
  if (std::isinf(value)) {
    *out += value < 0 ? "-inf" : "inf";
  } else if (type == ElementType::kF64) {
    AppendWide(value, out);
  } else if (type == ElementType::kF32) {
    AppendWide(static_cast<float>(value), out);
  } else {
    AppendNarrow(format, value, out);
  }
}

void AppendElement(ElementType type, const uint8_t* bytes, std::string* out) {
  if (IsComplex(type)) {
    ElementType part = ComplexPart(type);
    *out += "(";
    AppendElement(part, bytes, out);
    *out += ", ";
    AppendElement(part, bytes + ByteWidth(part), out);
    *out += ")";
    return;
  }
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, ByteWidth(type));
  if (IsFloat(type)) {
    AppendFloat(type, bits, out);
  } else if (IsSigned(type)) {
    int unused = 64 - 8 * ByteWidth(type);
    AppendNumber(static_cast<int64_t>(bits << unused) >> unused, out);
  } else {
    AppendNumber(bits, out);
  }
}

// `{1, 2}` for a vector, `{ { 1, 2 }, … }` and `{ {1}, … }` for more dimensions, as XLA spaces
// them.
// `index` is that of the element of the dimension before, which XLA states in a comment where there
// are more than three dimensions.
void AppendDimension(const Literal& literal, int64_t dimension, int64_t index, const uint8_t** next,
                     std::string* out) {
  const Shape& shape = literal.shape();
  if (dimension == shape.rank()) {
    AppendElement(shape.element_type(), *next, out);
    *next += ByteWidth(shape.element_type());
    return;
  }
  bool last = dimension + 1 == shape.rank();
  bool tight = shape.rank() == 1 || (last && shape.dimension(dimension) <= 1);
  std::string_view space = tight ? "" : " ";
  *out += "{";
  if (shape.rank() > 3 && dimension > 0 && !last)
    base::StrAppend(out, " /*i", dimension - 1, "=", index, "*/");
  if (shape.dimension(dimension) > 0) base::StrAppend(out, space);
  for (int64_t i = 0; i < shape.dimension(dimension); ++i) {
    if (i > 0) *out += ", ";
    AppendDimension(literal, dimension + 1, i, next, out);
  }
  base::StrAppend(out, space, "}");
}

}  // namespace

void AppendLiteral(const Literal& literal, int64_t most_elements, std::string* out) {
  if (literal.is_unknown()) {
    *out += "{...}";
    return;
  }
  const Shape& shape = literal.shape();
  if (shape.IsTuple()) {
    *out += "( ";
    for (size_t i = 0; i < literal.elements().size(); ++i) {
      if (i > 0) *out += ", ";
      AppendLiteral(literal.elements()[i], most_elements, out);
    }
    *out += " )";
    return;
  }
  const uint8_t* next = literal.bytes().data();
  if (shape.rank() > 0 && shape.ElementCount() > most_elements) {
    *out += "{...}";
  } else if (shape.rank() > 0 && shape.rank() < 4 && shape.ElementCount() == 0) {
    *out += "{}";
  } else if (shape.rank() == 0 && shape.element_type() == ElementType::kPred) {
    *out += *next ? "true" : "false";  // but 1 or 0 in an array
  } else {
    AppendDimension(literal, 0, 0, &next, out);
  }
}

}  // namespace eqsat::ir
