#include "rules/syntax/rule_skeleton.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "importers/hlo_text/hlo_text.h"
#include "rules/rule_set.h"
#include "rules/testing/test_rule.h"

namespace eqsat::rules {
namespace {

ir::Module Parse(const std::string& body) {
  absl::StatusOr<ir::Module> module = importers::ParseHloText(body);
  EXPECT_TRUE(module.ok()) << module.status() << body;
  return *std::move(module);
}

absl::StatusOr<std::string> New(const std::string& before, const std::string& after) {
  return RuleFromPrograms(Parse(before), Parse(after), "new-rule");
}

TEST(RuleSkeletonTest, AReductionOfAReduction) {
  constexpr char kAdd[] =
      "sum { a = s32[] parameter(0)  b = s32[] parameter(1)  ROOT c = s32[] add(a, b) }\n";
  auto text = New(std::string(kAdd) + R"(
ENTRY e {
  x = s32[2,3,4] parameter(0)
  z = s32[] constant(0)
  r = s32[2,4] reduce(x, z), dimensions={1}, to_apply=sum
  ROOT q = s32[2] reduce(r, z), dimensions={1}, to_apply=sum
})",
                  std::string(kAdd) + R"(
ENTRY e {
  x = s32[2,3,4] parameter(0)
  z = s32[] constant(0)
  ROOT q = s32[2] reduce(x, z), dimensions={1,2}, to_apply=sum
})");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, R"(language 1

rule new-rule {
  doc     ""
  numerics exact
  given   x: T[N0, N1, N2]
  match   reduce<add>(reduce<add>(x, 0, dims=[1]), 0, dims=[1])
  to      reduce<add>(x, 0, dims=[1,2])
  test    { x: s32[2,3,4]
            reduce<add>(reduce<add>(x, 0, dims=[1]), 0, dims=[1])
            => reduce<add>(x, 0, dims=[1,2]) }
}
)");
}

TEST(RuleSkeletonTest, WhatComesOutLoadsAndHolds) {
  auto text = New(R"(
ENTRY e {
  x = f32[2,3] parameter(0)
  y = f32[2,3] parameter(1)
  c = f32[2,6] concatenate(x, y), dimensions={1}
  ROOT s = f32[2,3] slice(c), slice={[0:2], [3:6]}
})",
                  R"(
ENTRY e {
  x = f32[2,3] parameter(0)
  ROOT y = f32[2,3] parameter(1)
})");
  ASSERT_TRUE(text.ok()) << text.status();
  RuleSet set;
  ASSERT_TRUE(set.AddText("t.eqr", *text).ok()) << *text;
}

TEST(RuleSkeletonTest, AttributesOfOneNameAreOneVariable) {
  auto text = New(R"(
ENTRY e {
  x = f32[4,8] parameter(0)
  w = f32[16,8] parameter(1)
  t = f32[8,16] transpose(w), dimensions={1,0}
  ROOT d = f32[4,16] dot(x, t), lhs_contracting_dims={1}, rhs_contracting_dims={0}
})",
                  R"(
ENTRY e {
  x = f32[4,8] parameter(0)
  w = f32[16,8] parameter(1)
  ROOT d = f32[4,16] dot(x, w), lhs_contracting_dims={1}, rhs_contracting_dims={1}
})");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_NE(
      text->find("match   dot(x, transpose(w, perm=[1,0]), lhs_contract=l, rhs_contract=[0])\n"
                 "  to      dot(x, w, lhs_contract=l, rhs_contract=[1])\n"),
      std::string::npos)
      << *text;
  RuleSet set;
  ASSERT_TRUE(set.AddText("t.eqr", *text).ok()) << *text;
  const RuleReport report = TestRule(set.rules().front(), /*seed=*/1, /*runs=*/40);
  EXPECT_TRUE(report.ok()) << report.failures.front();
}

TEST(RuleSkeletonTest, WhatRulesCannotSayIsAnError) {
  constexpr char kCopy[] = "ENTRY e { x = f32[4] parameter(0) ROOT r = f32[4] copy(x) }";
  constexpr char kInstance[] = "ENTRY e { x = f32[4] parameter(0) ROOT r = f32[4] abs(x) }";
  EXPECT_FALSE(New(kCopy, kCopy).ok());
  constexpr char kRegion[] = R"(
odd { a = f32[] parameter(0)  b = f32[] parameter(1)  c = f32[] add(a, b)  ROOT d = f32[] add(c, a) }
ENTRY e {
  x = f32[4,2] parameter(0)
  z = f32[] constant(0)
  ROOT r = f32[4] reduce(x, z), dimensions={1}, to_apply=odd
})";
  constexpr char kOther[] =
      "ENTRY e { x = f32[4,2] parameter(0) s = f32[4,1] slice(x), slice={[0:4], [0:1]} ROOT r = "
      "f32[4] reshape(s) }";
  EXPECT_FALSE(New(kRegion, kOther).ok());
  EXPECT_TRUE(New(kInstance, kCopy).ok());
}

}  // namespace
}  // namespace eqsat::rules
