// Searching on several threads finds what one finds, in the same order, wherever hashes put nodes.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/interchange/serialize.h"
#include "engine/interchange/serialized_egraph.h"
#include "engine/saturate/for_each_index.h"
#include "engine/saturate/runner.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

// The graph with its ids, and what the rules did.
std::string Trace(const EGraph& egraph, const RunResult& result) {
  std::string text(StopReasonName(result.stop));
  for (const RuleStats& rule : result.rules)
    absl::StrAppendFormat(&text, "\n%s %d %d %d %d %d", rule.name, rule.searches, rule.matches,
                          rule.applications, rule.nodes_added, rule.times_banned);
  for (size_t i = 0; i < egraph.node_id_limit(); ++i) {
    NodeView node = egraph.node(NodeId(i));
    absl::StrAppendFormat(&text, "\n%d %d %d %d", node.op.value(), node.attrs.value(),
                          node.cls.value(), node.created_by.value());
    for (ClassId child : node.children) absl::StrAppendFormat(&text, " %d", child.value());
  }
  return text;
}

// With the graph as JSON, from the class of the first node.
std::string TraceOfBenchmark(size_t threads, const RunOptions& base, uint64_t hash_seed = 0) {
  MathLanguage math;
  EGraph egraph(&math.signature(), hash_seed);
  AddMathBenchmarkTerms(math, egraph);
  std::vector<Rewrite> rules = MathBenchmarkRules(math);
  RunOptions options = base;
  options.threads = threads;
  RunResult result = Saturate(egraph, rules, options);
  EXPECT_EQ(egraph.CheckInvariants(), absl::OkStatus());
  ClassId root = egraph.node(NodeId(size_t{0})).cls;
  auto cost = [](const NodeView&) { return 1.0; };
  return Trace(egraph, result) +
         WriteEGraphJson(Serialize(*egraph.Rebuild(), std::array{root}, cost));
}

TEST(Threads, GiveTheSameGraph) {
  RunOptions options;
  options.backoff.enabled = false;
  options.limits.iterations = 9;
  std::string one = TraceOfBenchmark(1, options);
  EXPECT_EQ(TraceOfBenchmark(2, options), one);
  EXPECT_EQ(TraceOfBenchmark(5, options), one);
}

TEST(Threads, GiveTheSameGraphWithBackOff) {
  RunOptions options;
  options.limits.iterations = 20;
  options.limits.nodes = 20000;
  EXPECT_EQ(TraceOfBenchmark(3, options), TraceOfBenchmark(1, options));
}

TEST(HashSeed, CannotBeSeen) {
  RunOptions options;
  options.backoff.enabled = false;
  options.limits.iterations = 9;
  std::string one = TraceOfBenchmark(1, options);
  for (uint64_t seed : {uint64_t{1}, 0x9E3779B97F4A7C15u})
    for (size_t threads : {1, 2}) EXPECT_EQ(TraceOfBenchmark(threads, options, seed), one);
}

// How much memory the searches hold at once depends on the threads; where they stop does not.
TEST(Threads, StopForMemoryAtTheSamePlace) {
  for (size_t bytes : {1'000'000, 2'500'000, 6'000'000}) {
    RunOptions options;
    options.backoff.enabled = false;
    options.limits.bytes = bytes;
    options.limits.iterations = 12;
    EXPECT_EQ(TraceOfBenchmark(4, options), TraceOfBenchmark(1, options)) << bytes;
  }
}

TEST(Threads, EveryIndexHasItsTurnOnce) {
  for (size_t threads : {1, 2, 7}) {
    std::vector<int> turns(1000);
    ForEachIndex(turns.size(), threads, [&](size_t i) { ++turns[i]; });
    EXPECT_EQ(turns, std::vector<int>(1000, 1));
    ForEachIndex(0, threads, [](size_t) { FAIL(); });
  }
}

}  // namespace
}  // namespace eqsat::engine::testing
