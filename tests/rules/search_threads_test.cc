// The shipped rules find the same on one thread and on several, wherever hashes put nodes.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "engine/interchange/serialize.h"
#include "engine/saturate/runner.h"
#include "importers/hlo_text/hlo_text.h"
#include "rules/hlo/hlo_egraph.h"
#include "rules/rule_set.h"
#include "tests/rules/shipped_rules.h"

namespace eqsat::rules {
namespace {

// Layers that simplify, transpose and pad, enough of them for a search to be shared among threads.
std::string Layers(int count) {
  std::string text = "ENTRY e {\n  h0 = f32[8,8] parameter(0)\n  zero = f32[] constant(0)\n";
  for (int i = 0; i < count; ++i) {
    absl::StrAppendFormat(&text,
                          "  scale%1$d = f32[] constant(%1$d.5)\n"
                          "  fill%1$d = f32[8,8] broadcast(scale%1$d), dimensions={}\n"
                          "  none%1$d = f32[8,8] broadcast(zero), dimensions={}\n"
                          "  t%1$d = f32[8,8] transpose(h%1$d), dimensions={1,0}\n"
                          "  m%1$d = f32[8,8] multiply(t%1$d, fill%1$d)\n"
                          "  a%1$d = f32[8,8] add(m%1$d, none%1$d)\n"
                          "  flat%1$d = f32[64] reshape(a%1$d)\n"
                          "  n%1$d = f32[64] negate(flat%1$d)\n"
                          "  s%1$d = f32[64] subtract(n%1$d, flat%1$d)\n"
                          "  square%1$d = f32[8,8] reshape(s%1$d)\n"
                          "  d%1$d = f32[8,8] dot(square%1$d, t%1$d), lhs_contracting_dims={1}, "
                          "rhs_contracting_dims={0}\n"
                          "  %3$s h%2$d = f32[8,8] maximum(d%1$d, none%1$d)\n",
                          i, i + 1, i + 1 == count ? "ROOT" : "");
  }
  return text + "}\n";
}

// The graph that a search leaves, as text.
std::string Searched(const std::string& text, size_t threads, uint64_t hash_seed) {
  absl::StatusOr<ir::Module> module = importers::ParseHloText(text);
  EXPECT_TRUE(module.ok()) << module.status();
  HloTerms terms(&*module);
  auto graph = HloEGraph::Make(module->entry(), &terms, {.hash_seed = hash_seed});
  EXPECT_TRUE(graph.ok()) << graph.status();
  HloGraph parts{&terms, &(*graph)->shapes(), &(*graph)->constants(), &(*graph)->ranges()};
  RuleFaults faults;
  RuleFilter filter;
  filter.phases = {"simplify", "explore"};
  auto rewrites = Library().Compile(parts, filter, &faults);
  EXPECT_TRUE(rewrites.ok()) << rewrites.status();
  engine::RunOptions options;
  options.limits.iterations = 4;
  options.threads = threads;
  engine::RunResult result = engine::Saturate((*graph)->egraph(), *rewrites, options);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_GT(result.nodes, 2048u);
  auto view = (*graph)->egraph().Rebuild();
  EXPECT_TRUE(view.ok()) << view.status();
  auto cost = [](const engine::NodeView& node) { return 1.0 + node.created_by.value(); };
  return engine::WriteEGraphJson(engine::Serialize(*view, (*graph)->Roots(), cost));
}

TEST(SearchThreads, FindTheSameWithTheShippedRules) {
  const std::string text = Layers(120);
  const std::string one = Searched(text, 1, 0);
  EXPECT_EQ(Searched(text, 2, 0), one);
  EXPECT_EQ(Searched(text, 3, 0x9E3779B97F4A7C15u), one);
}

}  // namespace
}  // namespace eqsat::rules
