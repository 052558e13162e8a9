#include "rules/testing/program_inputs.h"
#include "tests/parsed_module.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace eqsat::rules {
namespace {

bool AllWithin(const ir::Literal& literal, int64_t low, int64_t high) {
  for (int64_t i = 0; i < literal.shape().ElementCount(); ++i)
    if (literal.AsInt64(i) < low || literal.AsInt64(i) > high) return false;
  return true;
}

bool AnyNaN(const ir::Literal& literal) {
  for (int64_t i = 0; i < literal.shape().ElementCount(); ++i)
    if (std::isnan(literal.AsDouble(i))) return true;
  return false;
}

constexpr std::string_view kFree = R"(
ENTRY e {
  f = f32[200] parameter(0)
  i = s32[200] parameter(1)
  ROOT t = (f32[200], s32[200]) tuple(f, i)
})";

TEST(ProgramInputsTest, ExtremesAreAmongThem) {
  const ir::Module module = Parse(kFree);
  const auto inputs = ProgramInputs(module, 1, Numerics::kExact);
  EXPECT_TRUE(AnyNaN(inputs[0]));
  EXPECT_FALSE(AllWithin(inputs[1], -1000, 1000));
  const auto ordinary = ProgramInputs(module, 1, Numerics::kReassoc);
  EXPECT_FALSE(AnyNaN(ordinary[0]));
  EXPECT_FALSE(AllWithin(ordinary[1], -1000, 1000));
}

TEST(ProgramInputsTest, DependOnTheSeedAlone) {
  const ir::Module module = Parse(kFree);
  auto bytes = [&](uint64_t seed) {
    const auto inputs = ProgramInputs(module, seed, Numerics::kExact);
    return std::vector<uint8_t>(inputs[1].bytes().begin(), inputs[1].bytes().end());
  };
  EXPECT_EQ(bytes(3), bytes(3));
  EXPECT_NE(bytes(3), bytes(4));
}

TEST(ProgramInputsTest, IndicesAreSmallWhereverTheyPass) {
  const ir::Module module = Parse(R"(
inner {
  a = f32[8] parameter(0)
  i = s32[] parameter(1)
  ROOT s = f32[2] dynamic-slice(a, i), dynamic_slice_sizes={2}
}
ENTRY e {
  a = f32[8] parameter(0)
  i = s32[100] parameter(1)
  one = s32[100] parameter(2)
  sum = s32[100] add(i, one)
  part = s32[1] slice(sum), slice={[7:8]}
  start = s32[] reshape(part)
  ROOT c = f32[2] call(a, start), to_apply=inner
})");
  const auto inputs = ProgramInputs(module, 1, Numerics::kExact);
  EXPECT_TRUE(AllWithin(inputs[1], 0, 7));
  EXPECT_TRUE(AllWithin(inputs[2], 0, 7));
  const auto any = ProgramInputs(module, 1, Numerics::kExact, Bounds::kIgnored);
  EXPECT_FALSE(AllWithin(any[1], -1000, 1000));
}

TEST(ProgramInputsTest, WhatALoopSeesIsOrdinary) {
  const ir::Module module = Parse(R"(
less {
  s = (s32[], f32[300]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  n = s32[] constant(3)
  ROOT c = pred[] compare(i, n), direction=LT
}
step {
  s = (s32[], f32[300]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  x = f32[300] get-tuple-element(s), index=1
  one = s32[] constant(1)
  j = s32[] add(i, one)
  ROOT t = (s32[], f32[300]) tuple(j, x)
}
ENTRY e {
  i = s32[] parameter(0)
  x = f32[300] parameter(1)
  t = (s32[], f32[300]) tuple(i, x)
  ROOT w = (s32[], f32[300]) while(t), condition=less, body=step
})");
  for (uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_TRUE(AllWithin(ProgramInputs(module, seed, Numerics::kExact)[0], 0, 7));
  EXPECT_FALSE(AnyNaN(ProgramInputs(module, 1, Numerics::kExact)[1]));
}

TEST(ProgramInputsTest, IntegersThatBecomeFloatsAreSmallWhereSumsMayBeReordered) {
  const ir::Module module = Parse(R"(
ENTRY e {
  i = s32[200] parameter(0)
  ROOT f = f32[200] convert(i)
})");
  EXPECT_TRUE(AllWithin(ProgramInputs(module, 1, Numerics::kReassoc)[0], 0, 7));
  EXPECT_FALSE(AllWithin(ProgramInputs(module, 1, Numerics::kExact)[0], -1000, 1000));
}

}  // namespace
}  // namespace eqsat::rules
