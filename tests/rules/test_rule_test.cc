// The rule tester passes right rules in every form and finds what is wrong with wrong ones.

#include "rules/testing/test_rule.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eqsat::rules {
namespace {

using ::testing::HasSubstr;

RuleReport Report(const std::string& rule) {
  RuleSet rules;
  absl::Status status = rules.AddText("r.eqr", "language 1\n" + rule);
  EXPECT_TRUE(status.ok()) << status.message();
  if (!status.ok()) return {};
  return TestRule(rules.rules()[0], /*seed=*/1, /*runs=*/40);
}

void ExpectHolds(const std::string& rule) {
  RuleReport report = Report(rule);
  for (const std::string& failure : report.failures) ADD_FAILURE() << rule << "\n" << failure;
  EXPECT_GT(report.compared, 0) << rule;
}

void ExpectFails(const std::string& rule, const std::string& why) {
  RuleReport report = Report(rule);
  ASSERT_FALSE(report.ok()) << rule;
  EXPECT_THAT(report.failures[0], HasSubstr(why)) << rule;
}

TEST(TestRuleTest, BlocksWithSeveralRoots) {
  ExpectHolds(R"(
    rule merge {
      numerics exact  phase explore  limit once_per_pair
      given  x: T[M, K], v: T[K, N1], w: T[K, N2]
      match  a = dot_general(x, v, lhs_contract=[1], rhs_contract=[0], ..A)
             b = dot_general(x, w, lhs_contract=[1], rhs_contract=[0], ..A)
      where  distinct(a, b), acyclic(v, b), acyclic(w, a)
      to     y = dot_general(x, concatenate(v, w, dim=1), lhs_contract=[1], rhs_contract=[0], ..A)
             a = slice(y, start=[0, 0], limit=[M, N1])
             b = slice(y, start=[0, N1], limit=[M, N1 + N2])
      test   { x: f32[8,16], v: f32[16,4], w: f32[16,12]
               (dot_general(x, v, lhs_contract=[1], rhs_contract=[0]),
                dot_general(x, w, lhs_contract=[1], rhs_contract=[0])) => fires }
    })");
}

TEST(TestRuleTest, SequencesInBothDirections) {
  ExpectHolds(R"(
    rule unary_of_parts {
      numerics exact  phase explore
      given  f: elementwise_unary, xs...: T[...]
      match  f(concatenate(xs..., dim=d), ..A)
      iff    concatenate(each x in xs: f(x, ..A), dim=d)
      test   { a: f32[2,3], b: f32[2,0]
               tanh(concatenate(a, b, dim=1)) => concatenate(tanh(a), tanh(b), dim=1) }
    })");
}

TEST(TestRuleTest, NumericsByCase) {
  ExpectHolds(R"(
    rule nested_sums {
      numerics exact when T in Int, else reassoc
      given  op: Sums, T: Real, x: T[D...], z: T[]
      match  reduce<op>(reduce<op>(x, identity(op, T), dims=d), z, dims=e)
      to     reduce<op>(x, z, dims=union(d, lift(d, e)))
      reject { x: f32[2,3], z: f32[]
               reduce<add>(reduce<max>(x, -inf, dims=[1]), z, dims=[0]) }
    }
    reducers Sums = { add, mul })");
}

TEST(TestRuleTest, BoundsThatDependOnTheInputs) {
  const std::string rule = R"(
    rule narrow_products {
      numerics approx(abs <= BOUND * dot_general(abs(a), abs(b), ..A))
      given  a: f32[P...], b: f32[Q...]
      match  dot_general(a, b, precision=default, out=f32, ..A)
      to     dot_general(convert(a, bf16), convert(b, bf16), precision=default, out=f32, ..A)
      reject { a: f32[4,4], b: f32[4,4]
               dot_general(a, b, lhs_contract=[1], rhs_contract=[0], precision=highest) }
    })";
  std::string enough = rule;
  ExpectHolds(enough.replace(enough.find("BOUND"), 5, "(2^-7 + 2^-16)"));
  std::string too_little = rule;
  ExpectFails(too_little.replace(too_little.find("BOUND"), 5, "2^-14"), "differ beyond approx");
}

TEST(TestRuleTest, FunctionsOfTheFile) {
  ExpectHolds(
      "fn after(p, q) = map(p, q)\n"
      "r [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=after(p, q))");
}

TEST(TestRuleTest, DecimalFractionsAreRoundedToTheType) {
  ExpectHolds("r [approx(2^-20)]: multiply(x: f32, 0.1) => divide(x, 10)");
  ExpectFails("r [approx]: multiply(x: s32, 0.5) => divide(x, 2)", "no random program is matched");
}

TEST(TestRuleTest, ComplexValuesRoundToo) {
  ExpectHolds("r [reassoc]: subtract(subtract(x: c64, m), n) => subtract(x, add(m, n))");
  ExpectFails("r [reassoc]: subtract(subtract(x: c64, m), n) => subtract(x, m)", "differ");
}

TEST(TestRuleTest, FindsWrongClasses) {
  ExpectFails("r [exact]: add(x: f32, 0) => x", "differ beyond exact");
  ExpectHolds("r [special]: add(x: f32, 0) => x");
  ExpectHolds("r [exact]: add(x: f32, -0) => x");
  ExpectFails("r [exact]: multiply(x: f32, 0) => 0", "differ beyond exact");
  ExpectFails("r [special]: add(add(x: f32, y), z) => add(x, add(y, z))", "differ beyond special");
  ExpectHolds("r [reassoc]: add(add(x: f32, y), z) => add(x, add(y, z))");
  ExpectFails("r [approx]: tanh(x: f32) => x", "differ beyond approx");
}

TEST(TestRuleTest, FindsWrongEquations) {
  ExpectFails("r [exact]: subtract(a, b) => subtract(b, a)", "differ beyond exact");
  ExpectFails(
      "r [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=compose(q, p))", "");
  ExpectFails("r [exact]: reverse(x, dims=_) => x", "differ beyond exact");
}

TEST(TestRuleTest, FindsWrongShapes) {
  ExpectFails("r [exact]: transpose(x, perm=_) => x", "the right side has the shape");
  ExpectFails("r [exact]: dot_general(a, b, lhs_contract=[0], rhs_contract=[0]) => multiply(a, b)",
              "");
}

TEST(TestRuleTest, FindsRulesThatSayNothing) {
  ExpectFails("r [exact]: add(x, y) => add(x, y)", "the same term");
  ExpectFails("r [exact]: abs(x) => x where rank(x) > 9", "no random program is matched");
}

TEST(TestRuleTest, FindsTestsThatGoWrong) {
  const std::string begin = "rule r { numerics exact match not(not(x)) to x ";
  ExpectHolds(begin + "test { x: pred[2] not(not(x)) => x } reject { x: pred[2] not(x) } }");
  ExpectFails(begin + "test { x: pred[2] not(x) => fires } }", "the rule does not apply");
  ExpectFails(begin + "test { x: pred[2] not(not(x)) => not(x) } }", "the stated term");
  ExpectFails(begin + "reject { x: pred[2] not(not(x)) } }", "is to be rejected");
}

}  // namespace
}  // namespace eqsat::rules
