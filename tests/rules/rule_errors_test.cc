// Every mistake in a rule file is reported with its place, the line, a caret and what is wrong.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/rule_set.h"

namespace eqsat::rules {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(const std::string& text) {
  RuleSet rules;
  return std::string(rules.AddText("r.eqr", text).message());
}

TEST(RuleErrorsTest, TheShortFormLoads) {
  RuleSet rules;
  ASSERT_EQ(rules.AddText("r.eqr", "language 1\nadd-zero [exact]: add(x, -0) => x\n"),
            absl::OkStatus());
  ASSERT_EQ(rules.rules().size(), 1u);
  EXPECT_EQ(rules.rules()[0].rule->name, "add-zero");
  EXPECT_EQ(rules.rules()[0].rule->group, "r");
}

TEST(RuleErrorsTest, AnUnknownOpIsPointedAt) {
  EXPECT_EQ(ErrorOf("language 1\nr [exact]: addd(x, 0) => x\n"),
            "r.eqr:2:12: there is no op 'addd', did you mean 'add'?\n"
            "  r [exact]: addd(x, 0) => x\n"
            "             ^");
}

struct Case {
  std::string text;     // after the line `language 1`
  std::string place;    // line:column
  std::string message;  // a part of it
};

class BadRuleTest : public ::testing::TestWithParam<Case> {};

TEST_P(BadRuleTest, SaysWhereAndWhat) {
  std::string error = ErrorOf("language 1\n" + GetParam().text);
  EXPECT_THAT(error, StartsWith("r.eqr:" + GetParam().place + ": "));
  EXPECT_THAT(error, HasSubstr(GetParam().message));
  EXPECT_THAT(error, HasSubstr("^"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRuleTest,
    ::testing::Values(
        Case{"r [exakt]: abs(x) => x", "2:4", "did you mean 'exact'?"},
        Case{"rul r { }", "2:1", "did you mean 'rule'?"},
        Case{"rule r { mach abs(x) to x }", "2:10", "did you mean 'match'?"},
        Case{"r [exact]: abs(x) => y", "2:22", "nothing is named 'y'"},
        Case{"r [exact]: transpose(x, prm=p) => x", "2:25", "did you mean 'perm'?"},
        Case{"r [exact]: transpose(x) => x", "2:12", "needs its attribute 'perm'"},
        Case{"r [exact]: transpose(x, perm=p) => x", "2:30", "used only here"},
        Case{"r [exact]: abs(x) => x where is_flot(x)", "2:30", "did you mean 'is_float'?"},
        Case{"r [exact]: abs(x) => x where size(x)", "2:30", "size takes 2 arguments, but 1"},
        Case{"r [exact]: abs(x) => x where rank(x)", "2:30", "a condition is needed"},
        Case{"r [exact]: abs(x, y) => x", "2:12", "takes 1 operands, but 2"},
        Case{"r [exact]: x => abs(x)", "2:12", "match everything"},
        Case{"r [exact]: reduce(x, 0, dims=_) => x", "2:12", "name the computation"},
        Case{"r [exact]: reduce<sum>(x, 0, dims=_) => x", "2:12", "'sum' is no reducer"},
        Case{"r [exact]: abs(x) => x\nr [exact]: abs(x) => x", "3:1", "already"},
        Case{"r [exact]: abs(x => x", "2:18", "to close the arguments of 'abs'"},
        Case{"r [exact]: abs(\"x\") => x", "2:16", "no operand"},
        Case{"r [exact]: abs(x) => \"x", "2:22", "does not end on its line"},
        Case{"r [exact]: abs(x) => 99999999999999999999", "2:22", "out of range"},
        Case{"r [exact]: abs(x) \x01", "2:19", "byte 0x01"},
        Case{"rule r { match abs(x) to x }", "2:6", "no numerics class"},
        Case{"rule r { numerics exact given d: dims match abs(x) to x }", "2:31", "not used"},
        Case{"rule r { numerics exact given x: f23[2] match abs(x) to x }", "2:34", "is no type"},
        Case{"rule r { numerics exact match abs(x) to x test { abs(x) => x } }", "2:54",
             "nothing is named 'x'"},
        Case{"rule r { numerics exact match infeed(x) to x }", "2:31", "side effect"},
        Case{"dtypes D = { f32, g32 }", "2:19", "'g32' is no element type"},
        Case{"r [exact]: abs(x) => not x", "2:26", "a number is needed"}));

TEST(RuleErrorsTest, DeepNestingIsAnErrorAndNoCrash) {
  std::string deep = "language 1\nr [exact]: ";
  for (int i = 0; i < 100000; ++i) deep += "abs(";
  EXPECT_THAT(ErrorOf(deep), HasSubstr("nested more than 64 deep"));
  std::string types = "language 1\nr [exact]: ";
  for (int i = 0; i < 100000; ++i) types += "abs(x: perm(";
  EXPECT_THAT(ErrorOf(types), HasSubstr("nested more than 64 deep"));
  std::string minus = "language 1\nr [exact]: abs(" + std::string(100000, '-');
  EXPECT_THAT(ErrorOf(minus), HasSubstr("nested more than 64 deep"));
}

TEST(RuleErrorsTest, FunctionsThatGrowWithoutBoundAreRefused) {
  std::string text = "language 1\nfn f0(x) = x + x\n";
  for (int i = 1; i < 60; ++i) {
    std::string before = std::to_string(i - 1);
    text += "fn f" + std::to_string(i) + "(x) = f" + before + "(x) + f" + before + "(x)\n";
  }
  text += "r [exact]: abs(x) => x where f59(rank(x)) == 0\n";
  EXPECT_THAT(ErrorOf(text), HasSubstr("grows too large"));
}

TEST(RuleErrorsTest, TheLanguageVersionIsChecked) {
  EXPECT_THAT(ErrorOf("abs(x) => x"), HasSubstr("expected 'language 1'"));
  EXPECT_THAT(ErrorOf("language 2"), HasSubstr("version 2 is not known"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("the end of the file"));
}

TEST(RuleErrorsTest, LayoutAndCommentsDoNotChangeTheHash) {
  RuleSet a;
  RuleSet b;
  RuleSet c;
  ASSERT_TRUE(a.AddText("a.eqr", "language 1\nr [exact]: abs(abs(x)) => abs(x)\n").ok());
  ASSERT_TRUE(b.AddText("b.eqr", "language 1 # one\nr [exact]:\n abs(abs(x))=>abs(x)").ok());
  ASSERT_TRUE(c.AddText("c.eqr", "language 1\nr [special]: abs(abs(x)) => abs(x)\n").ok());
  EXPECT_EQ(a.Hash(), b.Hash());
  EXPECT_NE(a.Hash(), c.Hash());
}

TEST(RuleErrorsTest, AFileWithAnErrorLeavesTheSetAsItWas) {
  RuleSet rules;
  ASSERT_TRUE(rules.AddText("a.eqr", "language 1\nr [exact]: abs(abs(x)) => abs(x)\n").ok());
  std::string before = rules.Hash();
  EXPECT_FALSE(
      rules.AddText("b.eqr", "language 1\ns [exact]: abs(x) => x\nt [exact]: x => x").ok());
  EXPECT_EQ(rules.rules().size(), 1u);
  EXPECT_EQ(rules.Hash(), before);
}

TEST(RuleErrorsTest, AMissingFileIsNamed) {
  RuleSet rules;
  EXPECT_THAT(std::string(rules.AddFile("/nowhere/x.eqr").message()), HasSubstr("/nowhere/x.eqr"));
}

}  // namespace
}  // namespace eqsat::rules
