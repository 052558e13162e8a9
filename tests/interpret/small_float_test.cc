// Rounding to the small float types, against the formats' own encoder.
#include <bit>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "ir/interpret/compute_type.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

// Every f32 whose low 11 bits are 0 or near a tie, of all exponents.
std::vector<float> Samples() {
  std::vector<float> samples;
  for (uint32_t high = 0; high < (1u << 21); high += 101) {
    for (uint32_t low : {0u, 1u, 0x3ffu, 0x400u, 0x401u}) {
      samples.push_back(std::bit_cast<float>(high << 11 | low));
    }
  }
  return samples;
}

TEST(SmallFloatTest, NormalizeIsTheFormatsRounding) {
  const std::vector<float> samples = Samples();
  for (int t = 0; t < kNumElementTypes; ++t) {
    const auto type = static_cast<ElementType>(t);
    if (!IsWidened(type)) continue;
    std::vector<float> rounded = samples;
    Normalize(type, rounded.data(), static_cast<int64_t>(rounded.size()));
    for (size_t i = 0; i < samples.size(); ++i) {
      const double expected = DecodeFloat(FormatOf(type), EncodeFloat(FormatOf(type), samples[i]));
      const bool same = std::isnan(expected) ? std::isnan(rounded[i]) : expected == rounded[i];
      ASSERT_TRUE(same) << Name(type) << " of " << samples[i] << ": " << rounded[i] << ", not "
                        << expected;
    }
  }
}

}  // namespace
}  // namespace eqsat::ir
