#include "engine/extract/solve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/extract/core_search.h"
#include "engine/extract/reduction.h"
#include "engine/extract/settle.h"
#include "engine/extract/solve_top.h"
#include "tests/engine/choice_graphs.h"

namespace eqsat::engine::testing {
namespace {

using ::testing::HasSubstr;

SolveResult MustSolve(const ChoiceGraph& graph, const SolveOptions& options = {}) {
  absl::StatusOr<SolveResult> result = Solve(graph, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return *result;
}

// Two sums that each have a cheap operand of their own, and a dearer one that both can use.
TEST(ExtractSolve, SharesWhatIsDearerAlone) {
  ChoiceGraph graph =
      MakeGraph({{{1, {1, 2}}}, {{10, {}}, {0, {3}}}, {{10, {}}, {0, {3}}}, {{12, {}}}}, {0});
  SolveResult result = MustSolve(graph);
  EXPECT_EQ(result.tree_cost, 21);
  EXPECT_EQ(result.cost, 13);
  EXPECT_TRUE(result.optimal);
  EXPECT_EQ(result.lower_bound, 13);
}

TEST(ExtractSolve, TreeCostPaysForEveryUse) {
  ChoiceGraph graph = MakeGraph({{{1, {1, 1}}}, {{5, {}}}}, {0, 1});
  SolveResult result = MustSolve(graph, {.method = SolveMethod::kTree});
  EXPECT_EQ(result.tree_cost, 16);
  EXPECT_EQ(result.cost, 6);
  EXPECT_FALSE(result.optimal);
}

// Each of two classes is free given the other.
TEST(ExtractSolve, NeedsAWayOutOfACycle) {
  ChoiceGraph graph = MakeGraph({{{0, {1, 2}}}, {{0, {2}}, {7, {}}}, {{0, {1}}, {5, {}}}}, {0});
  SolveResult result = MustSolve(graph);
  EXPECT_EQ(result.cost, 5);
  EXPECT_TRUE(result.optimal);
}

TEST(ExtractSolve, ARootWithoutATermIsAnError) {
  ChoiceGraph graph = MakeGraph({{{1, {1}}}, {{1, {0}}}}, {0});
  EXPECT_THAT(std::string(Solve(graph, {}).status().message()),
              HasSubstr("no term without cycles"));
}

TEST(ExtractSolve, NegativeCostsWithCyclesAreAnError) {
  ChoiceGraph graph = MakeGraph({{{1, {1}}}, {{-1, {2}}}, {{0, {1}}, {0, {}}}}, {0});
  EXPECT_THAT(std::string(Solve(graph, {}).status().message()), HasSubstr("negative cost"));
}

// The third class is worth keeping for itself, the fourth is not.
TEST(ExtractSolve, KeepsWhatCostsLessThanNothing) {
  ChoiceGraph graph = MakeGraph(
      {{{1, {1}}, {3, {2}}, {9, {3}}}, {{1, {}}}, {{-4, {}}}, {{-1, {4}}}, {{2, {}}}}, {0});
  SolveResult result = MustSolve(graph);
  EXPECT_EQ(result.cost, -2);
  EXPECT_EQ(result.tree_cost, -1);
  EXPECT_TRUE(result.optimal);
}

// The least cover of {1..6}: a pair of triples, where taking the largest set first takes three.
TEST(ExtractSolve, CoversASetWithTheFewest) {
  TestClasses classes(1 + 6 + 4);
  std::vector<std::vector<uint32_t>> sets = {{1, 2, 4, 5}, {1, 2, 3}, {4, 5, 6}, {3, 6}};
  for (uint32_t element = 1; element <= 6; ++element) {
    if (classes[0].empty()) classes[0].push_back({0, {}});
    classes[0][0].children.push_back(element);
    for (uint32_t s = 0; s < sets.size(); ++s)
      if (std::ranges::count(sets[s], element) > 0) classes[element].push_back({0, {7 + s}});
  }
  for (uint32_t s = 0; s < sets.size(); ++s) classes[7 + s].push_back({1, {}});
  SolveResult result = MustSolve(MakeGraph(classes, {0}));
  EXPECT_EQ(result.cost, 2);
  EXPECT_TRUE(result.optimal);
}

class RandomGraphs : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Extract, RandomGraphs, ::testing::Bool());

TEST_P(RandomGraphs, AreSolvedToTheirBestCost) {
  std::mt19937 random(1);
  int solved = 0;
  for (int i = 0; i < 300; ++i) {
    ChoiceGraph graph =
        MakeGraph(RandomClasses(random, 6, 3, GetParam(), static_cast<int>(random() % 2)), {0, 1});
    if (graph.candidate_count() > 13) continue;
    double best = BestCostOfAll(graph);
    absl::StatusOr<SolveResult> result = Solve(graph, {});
    ASSERT_EQ(result.ok(), std::isfinite(best)) << i;
    if (!result.ok()) continue;
    ++solved;
    EXPECT_EQ(result->cost, best) << i;
    EXPECT_TRUE(result->optimal) << i;
    EXPECT_LE(best, MustSolve(graph, {.method = SolveMethod::kGreedy}).cost) << i;
    EXPECT_LE(best, result->tree_cost) << i;
  }
  EXPECT_GE(solved, 60);
}

TEST(ExtractSolve, NegativeRandomGraphsAreSolvedToTheirBestCost) {
  std::mt19937 random(2);
  for (int i = 0; i < 200; ++i) {
    ChoiceGraph graph = MakeGraph(RandomClasses(random, 6, 3, false, -3), {0});
    if (graph.candidate_count() > 13) continue;
    EXPECT_EQ(MustSolve(graph).cost, BestCostOfAll(graph)) << i;
  }
}

bool EveryClassHasACandidate(const ChoiceGraph& graph) {
  for (uint32_t cls = 0; cls < graph.class_count(); ++cls)
    if (graph.first_candidate[cls] == graph.first_candidate[cls + 1]) return false;
  return true;
}

// Without the reductions, which leave little of small graphs.
TEST_P(RandomGraphs, AreBoundedExactlyByCores) {
  std::mt19937 random(3);
  int solved = 0;
  for (int i = 0; i < 300; ++i) {
    ChoiceGraph graph = MakeGraph(RandomClasses(random, 6, 3, GetParam(), 0), {0});
    if (graph.candidate_count() > 13 || !EveryClassHasACandidate(graph)) continue;
    double best = BestCostOfAll(graph);
    CoreSearch search(graph, 1000);
    while (!search.ended()) search.Round(100);
    ASSERT_EQ(search.candidate().empty(), !std::isfinite(best)) << i;
    if (!std::isfinite(best)) continue;
    ++solved;
    EXPECT_EQ(SharedCost(graph, search.candidate()), best) << i;
    EXPECT_EQ(search.lower_bound(), best) << i;
  }
  EXPECT_GE(solved, 60);
}

TEST_P(RandomGraphs, ReduceWithoutLosingTheBest) {
  std::mt19937 random(4);
  for (int i = 0; i < 300; ++i) {
    ChoiceGraph graph = MakeGraph(RandomClasses(random, 6, 3, GetParam(), 0), {0});
    if (graph.candidate_count() > 13) continue;
    double best = BestCostOfAll(graph);
    Reduction reduction(graph, best);
    ASSERT_EQ(reduction.feasible(), std::isfinite(best)) << i;
    if (!reduction.feasible()) continue;
    EXPECT_LE(reduction.lower_bound(), best) << i;
    const ChoiceGraph& reduced = reduction.reduced();
    if (reduced.candidate_count() <= 13) {
      EXPECT_EQ(BestCostOfAll(reduced), best) << i;
    }
    std::vector<uint32_t> choice = Settle(reduced, {}, {}).candidate;
    EXPECT_LE(SharedCost(graph, reduction.Lift(choice)), SharedCost(reduced, choice)) << i;
  }
}

// All solutions of small graphs, in order, against trying every choice.
TEST(ExtractSolve, TheTopSolutionsAreTheCheapestOnes) {
  std::mt19937 random(6);
  for (int i = 0; i < 60; ++i) {
    ChoiceGraph graph = MakeGraph(RandomClasses(random, 6, 3, true, 0), {0});
    if (graph.candidate_count() > 12) continue;
    std::vector<double> all = CostsOfAllChoices(graph);
    absl::StatusOr<std::vector<SolveResult>> top = SolveTop(graph, all.size() + 1, {});
    ASSERT_EQ(top.ok(), !all.empty());
    if (!top.ok()) continue;
    std::vector<double> found;
    std::set<std::vector<bool>> distinct;
    for (const SolveResult& result : *top) {
      found.push_back(result.cost);
      distinct.insert(result.kept);
      EXPECT_TRUE(result.optimal);
    }
    EXPECT_EQ(found, all) << i;
    EXPECT_EQ(distinct.size(), all.size()) << i;
  }
}

// Too large to be proved at once: a budget of rounds gives the same result each time.
TEST(ExtractSolve, TheSameRoundsGiveTheSameResult) {
  std::mt19937 random(5);
  ChoiceGraph graph = MakeGraph(RandomClasses(random, 400, 8, true, 1), {0, 1, 2, 3, 4, 5, 6, 7});
  SolveOptions options{.rounds = 3};
  SolveResult first = MustSolve(graph, options);
  SolveResult second = MustSolve(graph, options);
  EXPECT_EQ(first.kept, second.kept);
  EXPECT_EQ(first.lower_bound, second.lower_bound);
  EXPECT_LE(first.lower_bound, first.cost);
}

}  // namespace
}  // namespace eqsat::engine::testing
