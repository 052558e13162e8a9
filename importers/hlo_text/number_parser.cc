#include "importers/hlo_text/number_parser.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers {
namespace {

using ir::ElementType;
using ir::FloatFormat;
using ir::Specials;

absl::Status OutOfRange(const TokenReader& reader, size_t position, std::string_view number,
                        ElementType type) {
  return reader.ErrorAt(position, base::StrCat(number, " is out of range for ", Name(type)));
}

void Store(uint64_t bits, int bytes, uint8_t* out) { std::memcpy(out, &bits, bytes); }

// A leading `+` means nothing, and from_chars does not take it.
std::string_view WithoutPlus(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return number;
}

// Any integer but 0 is true.
absl::Status ParsePred(TokenReader& reader, uint8_t* out) {
  const std::string_view digits = WithoutPlus(reader.token().text);
  const char* first = digits.data();
  const char* last = first + digits.size();
  int64_t value = 0;
  if (reader.AtWord("true") || reader.AtWord("false")) {
    *out = reader.token().text == "true" ? 1 : 0;
  } else if (reader.AtNumber() &&
             std::from_chars(first, last, value) == std::from_chars_result{last, {}}) {
    *out = value != 0;
  } else {
    return reader.Expected("true, false or an integer");
  }
  reader.Advance();
  return absl::OkStatus();
}

absl::Status ParseIntegerElement(TokenReader& reader, ElementType type, uint8_t* out) {
  if (!reader.AtNumber()) return reader.Expected(base::StrCat("an integer for ", Name(type)));
  std::string_view digits = WithoutPlus(reader.token().text);
  const char* first = digits.data();
  const char* last = first + digits.size();
  int bits = ir::BitWidth(type);
  bool in_range;
  int64_t value = 0;
  auto [end, error] = std::from_chars(first, last, value);
  if (type == ElementType::kU64) {
    uint64_t wide = static_cast<uint64_t>(value);
    if (error == std::errc::result_out_of_range)
      in_range = std::from_chars(first, last, wide).ec == std::errc();
    else
      in_range = true;
    value = static_cast<int64_t>(wide);
  } else {
    // Arithmetic shifts: a signed value fits if all the bits above are copies of its sign.
    in_range = error == std::errc() &&
               (bits == 64 ||
                (ir::IsSigned(type) ? value >> (bits - 1) == value >> 63 : value >> bits == 0));
  }
  if (error == std::errc::invalid_argument || end != last)
    return reader.Expected(base::StrCat("an integer for ", Name(type)));
  if (!in_range) return OutOfRange(reader, reader.position(), digits, type);
  Store(static_cast<uint64_t>(value), ir::ByteWidth(type), out);
  reader.Advance();
  return absl::OkStatus();
}

// The bits of a NaN; `payload` is its mantissa.
absl::Status EncodeNan(const TokenReader& reader, size_t position, ElementType type, bool negative,
                       const uint64_t* payload, uint8_t* out) {
  const FloatFormat& format = FormatOf(type);
  uint64_t bits = EncodeFloat(format, std::nan(""));
  uint64_t sign = uint64_t{1} << (format.bits - 1);
  bool has_payload = format.specials == Specials::kIeee;
  if (format.specials == Specials::kNone)
    return reader.ErrorAt(position, base::StrCat(Name(type), " has no NaN"));
  if (payload) {
    uint64_t mantissa = (uint64_t{1} << format.mantissa_bits) - 1;
    bool legal = has_payload ? *payload != 0 && (*payload & ~mantissa) == 0
                             : format.specials == Specials::kNanAllOnes && *payload == mantissa;
    if (!legal) {
      return reader.ErrorAt(position, absl::StrFormat("%s has no NaN with the payload 0x%x",
                                                      std::string(Name(type)), *payload));
    }
    if (has_payload) bits = (bits & ~mantissa) | *payload;
  }
  if (has_payload || format.specials == Specials::kNanAllOnes)
    bits = negative ? bits | sign : bits & ~sign;
  Store(bits, ir::ByteWidth(type), out);
  return absl::OkStatus();
}

// `nan` or `nan(0x1)`, the sign already read.
absl::Status ParseNan(TokenReader& reader, ElementType type, bool negative, uint8_t* out) {
  size_t position = reader.position();
  reader.Advance();
  if (!reader.Accept("(")) return EncodeNan(reader, position, type, negative, nullptr, out);
  std::string_view spelled = reader.ReadRaw("");
  uint64_t payload = 0;
  if (!spelled.starts_with("0x")) return reader.ErrorAt(position, "a NaN payload is 0x...");
  const char* last = spelled.data() + spelled.size();
  auto [end, error] = std::from_chars(spelled.data() + 2, last, payload, 16);
  if (error != std::errc() || end != last)
    return reader.ErrorAt(position, base::StrCat("malformed NaN payload ", spelled));
  EQSAT_RETURN_IF_ERROR(reader.Expect(")", "after a NaN payload"));
  return EncodeNan(reader, position, type, negative, &payload, out);
}

// The value of a decimal number in f32 or f64, rounded once. False if it is not a number.
template <typename T>
bool FromDecimal(std::string_view number, T* value) {
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), *value);
  if (end != number.data() + number.size()) return false;
  if (error == std::errc::result_out_of_range) {
    // Both overflow and underflow; only strtod tells them apart.
    *value = static_cast<T>(std::strtod(std::string(number).c_str(), nullptr));
    return true;
  }
  return error == std::errc();
}

absl::Status ParseFinite(TokenReader& reader, ElementType type, uint8_t* out) {
  if (!reader.AtNumber()) return reader.Expected(base::StrCat("a number for ", Name(type)));
  std::string_view number = WithoutPlus(reader.token().text);
  bool ok, fits;
  if (type == ElementType::kF32) {
    float value = 0;
    ok = FromDecimal(number, &value);
    fits = std::isfinite(value);
    std::memcpy(out, &value, sizeof(value));
  } else {
    double value = 0;
    ok = FromDecimal(number, &value);
    uint64_t bits = EncodeFloat(FormatOf(type), value);
    double stored = DecodeFloat(FormatOf(type), bits);
    fits = std::isfinite(value) && std::isfinite(stored);
    // Formats without infinity saturate; one that has no sign cannot hold a negative number.
    if (FormatOf(type).specials == Specials::kNone)
      fits = fits && std::abs(value) <= 1.25 * std::abs(stored) + 1;
    Store(bits, ir::ByteWidth(type), out);
  }
  if (!ok) return reader.Expected(base::StrCat("a number for ", Name(type)));
  if (!fits) return OutOfRange(reader, reader.position(), number, type);
  reader.Advance();
  return absl::OkStatus();
}

absl::Status ParseFloat(TokenReader& reader, ElementType type, uint8_t* out) {
  bool negative = reader.Accept("-");
  if (reader.AtWord("nan")) return ParseNan(reader, type, negative, out);
  if (reader.AtWord("inf")) {
    double infinity = negative ? -HUGE_VAL : HUGE_VAL;
    Store(EncodeFloat(FormatOf(type), infinity), ir::ByteWidth(type), out);
    reader.Advance();
    return absl::OkStatus();
  }
  if (negative) return reader.Expected("inf or nan");
  return ParseFinite(reader, type, out);
}

// `(re, im)`, or a real number alone.
absl::Status ParseComplex(TokenReader& reader, ElementType type, uint8_t* out) {
  ElementType part = ir::ComplexPart(type);
  int bytes = ir::ByteWidth(part);
  std::memset(out, 0, 2 * bytes);
  if (!reader.Accept("(")) return ParseFloat(reader, part, out);
  EQSAT_RETURN_IF_ERROR(ParseFloat(reader, part, out));
  EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between the parts of a complex number"));
  EQSAT_RETURN_IF_ERROR(ParseFloat(reader, part, out + bytes));
  return reader.Expect(")", "after a complex number");
}

}  // namespace

absl::Status ParseElement(TokenReader& reader, ElementType type, uint8_t* out) {
  switch (Kind(type)) {
    case ir::ElementKind::kPred:
      return ParsePred(reader, out);
    case ir::ElementKind::kSigned:
    case ir::ElementKind::kUnsigned:
      return ParseIntegerElement(reader, type, out);
    case ir::ElementKind::kFloat:
      return ParseFloat(reader, type, out);
    case ir::ElementKind::kComplex:
      return ParseComplex(reader, type, out);
    case ir::ElementKind::kNone:
      break;
  }
  return reader.Error(base::StrCat(Name(type), " has no elements"));
}

}  // namespace eqsat::importers
