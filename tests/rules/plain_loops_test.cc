#include "rules/hlo/plain_loops.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "ir/verify/verify.h"
#include "tests/rules/flat_module.h"

namespace eqsat::rules {
namespace {

// The plainer form, verified and equal to what `text` says on the interpreter, bit for bit.
ir::Module PlainOf(std::string_view text) {
  const ir::Module flat = Flat(text);
  absl::StatusOr<std::optional<PlainModule>> plain = PlainLoops(flat);
  EXPECT_TRUE(plain.ok()) << plain.status();
  if (!plain.ok() || !plain->has_value()) {
    ADD_FAILURE() << "nothing was found";
    return flat;
  }
  EXPECT_TRUE(ir::Verify((*plain)->module).ok()) << ir::Verify((*plain)->module);
  std::vector<ir::Literal> inputs = ir::RandomInputs(flat.entry(), 7);
  absl::StatusOr<ir::Literal> before = ir::Evaluate(flat, inputs);
  absl::StatusOr<ir::Literal> after = ir::Evaluate((*plain)->module, inputs);
  EXPECT_TRUE(before.ok() && after.ok()) << before.status() << after.status();
  if (before.ok() && after.ok()) {
    EXPECT_EQ(*before, *after);
  }
  absl::StatusOr<std::optional<PlainModule>> again = PlainLoops((*plain)->module);
  EXPECT_TRUE(again.ok() && !again->has_value()) << "what is plain is found again";
  return std::move((*plain)->module);
}

bool LoopsStay(std::string_view text) {
  absl::StatusOr<std::optional<PlainModule>> plain = PlainLoops(Flat(text));
  return plain.ok() && !plain->has_value();
}

const ir::Instruction& OnlyLoop(const ir::Module& module) {
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      if (instruction.opcode == ir::OpCode::kWhile) return instruction;
  ADD_FAILURE() << "no loop is left";
  return module.entry().instructions()[0];
}

size_t CountIn(const ir::Computation& computation, ir::OpCode opcode) {
  return static_cast<size_t>(
      std::ranges::count(computation.instructions(), opcode, &ir::Instruction::opcode));
}

TEST(PlainLoopsTest, PartsThatOnlyMakeThemselvesAreGone) {
  const ir::Module plain = PlainOf(R"(HloModule m
cond { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(5)  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[4] get-tuple-element(p), index=1  y = f32[4] get-tuple-element(p), index=2
  one = s32[] constant(1)  j = s32[] add(i, one)  u = f32[4] add(x, x)  v = f32[4] multiply(y, u)
  ROOT t = (s32[], f32[4], f32[4]) tuple(j, u, v) }
ENTRY e { a = f32[4] parameter(0)  b = f32[4] parameter(1)  z = s32[] constant(0)
  t = (s32[], f32[4], f32[4]) tuple(z, a, b)
  w = (s32[], f32[4], f32[4]) while(t), condition=cond, body=body
  ROOT r = f32[4] get-tuple-element(w), index=1 })");
  EXPECT_EQ(OnlyLoop(plain).shape.elements().size(), 2u);
}

TEST(PlainLoopsTest, KnownPartsAreConstantsInside) {
  const ir::Module plain = PlainOf(R"(HloModule m
cond { p = (s32[], s32[], f32[3]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] get-tuple-element(p), index=1  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], s32[], f32[3]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] get-tuple-element(p), index=1  x = f32[3] get-tuple-element(p), index=2
  one = s32[] constant(1)  j = s32[] add(i, one)  u = f32[3] add(x, x)
  ROOT t = (s32[], s32[], f32[3]) tuple(j, n, u) }
ENTRY e { a = f32[3] parameter(0)  z = s32[] constant(0)  n = s32[] constant(7)
  t = (s32[], s32[], f32[3]) tuple(z, n, a)
  ROOT w = (s32[], s32[], f32[3]) while(t), condition=cond, body=body })");
  const ir::Instruction& loop = OnlyLoop(plain);
  EXPECT_EQ(loop.shape.elements().size(), 2u);
  EXPECT_EQ(CountIn(plain[loop.called[0]], ir::OpCode::kConstant), 1u);
}

constexpr std::string_view kStillProduct = R"(HloModule m
cond { p = (s32[], f32[4,4], f32[4,4], f32[4]) parameter(0)
  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(100)  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[4,4], f32[4,4], f32[4]) parameter(0)
  i = s32[] get-tuple-element(p), index=0  a = f32[4,4] get-tuple-element(p), index=1
  b = f32[4,4] get-tuple-element(p), index=2  x = f32[4] get-tuple-element(p), index=3
  ab = f32[4,4] dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0}
  t = f32[4,4] tanh(ab)
  y = f32[4] dot(t, x), lhs_contracting_dims={1}, rhs_contracting_dims={0}
  one = s32[] constant(1)  j = s32[] add(i, one)
  ROOT r = (s32[], f32[4,4], f32[4,4], f32[4]) tuple(j, a, b, y) }
ENTRY e { a = f32[4,4] parameter(0)  b = f32[4,4] parameter(1)  x = f32[4] parameter(2)
  z = s32[] constant(0)  t = (s32[], f32[4,4], f32[4,4], f32[4]) tuple(z, a, b, x)
  w = (s32[], f32[4,4], f32[4,4], f32[4]) while(t), condition=cond, body=body
  y = f32[4] get-tuple-element(w), index=3  a1 = f32[4,4] get-tuple-element(w), index=1
  ROOT r = (f32[4], f32[4,4]) tuple(y, a1) })";

TEST(PlainLoopsTest, WhatDoesNotTurnIsComputedBefore) {
  const ir::Module plain = PlainOf(kStillProduct);
  const ir::Instruction& loop = OnlyLoop(plain);
  EXPECT_EQ(loop.shape.elements().size(), 3u);
  EXPECT_EQ(CountIn(plain[loop.called[1]], ir::OpCode::kDot), 1u);
  EXPECT_EQ(CountIn(plain[loop.called[1]], ir::OpCode::kTanh), 0u);
  EXPECT_EQ(CountIn(plain.entry(), ir::OpCode::kTanh), 1u);
}

TEST(PlainLoopsTest, WhatGrowsStaysInside) {
  EXPECT_TRUE(LoopsStay(R"(HloModule m
cond { p = (s32[], f32[], f32[9]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(100)  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[], f32[9]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  a = f32[] get-tuple-element(p), index=1  x = f32[9] get-tuple-element(p), index=2
  b = f32[9] broadcast(a), dimensions={}  y = f32[9] multiply(x, b)
  one = s32[] constant(1)  j = s32[] add(i, one)
  ROOT t = (s32[], f32[], f32[9]) tuple(j, a, y) }
ENTRY e { a = f32[] parameter(0)  x = f32[9] parameter(1)  z = s32[] constant(0)
  t = (s32[], f32[], f32[9]) tuple(z, a, x)
  w = (s32[], f32[], f32[9]) while(t), condition=cond, body=body
  ROOT y = f32[9] get-tuple-element(w), index=2 })"));
}

TEST(PlainLoopsTest, ALoopInALoopGivesUpItsOwnPartsFirst) {
  const ir::Module plain = PlainOf(R"(HloModule m
inner_cond { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(3)  ROOT c = pred[] compare(i, n), direction=LT }
inner { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[4] get-tuple-element(p), index=1  k = f32[4] get-tuple-element(p), index=2
  s = f32[4] sine(k)  y = f32[4] add(x, s)  one = s32[] constant(1)  j = s32[] add(i, one)
  ROOT t = (s32[], f32[4], f32[4]) tuple(j, y, k) }
cond { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(4)  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[4], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[4] get-tuple-element(p), index=1  k = f32[4] get-tuple-element(p), index=2
  z = s32[] constant(0)  t = (s32[], f32[4], f32[4]) tuple(z, x, k)
  w = (s32[], f32[4], f32[4]) while(t), condition=inner_cond, body=inner
  y = f32[4] get-tuple-element(w), index=1  one = s32[] constant(1)  j = s32[] add(i, one)
  ROOT r = (s32[], f32[4], f32[4]) tuple(j, y, k) }
ENTRY e { x = f32[4] parameter(0)  k = f32[4] parameter(1)  z = s32[] constant(0)
  t = (s32[], f32[4], f32[4]) tuple(z, x, k)
  w = (s32[], f32[4], f32[4]) while(t), condition=cond, body=body
  ROOT y = f32[4] get-tuple-element(w), index=1 })");
  EXPECT_EQ(CountIn(plain.entry(), ir::OpCode::kSine), 1u);
}

TEST(PlainLoopsTest, EffectsAndWholeStatesStay) {
  EXPECT_TRUE(LoopsStay(R"(HloModule m
cond { p = (s32[], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(5)  ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[4]) parameter(0)  i = s32[] get-tuple-element(p), index=0
  x = f32[4] get-tuple-element(p), index=1  one = s32[] constant(1)  j = s32[] add(i, one)
  y = f32[4] custom-call(x), custom_call_target="f", custom_call_has_side_effect=true
  ROOT t = (s32[], f32[4]) tuple(j, y) }
ENTRY e { a = f32[4] parameter(0)  z = s32[] constant(0)  t = (s32[], f32[4]) tuple(z, a)
  w = (s32[], f32[4]) while(t), condition=cond, body=body
  ROOT i = s32[] get-tuple-element(w), index=0 })"));
  EXPECT_TRUE(LoopsStay(R"(HloModule m
cond { p = f32[4] parameter(0)  ROOT c = pred[] constant(false) }
body { ROOT p = f32[4] parameter(0) }
ENTRY e { a = f32[4] parameter(0)  ROOT w = f32[4] while(a), condition=cond, body=body })"));
}

}  // namespace
}  // namespace eqsat::rules
