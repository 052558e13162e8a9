#include "ir/interpret/compute_type.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

constexpr int kNumPatterns16 = 1 << 16;

// The value of every bit pattern of a type of at most 16 bits.
std::vector<float> MakeDecodeTable(ElementType type) {
  const FloatFormat& format = FormatOf(type);
  std::vector<float> table(size_t{1} << format.bits);
  for (size_t bits = 0; bits < table.size(); ++bits)
    table[bits] = static_cast<float>(DecodeFloat(format, bits));
  return table;
}

const std::vector<float>& DecodeTable(ElementType type) {
  static const auto* const kTables = [] {
    auto* tables = new std::array<std::vector<float>, kNumElementTypes>;
    for (int i = 0; i < kNumElementTypes; ++i) {
      auto t = static_cast<ElementType>(i);
      if (IsWidened(t)) (*tables)[i] = MakeDecodeTable(t);
    }
    return tables;
  }();
  return (*kTables)[static_cast<int>(type)];
}

// EncodeFloat, fast where the result is a normal number below the top exponent, or rounds up to it.
uint64_t Encode(const FloatFormat& format, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const int exponent = static_cast<int>(bits >> 23 & 0xff) - 127 + format.bias;
  const int top = (1 << format.exponent_bits) - 1;
  if (format.specials == Specials::kScale || exponent < 1 || exponent >= top)
    return EncodeFloat(format, value);
  const int dropped = 23 - format.mantissa_bits;
  uint32_t pattern = static_cast<uint32_t>(exponent) << 23 | (bits & 0x7fffff);
  pattern += (uint32_t{1} << (dropped - 1)) - 1 + (pattern >> dropped & 1);
  return pattern >> dropped | (bits >> 31) << (format.bits - 1);
}

}  // namespace

int ComputeBytes(ElementType type) {
  return DispatchCompute(type, []<typename T>() { return static_cast<int>(sizeof(T)); });
}

bool IsWidened(ElementType type) { return IsFloat(type) && BitWidth(type) < 32; }

void Widen(ElementType type, const uint8_t* bytes, int64_t count, float* out) {
  const std::vector<float>& table = DecodeTable(type);
  if (ByteWidth(type) == 1) {
    const size_t mask = table.size() - 1;
    for (int64_t i = 0; i < count; ++i) out[i] = table[bytes[i] & mask];
    return;
  }
  EQSAT_CHECK(table.size() == kNumPatterns16);
  const auto* patterns = reinterpret_cast<const uint16_t*>(bytes);
  for (int64_t i = 0; i < count; ++i) out[i] = table[patterns[i]];
}

float RoundTo(ElementType type, double value) {
  if (type == ElementType::kF32) return static_cast<float>(value);
  return DecodeTable(type)[EncodeFloat(FormatOf(type), value)];
}

void Normalize(ElementType type, void* elements, int64_t count) {
  if (IsWidened(type)) {
    const std::vector<float>& table = DecodeTable(type);
    const FloatFormat& format = FormatOf(type);
    auto* values = static_cast<float*>(elements);
    for (int64_t i = 0; i < count; ++i) values[i] = table[Encode(format, values[i])];
    return;
  }
  if (!IsInteger(type) || BitWidth(type) >= 8) return;
  const int unused = 8 - BitWidth(type);
  auto* values = static_cast<uint8_t*>(elements);
  for (int64_t i = 0; i < count; ++i) {
    auto shifted = static_cast<uint8_t>(values[i] << unused);
    values[i] = IsSigned(type) ? static_cast<uint8_t>(static_cast<int8_t>(shifted) >> unused)
                               : static_cast<uint8_t>(shifted >> unused);
  }
}

ComputeArray::ComputeArray(Literal literal) : literal_(std::move(literal)) {
  absl::Span<const uint8_t> bytes = literal_.bytes();
  data_ = bytes.data();
  if (!IsWidened(type())) return;
  widened_.resize(shape().ElementCount());
  Widen(type(), bytes.data(), shape().ElementCount(), widened_.data());
  data_ = widened_.data();
}

ComputeResult::ComputeResult(Shape shape) : shape_(std::move(shape)) {
  if (IsWidened(shape_.element_type())) {
    widened_.resize(shape_.ElementCount());
  } else {
    bytes_.resize(shape_.ByteSize());
  }
}

Literal ComputeResult::Take() && {
  ElementType type = shape_.element_type();
  if (IsWidened(type)) {
    bytes_.resize(shape_.ByteSize());
    const int width = ByteWidth(type);
    const FloatFormat& format = FormatOf(type);
    for (size_t i = 0; i < widened_.size(); ++i) {
      uint64_t bits = Encode(format, widened_[i]);
      std::memcpy(&bytes_[i * width], &bits, width);
    }
  } else {
    Normalize(type, bytes_.data(), shape_.ElementCount());
  }
  return Literal::FromBytes(std::move(shape_), std::move(bytes_));
}

}  // namespace eqsat::ir
