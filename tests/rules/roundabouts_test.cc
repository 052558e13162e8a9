#include "rules/hlo/roundabouts.h"

#include <gtest/gtest.h>

#include "tests/rules/flat_module.h"

namespace eqsat::rules {
namespace {

TEST(RoundaboutsTest, ABroadcastThatRepeatsNothingIsATranspose) {
  EXPECT_EQ(Roundabouts(Flat(R"(HloModule m
ENTRY e { p = f32[2,3] parameter(0)  ROOT b = f32[3,2] broadcast(p), dimensions={1,0} })")),
            1u);
  EXPECT_EQ(Roundabouts(Flat(R"(HloModule m
ENTRY e { p = f32[2,3] parameter(0)  ROOT b = f32[3,2] transpose(p), dimensions={1,0} })")),
            0u);
  EXPECT_EQ(Roundabouts(Flat(R"(HloModule m
ENTRY e { p = f32[2] parameter(0)  ROOT b = f32[2,3] broadcast(p), dimensions={0} })")),
            0u);
}

TEST(RoundaboutsTest, ADifferenceWithAConstantIsASum) {
  EXPECT_EQ(Roundabouts(Flat(R"(HloModule m
ENTRY e { p = f32[2] parameter(0)  c = f32[] constant(1)  b = f32[2] broadcast(c), dimensions={}
  d = f32[2] subtract(p, b)  ROOT r = f32[2] subtract(b, d) })")),
            1u);
}

TEST(RoundaboutsTest, APartAtAKnownPlaceIsASlice) {
  EXPECT_EQ(Roundabouts(Flat(R"(HloModule m
ENTRY e { p = f32[8] parameter(0)  i = s32[] constant(1)  j = s32[] parameter(1)
  a = f32[2] dynamic-slice(p, i), dynamic_slice_sizes={2}
  b = f32[2] dynamic-slice(p, j), dynamic_slice_sizes={2}
  ROOT s = f32[2] add(a, b) })")),
            1u);
}

}  // namespace
}  // namespace eqsat::rules
