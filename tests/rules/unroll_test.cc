#include "rules/hlo/unroll.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/base/strings.h"
#include "ir/interpret/compare.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "ir/verify/verify.h"
#include "tests/rules/flat_module.h"

namespace eqsat::rules {
namespace {

// Adds row i of x, weighted by i, in a loop of `trips`; `step` is one more line of the body.
std::string RowSum(int trips, std::string_view step = "") {
  return base::StrCat(R"(HloModule m
cond { p = (s32[], f32[3], f32[8,3]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant()",
                      trips, R"()  ROOT c = pred[] compare(i, n), direction=LT }
body {
  p = (s32[], f32[3], f32[8,3]) parameter(0)
  i = s32[] get-tuple-element(p), index=0
  sum = f32[3] get-tuple-element(p), index=1
  x = f32[8,3] get-tuple-element(p), index=2
  zero = s32[] constant(0)
  row = f32[1,3] dynamic-slice(x, i, zero), dynamic_slice_sizes={1,3}
  flat = f32[3] reshape(row)
  weight = f32[] convert(i)
  weights = f32[3] broadcast(weight), dimensions={}
  term = f32[3] multiply(flat, weights)
  next = f32[3] add(sum, term)
  one = s32[] constant(1)
  j = s32[] add(i, one)
  )",
                      step, R"(
  ROOT t = (s32[], f32[3], f32[8,3]) tuple(j, next, x) }
ENTRY e { x = f32[8,3] parameter(0)  start = f32[3] parameter(1)  zero = s32[] constant(0)
  init = (s32[], f32[3], f32[8,3]) tuple(zero, start, x)
  ROOT w = (s32[], f32[3], f32[8,3]) while(init), condition=cond, body=body })");
}

size_t Loops(const ir::Module& module) {
  size_t loops = 0;
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      loops += instruction.opcode == ir::OpCode::kWhile;
  return loops;
}

void ExpectSameBits(const ir::Module& a, const ir::Module& b) {
  std::vector<ir::Literal> inputs = ir::RandomInputs(a.entry(), 7);
  auto x = ir::Evaluate(a, inputs);
  auto y = ir::Evaluate(b, inputs);
  ASSERT_TRUE(x.ok() && y.ok()) << x.status() << y.status();
  EXPECT_EQ(*x, *y);
}

TEST(UnrollTest, SpellsACountingLoopOut) {
  for (int trips : {0, 1, 5}) {
    ir::Module flat = Flat(RowSum(trips));
    auto unrolled = Unroll(flat, 200);
    ASSERT_TRUE(unrolled.ok() && unrolled->has_value()) << trips;
    EXPECT_EQ(Loops(**unrolled), 0u);
    EXPECT_TRUE(ir::Verify(**unrolled).ok());
    ExpectSameBits(flat, **unrolled);
  }
}

TEST(UnrollTest, LeavesLongLoops) {
  ir::Module flat = Flat(RowSum(8));
  auto unrolled = Unroll(flat, 50);
  ASSERT_TRUE(unrolled.ok()) << unrolled.status();
  EXPECT_FALSE(unrolled->has_value());
}

TEST(UnrollTest, LeavesLoopsWithSideEffects) {
  ir::Module flat =
      Flat(RowSum(2, "token = token[] after-all()\n  out = token[] outfeed(next, token)"));
  auto unrolled = Unroll(flat, 200);
  ASSERT_TRUE(unrolled.ok()) << unrolled.status();
  EXPECT_FALSE(unrolled->has_value());
}

TEST(UnrollTest, InnerLoopsFirst) {
  // The outer loop is too long; the inner one is not.
  ir::Module flat = Flat(R"(HloModule m
inner_cond { p = (s32[], f32[]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(3)  ROOT c = pred[] compare(i, n), direction=LT }
inner { p = (s32[], f32[]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[] get-tuple-element(p), index=1  y = f32[] tanh(x)  one = s32[] constant(1)
  j = s32[] add(i, one)  ROOT t = (s32[], f32[]) tuple(j, y) }
outer_cond { p = (s32[], f32[]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(1000)  ROOT c = pred[] compare(i, n), direction=LT }
outer { p = (s32[], f32[]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[] get-tuple-element(p), index=1  zero = s32[] constant(0)
  init = (s32[], f32[]) tuple(zero, x)
  w = (s32[], f32[]) while(init), condition=inner_cond, body=inner
  y = f32[] get-tuple-element(w), index=1  one = s32[] constant(1)
  j = s32[] add(i, one)  ROOT t = (s32[], f32[]) tuple(j, y) }
ENTRY e { x = f32[] parameter(0)  zero = s32[] constant(0)
  init = (s32[], f32[]) tuple(zero, x)
  ROOT w = (s32[], f32[]) while(init), condition=outer_cond, body=outer })");
  auto unrolled = Unroll(flat, 300);
  ASSERT_TRUE(unrolled.ok() && unrolled->has_value());
  EXPECT_EQ(Loops(flat), 2u);
  EXPECT_EQ(Loops(**unrolled), 1u);
  ExpectSameBits(flat, **unrolled);
}

}  // namespace
}  // namespace eqsat::rules
