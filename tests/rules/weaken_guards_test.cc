// Conditions that a rule needs are told from those that only narrow it.

#include "rules/testing/weaken_guards.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eqsat::rules {
namespace {

using ::testing::StartsWith;

TEST(WeakenGuardsTest, EachConditionIsLeftOutInTurn) {
  RuleSet rules;
  absl::Status status = rules.AddText("r.eqr", R"(language 1
    rule reverse_of_single {
      numerics exact
      given  x: T[D...]
      match  reverse(x, dims=d)
      where  all_equal(map(dims(x), d), 1), length(d) > 0
      to     x
      test   { x: f32[1,3] reverse(x, dims=[0]) => x }
    })");
  ASSERT_TRUE(status.ok()) << status.message();
  std::vector<GuardReport> reports = WeakenGuards(rules.rules()[0], /*seed=*/1, /*runs=*/40);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_THAT(reports[0].guard, StartsWith("all_equal("));
  EXPECT_EQ(reports[0].where, "r.eqr:6:14");
  EXPECT_TRUE(reports[0].needed());
  EXPECT_EQ(reports[1].guard, "length(d) > 0");
  EXPECT_FALSE(reports[1].needed()) << reports[1].failure;
}

}  // namespace
}  // namespace eqsat::rules
