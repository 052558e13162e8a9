// Mixed precision becomes conversions, and a program without it stays as it is.

#include "ir/graph/settle_precision.h"

#include "gtest/gtest.h"
#include "ir/verify/verify.h"
#include "tests/parsed_module.h"

namespace eqsat::ir {
namespace {

TEST(SettlePrecisionTest, OperandsGetTheTypeOfTheResult) {
  Module mixed = Parse(R"(HloModule m
ENTRY e {
  a = bf16[2] parameter(0)
  b = f32[2] parameter(1)
  p = pred[2] compare(a, b), direction=LT
  ROOT s = f32[2] select(p, a, b)
})");
  EXPECT_FALSE(Verify(mixed).ok());
  ASSERT_TRUE(Verify(mixed, {.mixed_precision = true}).ok());
  absl::StatusOr<Module> settled = SettlePrecision(mixed);
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ(Verify(*settled), absl::OkStatus());
  // One conversion for the comparison and one for the choice.
  EXPECT_EQ(settled->entry().size(), 6u);
}

TEST(SettlePrecisionTest, OtherProgramsStay) {
  Module plain = Parse(R"(HloModule m
ENTRY e {
  a = bf16[2] parameter(0)
  c = f32[2] convert(a)
  ROOT s = f32[2] add(c, c)
})");
  absl::StatusOr<Module> settled = SettlePrecision(plain);
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ(FirstDifference(plain, *settled), std::nullopt);
}

}  // namespace
}  // namespace eqsat::ir
