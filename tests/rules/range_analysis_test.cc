// Signs and bounds, on programs whose answer is plain.
#include "rules/hlo/range_analysis.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string_view>

#include "importers/hlo_text/hlo_text.h"
#include "rules/hlo/hlo_egraph.h"

namespace eqsat::rules {
namespace {

// What is known of the root of an entry computation with these instructions.
ValueRange RootOf(std::string_view instructions, std::string_view header = "HloModule m") {
  auto module = importers::ParseHloText(std::string(header) + "\nENTRY e {\n" +
                                        std::string(instructions) + "\n}");
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return {};
  HloTerms terms(&*module);
  auto graph = HloEGraph::Make(module->entry(), &terms);
  EXPECT_TRUE(graph.ok()) << graph.status();
  if (!graph.ok()) return {};
  return (*graph)->ranges().range((*graph)->class_of(module->entry().root()));
}

TEST(RangeAnalysisTest, NothingIsKnownOfAParameter) {
  EXPECT_EQ(RootOf("ROOT p = f32[4] parameter(0)"), ValueRange());
  const ValueRange byte = RootOf("ROOT p = u8[4] parameter(0)");
  EXPECT_EQ(byte.low, 0);
  EXPECT_EQ(byte.high, 255);
}

TEST(RangeAnalysisTest, SquaresAndMagnitudesAreNeverNegative) {
  EXPECT_TRUE(RootOf("p = f32[] parameter(0)\n ROOT r = f32[] multiply(p, p)").never_negative);
  EXPECT_TRUE(RootOf("p = f32[] parameter(0)\n ROOT r = f32[] abs(p)").never_negative);
  EXPECT_FALSE(RootOf("p = f32[] parameter(0)\n q = f32[] parameter(1)\n"
                      "ROOT r = f32[] multiply(p, q)")
                   .never_negative);
}

TEST(RangeAnalysisTest, MaximumWithPlusZeroLosesTheSign) {
  EXPECT_TRUE(RootOf("p = f32[] parameter(0)\n z = f32[] constant(0)\n"
                     "ROOT r = f32[] maximum(p, z)")
                  .never_negative);
  EXPECT_FALSE(RootOf("p = f32[] parameter(0)\n z = f32[] constant(-0)\n"
                      "ROOT r = f32[] maximum(p, z)")
                   .never_negative);
}

TEST(RangeAnalysisTest, SumsFromPlusZeroAreNeverNegativeZero) {
  constexpr std::string_view kSum =
      "HloModule m\n"
      "s { a = f32[] parameter(0)\n b = f32[] parameter(1)\n ROOT r = f32[] add(a, b) }";
  const ValueRange sum = RootOf(
      "p = f32[4] parameter(0)\n z = f32[] constant(0)\n"
      "ROOT r = f32[] reduce(p, z), dimensions={0}, to_apply=s",
      kSum);
  EXPECT_TRUE(sum.never_negative_zero);
  EXPECT_FALSE(sum.never_negative);
}

TEST(RangeAnalysisTest, IntegersWrapUnlessTheBoundsFit) {
  const ValueRange wide = RootOf(
      "p = u8[] parameter(0)\n w = s32[] convert(p)\n c = s32[] constant(3)\n"
      "ROOT r = s32[] multiply(w, c)");
  EXPECT_EQ(wide.low, 0);
  EXPECT_EQ(wide.high, 765);
  const ValueRange narrow =
      RootOf("p = u8[] parameter(0)\n c = u8[] constant(3)\n ROOT r = u8[] multiply(p, c)");
  EXPECT_EQ(narrow.high, 255);
}

TEST(RangeAnalysisTest, PartitionsAreNumberedFromZero) {
  const ValueRange id = RootOf("ROOT r = u32[] partition-id()", "HloModule m, num_partitions=4");
  EXPECT_EQ(id.low, 0);
  EXPECT_EQ(id.high, 3);
}

TEST(RangeAnalysisTest, ASmallNegativeNumberMayBecomeNegativeZero) {
  EXPECT_FALSE(RootOf("p = f32[] parameter(0)\n z = f32[] constant(0)\n s = f32[] add(p, z)\n"
                      "ROOT r = f16[] convert(s)")
                   .never_negative_zero);
}

}  // namespace
}  // namespace eqsat::rules
