// Workloads whose exact sizes are known from other engines or in closed form.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/saturate/runner.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

TEST(MathBenchmark, EveryIterationHasTheKnownSize) {
  // Nodes, classes.
  const std::pair<size_t, size_t> expected[] = {
      {69, 50},    {118, 71},    {208, 116},   {389, 197},     {784, 361},
      {1576, 666}, {3160, 1347}, {8113, 3576}, {28303, 12445}, {136446, 58464}};
  MathLanguage math;
  EGraph egraph(&math.signature());
  AddMathBenchmarkTerms(math, egraph);
  ASSERT_TRUE(egraph.Rebuild().ok());
  EXPECT_EQ(egraph.node_count(), 35u);
  EXPECT_EQ(egraph.class_count(), 35u);
  std::vector<Rewrite> rules = MathBenchmarkRules(math);
  RunOptions options;
  options.backoff.enabled = false;
  options.limits.iterations = std::size(expected);
  options.progress = [&](const Progress& progress) {
    auto [nodes, classes] = expected[progress.iteration - 1];
    EXPECT_EQ(progress.nodes, nodes) << "iteration " << progress.iteration;
    EXPECT_EQ(progress.classes, classes) << "iteration " << progress.iteration;
  };
  RunResult result = Saturate(egraph, rules, options);
  EXPECT_EQ(result.stop, StopReason::kIterationLimit);
}

TEST(AssociativityAndCommutativity, SaturatesToTheClosedForm) {
  constexpr size_t n = 7;
  MathLanguage math;
  EGraph egraph(&math.signature());
  std::string sum = "v";
  for (size_t i = 1; i < n; ++i) sum = "(+ x" + std::string(i, 'x') + " " + sum + ")";
  math.Add(egraph, sum);
  std::vector<Rewrite> rules = {math.Rule("comm", "(+ ?a ?b)", "(+ ?b ?a)"),
                                math.Rule("assoc", "(+ ?a (+ ?b ?c))", "(+ (+ ?a ?b) ?c)")};
  RunOptions options;
  options.backoff.enabled = false;
  RunResult result = Saturate(egraph, rules, options);
  EXPECT_EQ(result.stop, StopReason::kSaturated);
  EXPECT_EQ(result.classes, (size_t{1} << n) - 1);
  EXPECT_EQ(result.nodes, n + static_cast<size_t>(std::pow(3, n)) - (size_t{1} << (n + 1)) + 1);
}

// Operands that are unordered need no rule for that, and half the nodes.
TEST(AssociativityAndCommutativity, UnorderedOperandsHalveTheNodes) {
  constexpr size_t n = 7;
  MathLanguage math(Commutativity::kUnordered);
  EGraph egraph(&math.signature());
  std::string sum = "v";
  for (size_t i = 1; i < n; ++i) sum = "(+ x" + std::string(i, 'x') + " " + sum + ")";
  math.Add(egraph, sum);
  std::vector<Rewrite> rules = {math.Rule("assoc", "(+ ?a (+ ?b ?c))", "(+ (+ ?a ?b) ?c)")};
  RunOptions options;
  options.backoff.enabled = false;
  RunResult result = Saturate(egraph, rules, options);
  EXPECT_EQ(result.stop, StopReason::kSaturated);
  EXPECT_EQ(result.classes, (size_t{1} << n) - 1);
  size_t sums = static_cast<size_t>(std::pow(3, n)) - (size_t{1} << (n + 1)) + 1;
  EXPECT_EQ(result.nodes, n + sums / 2);
}

}  // namespace
}  // namespace eqsat::engine::testing
