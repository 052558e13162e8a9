// Which rules must be looked at again when more becomes known of the classes in a match.
#include "rules/compile/facts_read.h"

#include <gtest/gtest.h>

#include <string>

#include "rules/rule_set.h"

namespace eqsat::rules {
namespace {

// Of the one rule in a text, in its first direction.
bool Reads(const std::string& rule) {
  RuleSet set;
  absl::Status status = set.AddText("r.eqr", "language 1\n" + rule);
  EXPECT_TRUE(status.ok()) << status;
  if (set.rules().size() != 1) return false;
  const Rule& compiled = *set.rules()[0].rule;
  return ReadsChangingFacts(compiled, compiled.directions[0]);
}

TEST(ReadsChangingFacts, NotOfNodesAttributesAndShapes) {
  EXPECT_FALSE(Reads("a [exact]: negate(negate(x)) => x"));
  EXPECT_FALSE(Reads("a [exact]: transpose(x, perm=p) => x where is_identity(p)"));
  EXPECT_FALSE(
      Reads("a [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=compose(p, "
            "q))"));
  EXPECT_FALSE(Reads("a [exact]: reshape(x, shape=s) => x where s == dims(x)"));
}

TEST(ReadsChangingFacts, OfValuesWhereverTheyAreAskedFor) {
  // As a number on the left, in a guard, in a `let`, and in a condition on the numerics class.
  EXPECT_TRUE(Reads("a [exact]: multiply(x, 1) => x"));
  EXPECT_TRUE(Reads("a [exact]: minimum(x, c) => x where is_highest(c)"));
  EXPECT_TRUE(
      Reads("a [exact]: remainder(x: Int, c) => x\n"
            "  where lower_bound(x) >= 0, upper_bound(x) < lower_bound(c)"));
  EXPECT_TRUE(Reads("a [exact when never_nan(x), else special]: subtract(x, x) => 0"));
}

// A number on the right is made of the match alone.
TEST(ReadsChangingFacts, NotOfANumberThatIsBuilt) {
  EXPECT_FALSE(Reads("a [special]: subtract(x, x) => 0"));
  EXPECT_FALSE(Reads("a [exact]: negate(x: Int) => subtract(0, x)"));
}

}  // namespace
}  // namespace eqsat::rules
