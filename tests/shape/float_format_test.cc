// The float formats against known values of their specifications.
#include <bit>
#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool SameValue(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

struct KnownValue {
  ElementType type;
  uint64_t bits;
  double value;
};

// Named values of IEEE 754-2019, of the OCP 8-bit and MX specifications and of the fnuz formats.
const KnownValue kKnownValues[] = {
    {ElementType::kF16, 0x3c00, 1.0},
    {ElementType::kF16, 0x7bff, 65504.0},
    {ElementType::kF16, 0x0001, 0x1p-24},
    {ElementType::kF16, 0x0400, 0x1p-14},
    {ElementType::kF16, 0xfc00, -kInfinity},
    {ElementType::kBF16, 0x3f80, 1.0},
    {ElementType::kBF16, 0xc2f7, -123.5},
    {ElementType::kBF16, 0x7f80, kInfinity},
    {ElementType::kF32, 0x7f7fffff, 0x1.fffffep127},
    {ElementType::kF32, 0x00000001, 0x1p-149},
    {ElementType::kF8E5M2, 0x7b, 57344.0},
    {ElementType::kF8E5M2, 0x01, 0x1p-16},
    {ElementType::kF8E5M2, 0x7c, kInfinity},
    {ElementType::kF8E5M2, 0x7e, kNan},
    {ElementType::kF8E4M3FN, 0x7e, 448.0},
    {ElementType::kF8E4M3FN, 0x7f, kNan},
    {ElementType::kF8E4M3FN, 0x01, 0x1p-9},
    {ElementType::kF8E4M3FN, 0xb8, -1.0},
    {ElementType::kF8E4M3, 0x77, 240.0},
    {ElementType::kF8E4M3, 0x78, kInfinity},
    {ElementType::kF8E3M4, 0x6f, 15.5},
    {ElementType::kF8E3M4, 0x70, kInfinity},
    {ElementType::kF8E4M3FNUZ, 0x7f, 240.0},
    {ElementType::kF8E4M3FNUZ, 0x80, kNan},
    {ElementType::kF8E4M3FNUZ, 0x40, 1.0},
    {ElementType::kF8E5M2FNUZ, 0x7f, 57344.0},
    {ElementType::kF8E5M2FNUZ, 0x80, kNan},
    {ElementType::kF8E4M3B11FNUZ, 0x7f, 30.0},
    {ElementType::kF8E4M3B11FNUZ, 0x80, kNan},
    {ElementType::kF8E8M0FNU, 0x7f, 1.0},
    {ElementType::kF8E8M0FNU, 0x00, 0x1p-127},
    {ElementType::kF8E8M0FNU, 0xfe, 0x1p127},
    {ElementType::kF8E8M0FNU, 0xff, kNan},
    {ElementType::kF6E3M2FN, 0x1f, 28.0},
    {ElementType::kF6E3M2FN, 0x01, 0.0625},
    {ElementType::kF6E2M3FN, 0x1f, 7.5},
    {ElementType::kF6E2M3FN, 0x01, 0.125},
    {ElementType::kF4E2M1FN, 0x7, 6.0},
    {ElementType::kF4E2M1FN, 0x1, 0.5},
    {ElementType::kF4E2M1FN, 0xa, -1.0},
};

TEST(FloatFormat, KnownValues) {
  for (const KnownValue& known : kKnownValues) {
    const FloatFormat& format = FormatOf(known.type);
    double decoded = DecodeFloat(format, known.bits);
    EXPECT_TRUE(SameValue(decoded, known.value))
        << Name(known.type) << " " << known.bits << ": " << decoded << ", not " << known.value;
    if (std::isnan(known.value)) continue;
    EXPECT_EQ(EncodeFloat(format, known.value), known.bits) << Name(known.type);
  }
}

TEST(FloatFormat, EveryNarrowPatternRoundTrips) {
  for (int i = 0; i < kNumElementTypes; ++i) {
    auto type = static_cast<ElementType>(i);
    if (!IsFloat(type) || BitWidth(type) > 16) continue;
    const FloatFormat& format = FormatOf(type);
    for (uint64_t bits = 0; bits < uint64_t{1} << format.bits; ++bits) {
      double value = DecodeFloat(format, bits);
      uint64_t again = EncodeFloat(format, value);
      if (std::isnan(value)) {
        EXPECT_TRUE(std::isnan(DecodeFloat(format, again))) << Name(type) << " " << bits;
      } else {
        EXPECT_EQ(again, bits) << Name(type);
      }
    }
  }
}

// Values between two neighbours go to the nearer, ties to the even pattern.
TEST(FloatFormat, RoundsToNearestEven) {
  for (int i = 0; i < kNumElementTypes; ++i) {
    auto type = static_cast<ElementType>(i);
    if (!IsFloat(type) || BitWidth(type) > 8 || type == ElementType::kF8E8M0FNU) continue;
    const FloatFormat& format = FormatOf(type);
    for (uint64_t bits = 0; bits + 1 < uint64_t{1} << (format.bits - 1); ++bits) {
      double low = DecodeFloat(format, bits);
      double high = DecodeFloat(format, bits + 1);
      if (!std::isfinite(low) || !std::isfinite(high)) continue;
      double middle = (low + high) / 2;
      EXPECT_EQ(EncodeFloat(format, std::nextafter(middle, low)), bits) << Name(type);
      EXPECT_EQ(EncodeFloat(format, std::nextafter(middle, high)), bits + 1) << Name(type);
      EXPECT_EQ(EncodeFloat(format, middle), bits % 2 == 0 ? bits : bits + 1) << Name(type);
    }
  }
}

TEST(FloatFormat, OverflowFollowsTheFormat) {
  auto encoded = [](ElementType type, double value) {
    return DecodeFloat(FormatOf(type), EncodeFloat(FormatOf(type), value));
  };
  EXPECT_EQ(encoded(ElementType::kF16, 1e6), kInfinity);
  EXPECT_EQ(encoded(ElementType::kBF16, -1e39), -kInfinity);
  EXPECT_EQ(encoded(ElementType::kF8E5M2, 1e6), kInfinity);
  EXPECT_TRUE(std::isnan(encoded(ElementType::kF8E4M3FN, 1e6)));
  EXPECT_TRUE(std::isnan(encoded(ElementType::kF8E4M3FNUZ, -1e6)));
  EXPECT_EQ(encoded(ElementType::kF4E2M1FN, 1e6), 6.0);
  EXPECT_EQ(encoded(ElementType::kF6E3M2FN, -1e6), -28.0);
}

TEST(FloatFormat, F64IsTheHostsDouble) {
  const FloatFormat& format = FormatOf(ElementType::kF64);
  for (double value : {0.0, -0.0, 1.0 / 3, -0x1p-1074, 0x1.fffffffffffffp1023, kInfinity}) {
    EXPECT_EQ(EncodeFloat(format, value), std::bit_cast<uint64_t>(value));
    EXPECT_TRUE(SameValue(DecodeFloat(format, std::bit_cast<uint64_t>(value)), value));
  }
}

}  // namespace
}  // namespace eqsat::ir
