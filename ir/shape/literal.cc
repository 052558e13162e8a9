#include "ir/shape/literal.h"

#include <algorithm>
#include <cstring>

#include "ir/base/check.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

uint64_t LoadBits(const uint8_t* p, int width) {
  uint64_t bits = 0;
  std::memcpy(&bits, p, width);
  return bits;
}

// Keeps the type's low bits; sign-extends for signed types.
uint64_t WrapInteger(ElementType type, int64_t value) {
  int unused = 64 - BitWidth(type);
  uint64_t shifted = static_cast<uint64_t>(value) << unused;
  return IsSigned(type) ? static_cast<uint64_t>(static_cast<int64_t>(shifted) >> unused)
                        : shifted >> unused;
}

template <typename Encode>
Literal Encoded(const Shape& shape, size_t count, Encode encode) {
  EQSAT_CHECK(static_cast<int64_t>(count) == shape.ElementCount());
  int width = ByteWidth(shape.element_type());
  std::vector<uint8_t> bytes(count * width);
  for (size_t i = 0; i < count; ++i) {
    uint64_t bits = encode(i);
    std::memcpy(&bytes[i * width], &bits, width);
  }
  return Literal::FromBytes(shape, std::move(bytes));
}

}  // namespace

Literal Literal::Zero(const Shape& shape) {
  if (shape.IsArray()) {
    Literal literal = FromBytes(shape, std::vector<uint8_t>(shape.ByteSize()));
    return literal;
  }
  Literal literal;
  literal.shape_ = shape;
  for (const Shape& element : shape.elements()) literal.elements_.push_back(Zero(element));
  return literal;
}

Literal Literal::FromBytes(Shape array_shape, std::vector<uint8_t> bytes) {
  EQSAT_CHECK(array_shape.IsArray());
  EQSAT_CHECK(static_cast<int64_t>(bytes.size()) == array_shape.ByteSize());
  Literal literal;
  literal.shape_ = std::move(array_shape);
  literal.bytes_ = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  return literal;
}

Literal Literal::Tuple(std::vector<Literal> elements) {
  Literal literal;
  std::vector<Shape> shapes;
  for (const Literal& element : elements) shapes.push_back(element.shape());
  literal.shape_ = Shape::Tuple(std::move(shapes));
  literal.elements_ = std::move(elements);
  return literal;
}

Literal Literal::Unknown(Shape shape) {
  Literal literal;
  literal.shape_ = std::move(shape);
  literal.unknown_ = true;
  literal.bytes_ = std::make_shared<const std::vector<uint8_t>>();
  return literal;
}

absl::Span<const uint8_t> Literal::bytes() const {
  EQSAT_CHECK(shape_.IsArray() && !unknown_);
  return *bytes_;
}

double Literal::AsDouble(int64_t position) const {
  ElementType type = shape_.element_type();
  if (!IsFloat(type)) {
    int64_t value = AsInt64(position);
    return type == ElementType::kU64 ? static_cast<double>(static_cast<uint64_t>(value))
                                     : static_cast<double>(value);
  }
  int width = ByteWidth(type);
  return DecodeFloat(FormatOf(type), LoadBits(&bytes()[position * width], width));
}

int64_t Literal::AsInt64(int64_t position) const {
  ElementType type = shape_.element_type();
  EQSAT_CHECK(IsInteger(type) || type == ElementType::kPred);
  int width = ByteWidth(type);
  uint64_t bits = LoadBits(&bytes()[position * width], width);
  if (type == ElementType::kPred) return bits != 0;
  return static_cast<int64_t>(WrapInteger(type, static_cast<int64_t>(bits)));
}

std::complex<double> Literal::AsComplex(int64_t position) const {
  switch (shape_.element_type()) {
    case ElementType::kC64: {
      std::complex<float> value = values<std::complex<float>>()[position];
      return {value.real(), value.imag()};
    }
    case ElementType::kC128:
      return values<std::complex<double>>()[position];
    default:
      return AsDouble(position);
  }
}

Literal Literal::FromDoubles(const Shape& shape, absl::Span<const double> values) {
  ElementType type = shape.element_type();
  if (type == ElementType::kC64) {
    std::vector<std::complex<float>> parts(values.begin(), values.end());
    return Of<std::complex<float>>(shape, parts);
  }
  if (type == ElementType::kC128) {
    std::vector<std::complex<double>> parts(values.begin(), values.end());
    return Of<std::complex<double>>(shape, parts);
  }
  return Encoded(shape, values.size(), [&](size_t i) -> uint64_t {
    if (IsFloat(type)) return EncodeFloat(FormatOf(type), values[i]);
    if (type == ElementType::kPred) return values[i] != 0;
    return WrapInteger(type, static_cast<int64_t>(values[i]));
  });
}

Literal Literal::FromInt64s(const Shape& shape, absl::Span<const int64_t> values) {
  ElementType type = shape.element_type();
  if (IsFloat(type) || IsComplex(type))
    return FromDoubles(shape, std::vector<double>(values.begin(), values.end()));
  return Encoded(shape, values.size(), [&](size_t i) -> uint64_t {
    return type == ElementType::kPred ? values[i] != 0 : WrapInteger(type, values[i]);
  });
}

bool Literal::IsSplat() const {
  absl::Span<const uint8_t> b = bytes();
  size_t width = ByteWidth(shape_.element_type());
  EQSAT_CHECK(b.size() >= width);
  // Every byte equals the one an element before it.
  return std::memcmp(b.data(), b.data() + width, b.size() - width) == 0;
}

Literal Literal::Reshaped(Shape shape) const {
  EQSAT_CHECK(shape.element_type() == shape_.element_type());
  EQSAT_CHECK(shape.ElementCount() == shape_.ElementCount());
  Literal literal = *this;
  literal.shape_ = std::move(shape);
  return literal;
}

bool operator==(const Literal& a, const Literal& b) {
  if (a.unknown_ != b.unknown_ || !(a.shape_ == b.shape_)) return false;
  if (a.elements_ != b.elements_) return false;
  if (a.bytes_ == b.bytes_) return true;
  return !a.unknown_ && a.bytes_ && b.bytes_ && *a.bytes_ == *b.bytes_;
}

}  // namespace eqsat::ir
