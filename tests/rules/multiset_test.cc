// Operators that are associative and commutative by declaration.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "rules/programs/run_program.h"

namespace eqsat::rules {
namespace {

constexpr std::string_view kSignature = R"(language 1
signature {
  add(a, b) as + associative commutative folds a + b
  mul(a, b) as * associative commutative folds a * b
  neg(a)
  x, y, z, w
}
)";

// The failures of the one case, after an error of the file if there is one.
std::vector<std::string> Failures(std::string_view rest) {
  SourceText source("ac.eqr", std::string(kSignature) + std::string(rest));
  absl::StatusOr<Program> program = ParseProgram(source);
  if (!program.ok()) return {std::string(program.status().message())};
  absl::StatusOr<std::vector<CaseReport>> reports = RunProgram(source, *program, {});
  if (!reports.ok()) return {std::string(reports.status().message())};
  return reports->at(0).failures;
}

using ::testing::Test;
const std::vector<std::string> kNone;

TEST(Multisets, OrderAndGroupingAreNoDifference) {
  EXPECT_EQ(Failures("case c { start x + (y + (z + w)) goal (w + y) + (z + x) expect nodes=5 }"),
            kNone);
}

TEST(Multisets, ElementsAreCounted) {
  EXPECT_EQ(Failures("case c { start x + x + y avoid x + y, x + y + y expect nodes=3 }"), kNone);
}

TEST(Multisets, ARuleHoldsAmongFurtherElements) {
  EXPECT_EQ(Failures("cancel: a + neg(a) => 0\nzero: a + 0 => a\n"
                     "case c { start x + y + z + neg(y) goal x + z }"),
            kNone);
}

TEST(Multisets, RestsAreMovedIntoOtherTerms) {
  EXPECT_EQ(Failures("distribute: mul(add(a, as...), bs...) => "
                     "add(mul(a, bs...), mul(add(as...), bs...))\n"
                     "case c { start (x + y + z) * w goal x * w + y * w + z * w }"),
            kNone);
  EXPECT_EQ(Failures("factor: a * b + a * c => a * (b + c)\n"
                     "case c { start x * y + w + x * z goal x * (y + z) + w }"),
            kNone);
}

TEST(Multisets, TheWholeOfANestedSumIsMatched) {
  EXPECT_EQ(Failures("r: neg(a + b) => neg(a) + neg(b)\n"
                     "case c { start neg(x + y + z) avoid neg(x) + neg(y) expect nodes=5 }"),
            kNone);
}

TEST(Multisets, SumsThatBecomeEqualAreFlattenedLater) {
  EXPECT_EQ(Failures("r: neg(neg(a)) => a\n"
                     "case c { start neg(neg(x + y)) + z goal x + y + z }"),
            kNone);
  // The sum of y and z is an atom too, since neg(w) is the same.
  EXPECT_EQ(Failures("r: neg(w) => y + z\n"
                     "case c { start x + neg(w) goal x + y + z, neg(w) + x }"),
            kNone);
}

TEST(Multisets, ConstantsFoldAmongOtherElements) {
  EXPECT_EQ(Failures("case c { start x + 1 + y + 2 goal 3 + x + y }"), kNone);
  EXPECT_EQ(Failures("case c { start 2 * 3 * 4 goal 24 }"), kNone);
}

TEST(Multisets, EqualitiesThatExpandOneAnotherEnd) {
  EXPECT_EQ(Failures("case c { start x + z assume x <=> y + w assume y <=> x + neg(w) "
                     "goal y + w + z run iterations=20, nodes=100 }"),
            kNone);
}

TEST(Multisets, MistakesHaveAPlace) {
  const std::pair<const char*, const char*> kMistakes[] = {
      {"case c { start add(x) }", "8:16: 'add' needs two operands or more"},
      {"case c { start add(x, ys...) }", "8:23: only a rule has a rest"},
      {"r: add(a, bs...) => add(a, cs...)\ncase c { start x }", "8:28: 'cs...' is not on the left"},
      {"r: add(as..., b) => b\ncase c { start x }", "'as...' comes last"},
      {"signature { f(a) associative }", "'commutative' after 'associative'"},
      {"signature { f(a) associative commutative }\ncase c { start x }", "has two operands"},
      {"signature { g(a) }\nr: add(a, bs...) => g(bs...)\ncase c { start x }", "bs"},
  };
  for (const auto& [text, message] : kMistakes) {
    std::vector<std::string> failures = Failures(text);
    ASSERT_EQ(failures.size(), 1u) << text;
    EXPECT_NE(failures[0].find(message), std::string::npos) << failures[0];
  }
}

// ---- Against rules of commutativity and associativity ----

std::string RandomTerm(std::mt19937& random, int depth) {
  static const char* const kLeaves[] = {"x", "y", "z", "w"};
  if (depth == 0 || random() % 4 == 0) return kLeaves[random() % 4];
  std::string a = RandomTerm(random, depth - 1);
  if (random() % 4 == 0) return "neg(" + a + ")";
  return "(" + a + " + " + RandomTerm(random, depth - 1) + ")";
}

// Which of the pairs a run proves.
std::vector<bool> Proved(const std::string& head, const std::vector<std::string>& terms) {
  std::vector<bool> proved;
  for (size_t i = 0; i + 1 < terms.size(); i += 2) {
    std::string text = "language 1\nsignature { add(a, b) as + " + head +
                       "double: neg(neg(a)) => a\ncancel: neg(a) + a => w\n"
                       "case c { run scheduler=none, iterations=12, nodes=20000 prove " +
                       terms[i] + " <=> " + terms[i + 1] + " }";
    SourceText source("ac.eqr", text);
    absl::StatusOr<Program> program = ParseProgram(source);
    EXPECT_TRUE(program.ok()) << program.status();
    absl::StatusOr<std::vector<CaseReport>> reports = RunProgram(source, *program, {});
    EXPECT_TRUE(reports.ok()) << reports.status();
    proved.push_back(reports->at(0).proofs == 1);
  }
  return proved;
}

TEST(Multisets, WhatAssociativityAndCommutativityProveIsProved) {
  size_t equal = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::string a = RandomTerm(random, 3);
    std::string b = RandomTerm(random, 3);
    // The second pair shares its elements: the operands of a sum are exchanged.
    std::vector<std::string> terms = {a,
                                      b,
                                      a + " + " + b,
                                      b + " + " + a,
                                      "(" + a + " + " + b + ") + z",
                                      "(z + " + b + ") + " + a};
    std::vector<bool> by_declaration =
        Proved("associative commutative  neg(a)  x, y, z, w }\n", terms);
    std::vector<bool> by_rules = Proved(
        "neg(a)  x, y, z, w }\ncommute: a + b => b + a\nassociate: a + (b + c) <=> (a + b) + c\n",
        terms);
    for (size_t i = 0; i < by_rules.size(); ++i) {
      EXPECT_TRUE(by_declaration[i] || !by_rules[i]) << terms[2 * i] << " = " << terms[2 * i + 1];
      equal += by_rules[i];
    }
  }
  EXPECT_GT(equal, 60u);
}

}  // namespace
}  // namespace eqsat::rules
