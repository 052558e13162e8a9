#include <cmath>
#include <string>

#include "codegen/fusion/program_cost.h"
#include "cost_models/targets/find_target.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "ir/graph/trip_count.h"
#include "tests/parsed_module.h"

namespace eqsat::codegen {
namespace {

cost_models::Target Find(std::string_view name) {
  auto target = cost_models::FindTarget(name);
  EXPECT_TRUE(target.ok()) << target.status();
  return *std::move(target);
}

ProgramCost Cost(std::string_view text, std::string_view target_name = "amdgpu:gfx942") {
  ir::Module module = Parse(text);
  const cost_models::Target target = Find(target_name);
  return PredictProgram(module, PlanModule(module, target), target);
}

// A loop whose counter goes from `start` while `i direction bound`, by `step`.
std::string Loop(std::string_view start, std::string_view direction, std::string_view bound,
                 std::string_view step) {
  return base::StrCat(R"(HloModule m
cond { p = (s32[], f32[4096]) parameter(0) i = s32[] get-tuple-element(p), index=0
       n = s32[] constant()",
                      bound, ") ROOT c = pred[] compare(i, n), direction=", direction, R"( }
body { p = (s32[], f32[4096]) parameter(0) i = s32[] get-tuple-element(p), index=0
       x = f32[4096] get-tuple-element(p), index=1 one = s32[] constant()",
                      step, R"()
       j = s32[] add(one, i) y = f32[4096] tanh(x)
       ROOT t = (s32[], f32[4096]) tuple(j, y) }
ENTRY e { x = f32[4096] parameter(0) z = s32[] constant()",
                      start, R"()
  init = (s32[], f32[4096]) tuple(z, x)
  ROOT w = (s32[], f32[4096]) while(init), condition=cond, body=body })");
}

std::optional<int64_t> Trips(const std::string& text) {
  ir::Module module = Parse(text);
  return ir::TripCount(module, module.entry(), module.entry()[module.entry().root()]);
}

TEST(TripCountTest, CountingLoops) {
  EXPECT_EQ(Trips(Loop("0", "LT", "10", "1")), 10);
  EXPECT_EQ(Trips(Loop("0", "LE", "10", "1")), 11);
  EXPECT_EQ(Trips(Loop("3", "LT", "10", "2")), 4);
  EXPECT_EQ(Trips(Loop("10", "GT", "0", "-3")), 4);
  EXPECT_EQ(Trips(Loop("10", "GE", "0", "-5")), 3);
  EXPECT_EQ(Trips(Loop("0", "NE", "12", "4")), 3);
  EXPECT_EQ(Trips(Loop("7", "LT", "3", "1")), 0);
}

TEST(TripCountTest, OtherLoopsAreUnknown) {
  EXPECT_EQ(Trips(Loop("0", "LT", "10", "-1")), std::nullopt);
  EXPECT_EQ(Trips(Loop("0", "NE", "10", "3")), std::nullopt);
  EXPECT_EQ(Trips(Loop("0", "EQ", "10", "1")), std::nullopt);
  EXPECT_EQ(Trips(Loop("0", "LT", "10", "0")), std::nullopt);
}

TEST(ProgramCostTest, LoopsCountTheirIterations) {
  ProgramCost ten = Cost(Loop("0", "LT", "10", "1"));
  ProgramCost hundred = Cost(Loop("0", "LT", "100", "1"));
  EXPECT_NEAR(hundred.seconds / ten.seconds, 10, 1e-6);
  EXPECT_EQ(ten.loops_of_unknown_length, 0);
  ProgramCost unknown = Cost(Loop("0", "NE", "10", "3"));
  EXPECT_EQ(unknown.loops_of_unknown_length, 1);
  EXPECT_NEAR(unknown.seconds, ten.seconds, 1e-12);
}

// 2·M·N·K flops, both operands and the result once.
TEST(ProgramCostTest, ADotCountsFlopsAndBytesOnce) {
  ProgramCost cost = Cost(R"(HloModule m
ENTRY e { x = f32[256,512] parameter(0) y = f32[512,128] parameter(1)
  ROOT d = f32[256,128] dot(x, y), lhs_contracting_dims={1}, rhs_contracting_dims={0} })");
  EXPECT_DOUBLE_EQ(cost.flops, 2.0 * 256 * 512 * 128);
  EXPECT_DOUBLE_EQ(cost.bytes, 4.0 * (256 * 512 + 512 * 128 + 256 * 128));
  EXPECT_EQ(cost.launches, 1);
}

TEST(ProgramCostTest, WhatIsInsideAKernelMovesNoBytes) {
  ProgramCost cost = Cost(R"(HloModule m
ENTRY e { x = f32[4096] parameter(0) a = f32[4096] negate(x) b = f32[4096] abs(a)
  ROOT c = f32[4096] add(b, x) })");
  EXPECT_DOUBLE_EQ(cost.bytes, 2.0 * 4 * 4096);
  EXPECT_DOUBLE_EQ(cost.flops, 3.0 * 4096);
}

TEST(ProgramCostTest, AGatherReadsItsRowsAlone) {
  ProgramCost cost = Cost(R"(HloModule m
ENTRY e { table = f32[100000,64] parameter(0) i = s32[8,1] parameter(1)
  ROOT g = f32[8,64] gather(table, i), offset_dims={1}, collapsed_slice_dims={0},
    start_index_map={0}, index_vector_dim=1, slice_sizes={1,64} })");
  EXPECT_LT(cost.bytes, 10000);
  EXPECT_GE(cost.bytes, 2.0 * 8 * 64 * 4);
}

TEST(ProgramCostTest, AWindowOfOneElementCostsMoreThanTheElementItself) {
  const double window = Cost(R"(
add { a = f32[] parameter(0) b = f32[] parameter(1) ROOT s = f32[] add(a, b) }
ENTRY e { x = f32[16,32] parameter(0) z = f32[] constant(0)
  ROOT w = f32[16,32] reduce-window(x, z), window={size=1x1}, to_apply=add })",
                             "cpu:x86-64")
                            .seconds;
  const double sum = Cost(R"(ENTRY e { x = f32[16,32] parameter(0) z = f32[] constant(0)
  b = f32[16,32] broadcast(z), dimensions={} ROOT s = f32[16,32] add(x, b) })",
                          "cpu:x86-64")
                         .seconds;
  EXPECT_LT(sum, window);
}

TEST(ProgramCostTest, AnElementIsFoundSoonerInAnArrayOfFewerDimensions) {
  const double four = Cost(R"(ENTRY e { x = f32[10,20,30,40] parameter(0)
  ROOT t = f32[30,40,10,20] transpose(x), dimensions={2,3,0,1} })",
                           "cpu:x86-64")
                          .seconds;
  const double two = Cost(R"(ENTRY e { x = f32[200,1200] parameter(0)
  ROOT t = f32[1200,200] transpose(x), dimensions={1,0} })",
                          "cpu:x86-64")
                         .seconds;
  EXPECT_LT(two, four);
}

TEST(ProgramCostTest, NothingToRunCostsNothing) {
  ProgramCost cost = Cost("HloModule m\nENTRY e { ROOT x = f32[4096] parameter(0) }");
  EXPECT_EQ(cost.seconds, 0);
  EXPECT_TRUE(cost.groups.empty());
}

TEST(ProgramCostTest, EveryTargetGivesAFinitePositiveTime) {
  auto targets = cost_models::AllTargets();
  ASSERT_TRUE(targets.ok()) << targets.status();
  ir::Module module = Parse(Loop("0", "LT", "2000000000", "1"));
  for (const cost_models::Target& target : *targets) {
    double seconds = PredictProgram(module, PlanModule(module, target), target).seconds;
    EXPECT_TRUE(std::isfinite(seconds) && seconds > 0) << target.name;
  }
}

TEST(ProgramCostTest, SharedBodiesArePricedOnceAndCountedTwice) {
  std::string text = Loop("0", "LT", "10", "1");
  const std::string second =
      "  v = (s32[], f32[4096]) while(init), condition=cond, body=body\n  ROOT w = ";
  const std::string once = "ROOT w = ";
  const size_t at = text.rfind(once);
  std::string twice = text;
  twice.replace(at, once.size(), second);
  const size_t root = twice.rfind("while(init)");
  twice.replace(root, std::string("while(init)").size(), "while(v)");
  ProgramCost a = Cost(text);
  ProgramCost b = Cost(twice);
  EXPECT_EQ(a.groups.size(), b.groups.size());
  // The second loop's counter starts where the first ended, which is not read off it.
  EXPECT_EQ(b.loops_of_unknown_length, 1);
  EXPECT_NEAR(b.seconds, 2 * a.seconds, 1e-12);
}

}  // namespace
}  // namespace eqsat::codegen
