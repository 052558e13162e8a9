// HLO text of constants.
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

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
  bool is_signed = format.specials == Specials::kIeee || format.specials == Specials::kNanAllOnes;
  if (is_signed && (bits & sign)) *out += "-";
  *out += "nan";
  if (format.specials != Specials::kIeee || ((bits ^ usual) & ~sign) == 0) return;
  char buffer[24];
  uint64_t payload = bits & ((uint64_t{1} << format.mantissa_bits) - 1);
  char* end = std::to_chars(buffer, buffer + sizeof(buffer), payload, 16).ptr;
  base::StrAppend(out, "(0x", std::string_view(buffer, end - buffer), ")");
}

// The shortest decimal that rounds to the same bits of a format narrower than f32.
void AppendNarrow(const FloatFormat& format, uint64_t bits, double value, std::string* out) {
  char buffer[40];
  char* end = buffer;
  for (int digits = 1; digits <= 17; ++digits) {
    end = std::to_chars(buffer, buffer + sizeof(buffer) - 1, value, std::chars_format::general,
                        digits)
              .ptr;
    *end = '\0';
    if (EncodeFloat(format, std::strtod(buffer, nullptr)) == bits) break;
  }
  out->append(buffer, end);
}

void AppendFloat(ElementType type, uint64_t bits, std::string* out) {
  const FloatFormat& format = FormatOf(type);
  double value = DecodeFloat(format, bits);
  if (std::isnan(value)) return AppendNan(format, bits, out);
  if (std::isinf(value)) {
    *out += value < 0 ? "-inf" : "inf";
  } else if (type == ElementType::kF64) {
    AppendNumber(value, out);
  } else if (type == ElementType::kF32) {
    AppendNumber(static_cast<float>(value), out);
  } else {
    AppendNarrow(format, bits, value, out);
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
  if (type == ElementType::kPred) {
    *out += bits ? "true" : "false";
  } else if (IsFloat(type)) {
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
void AppendDimension(const Literal& literal, int64_t dimension, const uint8_t** next,
                     std::string* out) {
  const Shape& shape = literal.shape();
  if (dimension == shape.rank()) {
    AppendElement(shape.element_type(), *next, out);
    *next += ByteWidth(shape.element_type());
    return;
  }
  bool last = dimension + 1 == shape.rank();
  bool tight = shape.rank() == 1 || (last && shape.dimension(dimension) == 1);
  std::string_view space = tight ? "" : " ";
  base::StrAppend(out, "{", space);
  for (int64_t i = 0; i < shape.dimension(dimension); ++i) {
    if (i > 0) *out += ", ";
    AppendDimension(literal, dimension + 1, next, out);
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
  if (shape.rank() > 0 && shape.ElementCount() > most_elements) {
    *out += "{...}";
  } else if (shape.rank() > 0 && shape.ElementCount() == 0) {
    *out += "{}";
  } else {
    const uint8_t* next = literal.bytes().data();
    AppendDimension(literal, 0, &next, out);
  }
}

}  // namespace eqsat::ir
