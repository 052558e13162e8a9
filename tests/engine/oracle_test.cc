// Random terms and rules: the engine against an e-graph that is as simple as it can be.
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "engine/saturate/runner.h"
#include "tests/engine/naive_graph.h"

namespace eqsat::engine::testing {
namespace {

TEST(Oracle, RandomRulesOnRandomTermsAgree) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::mt19937 random(seed);
    MathLanguage math;
    NaiveGraph naive;
    EGraph incremental(&math.signature());
    EGraph full(&math.signature());
    std::vector<std::pair<ClassId, size_t>> terms;
    for (int i = 0; i < 3; ++i) {
      Sexp term = RandomTerm(random, 4);
      size_t cls = naive.Add(term, {});
      terms.emplace_back(math.Add(incremental, term), cls);
      math.Add(full, term);
    }
    std::vector<Rewrite> rules;
    std::vector<std::pair<Sexp, Sexp>> naive_rules;
    for (const auto& [left, right] : kRules) {
      if (random() % 2) continue;
      rules.push_back(math.Rule(left, left, right));
      naive_rules.emplace_back(ParseSexp(left), ParseSexp(right));
    }
    RunOptions options;
    options.backoff.enabled = false;
    options.limits.iterations = 4;
    options.limits.nodes = 300;
    RunOptions all = options;
    all.incremental = false;
    RunResult result = Saturate(incremental, rules, options);
    RunResult searched_all = Saturate(full, rules, all);
    if (result.stop == StopReason::kNodeLimit) continue;
    for (size_t i = 0; i < result.iterations; ++i) naive.ApplyAll(naive_rules);
    EXPECT_EQ(incremental.CheckInvariants(), absl::OkStatus());
    EXPECT_EQ(searched_all.nodes, result.nodes) << "seed " << seed;
    EXPECT_EQ(naive.node_count(), result.nodes) << "seed " << seed;
    EXPECT_EQ(naive.class_count(), result.classes) << "seed " << seed;
    for (const auto& [a, naive_a] : terms)
      for (const auto& [b, naive_b] : terms)
        EXPECT_EQ(incremental.Find(a) == incremental.Find(b),
                  naive.Find(naive_a) == naive.Find(naive_b));
  }
}

}  // namespace
}  // namespace eqsat::engine::testing
