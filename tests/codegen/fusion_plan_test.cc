#include "codegen/fusion/fusion_plan.h"

#include <random>
#include <string>

#include "codegen/fusion/lowerable.h"
#include "cost_models/targets/find_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "tests/codegen/random_program.h"
#include "tests/parsed_module.h"

namespace eqsat::codegen {
namespace {

using ir::InstructionId;
using ::testing::HasSubstr;
using ::testing::Not;

const cost_models::Target& TestTarget() {
  static const auto* const kTarget =
      new cost_models::Target(*cost_models::FindTarget("cpu:x86-64"));
  return *kTarget;
}

// The plan of the entry as text, verified.
std::string PlanText(const ir::Module& module) {
  ModulePlan plan = PlanModule(module, TestTarget());
  for (const auto& [id, fusion] : plan.computations) {
    absl::Status status = VerifyPlan(module, module[id], fusion);
    EXPECT_TRUE(status.ok()) << status;
  }
  return ToString(module.entry(), plan.at(module.entry_id()));
}

std::string PlanText(std::string_view text) { return PlanText(Parse(text)); }

constexpr std::string_view kReducers = R"(
HloModule m
max { a = f32[] parameter(0) b = f32[] parameter(1) ROOT m = f32[] maximum(a, b) }
sum { a = f32[] parameter(0) b = f32[] parameter(1) ROOT s = f32[] add(a, b) }
)";

std::string WithReducers(std::string_view entry) {
  return std::string(kReducers) + std::string(entry);
}

TEST(FusionPlanTest, AChainOfElementwiseOpsIsOneKernel) {
  EXPECT_EQ(PlanText(R"(HloModule m
ENTRY e {
  p = f32[128] parameter(0)
  q = f32[128] parameter(1)
  a = f32[128] add(p, q)
  b = f32[128] exponential(a)
  ROOT c = f32[128] multiply(b, q)
})"),
            "alias: p -> p\n"
            "alias: q -> q\n"
            "kernel loop: a b c -> c\n");
}

TEST(FusionPlanTest, ScalarConstantsAndIotasAreComputedWhereTheyAreRead) {
  EXPECT_EQ(PlanText(R"(HloModule m
ENTRY e {
  p = f32[8,4] parameter(0)
  one = f32[] constant(1)
  ones = f32[8,4] broadcast(one), dimensions={}
  i = f32[8,4] iota(), iota_dimension=1
  a = f32[8,4] add(p, ones)
  ROOT b = f32[8,4] multiply(a, i)
})"),
            "alias: p -> p\n"
            "kernel loop: one ones i a b -> b\n");
}

TEST(FusionPlanTest, SoftmaxIsOneKernelOverRows) {
  EXPECT_EQ(PlanText(WithReducers(R"(
ENTRY e {
  p = f32[64,256] parameter(0)
  low = f32[] constant(-inf)
  m = f32[64] reduce(p, low), dimensions={1}, to_apply=max
  mb = f32[64,256] broadcast(m), dimensions={0}
  d = f32[64,256] subtract(p, mb)
  x = f32[64,256] exponential(d)
  zero = f32[] constant(0)
  s = f32[64] reduce(x, zero), dimensions={1}, to_apply=sum
  sb = f32[64,256] broadcast(s), dimensions={0}
  ROOT r = f32[64,256] divide(x, sb)
})")),
            "alias: p -> p\n"
            "kernel row rows=64: low m mb d x zero s sb r -> r\n");
}

TEST(FusionPlanTest, ACallWithEffectsIsPlannedThoughNothingReadsIt) {
  EXPECT_EQ(PlanText(R"(HloModule m
ENTRY e {
  p = f32[4] parameter(0)
  unread = () custom-call(p), custom_call_target="effect", custom_call_has_side_effect=true
  dead = () custom-call(p), custom_call_target="none"
  ROOT n = f32[4] negate(p)
})"),
            "alias: p -> p\n"
            "library: unread -> unread\n"
            "kernel loop: n -> n\n");
}

TEST(FusionPlanTest, AReductionOfSeveralInputsIsAKernelWithItsOperands) {
  EXPECT_EQ(PlanText(R"(HloModule m
argmax { a = f32[] parameter(0) i = s32[] parameter(1) b = f32[] parameter(2) j = s32[] parameter(3)
  c = pred[] compare(a, b), direction=GE  v = f32[] select(c, a, b)  k = s32[] select(c, i, j)
  ROOT t = (f32[], s32[]) tuple(v, k) }
ENTRY e {
  p = f32[64,256] parameter(0)
  n = f32[64,256] negate(p)
  x = s32[64,256] iota(), iota_dimension=1
  low = f32[] constant(-inf)
  zero = s32[] constant(0)
  r = (f32[64], s32[64]) reduce(n, x, low, zero), dimensions={1}, to_apply=argmax
  ROOT k = s32[64] get-tuple-element(r), index=1
})"),
            "alias: p -> p\n"
            "kernel row rows=64: n x low zero r -> r\n"
            "alias: k -> k\n");
}

TEST(FusionPlanTest, RowsMayBeSeveralDimensionsAndPassThroughReshapes) {
  std::string plan = PlanText(WithReducers(R"(
ENTRY e {
  p = f32[4,16,256] parameter(0)
  zero = f32[] constant(0)
  s = f32[4,16] reduce(p, zero), dimensions={2}, to_apply=sum
  k = f32[4,16,1] reshape(s)
  f = f32[64] reshape(k)
  b = f32[64,256] broadcast(f), dimensions={0}
  u = f32[4,16,256] reshape(b)
  ROOT r = f32[4,16,256] subtract(p, u)
})"));
  EXPECT_THAT(plan, HasSubstr("kernel row rows=64: zero s k f b u r -> r"));
}

TEST(FusionPlanTest, AReductionOverColumnsDoesNotShareAKernelWithItsBroadcast) {
  std::string plan = PlanText(WithReducers(R"(
ENTRY e {
  p = f32[64,256] parameter(0)
  zero = f32[] constant(0)
  s = f32[256] reduce(p, zero), dimensions={0}, to_apply=sum
  b = f32[64,256] broadcast(s), dimensions={1}
  ROOT r = f32[64,256] subtract(p, b)
})"));
  EXPECT_THAT(plan, HasSubstr("kernel row rows=256: zero s -> s"));
  EXPECT_THAT(plan, HasSubstr("kernel loop: b r -> r"));
}

TEST(FusionPlanTest, ARowThatIsReadTransposedIsStored) {
  std::string plan = PlanText(WithReducers(R"(
ENTRY e {
  p = f32[64,64] parameter(0)
  zero = f32[] constant(0)
  s = f32[64] reduce(p, zero), dimensions={1}, to_apply=sum
  b = f32[64,64] broadcast(s), dimensions={0}
  t = f32[64,64] transpose(b), dimensions={1,0}
  ROOT r = f32[64,64] subtract(p, t)
})"));
  EXPECT_THAT(plan, HasSubstr("kernel row rows=64: zero s -> s"));
}

TEST(FusionPlanTest, ADotTakesItsEpilogueAndMovedOperands) {
  EXPECT_EQ(PlanText(R"(HloModule m
ENTRY e {
  x = bf16[128,64] parameter(0)
  w = f32[32,64] parameter(1)
  b = f32[32] parameter(2)
  xf = f32[128,64] convert(x)
  wt = f32[64,32] transpose(w), dimensions={1,0}
  d = f32[128,32] dot(xf, wt), lhs_contracting_dims={1}, rhs_contracting_dims={0}
  bb = f32[128,32] broadcast(b), dimensions={1}
  a = f32[128,32] add(d, bb)
  ROOT t = f32[128,32] tanh(a)
})"),
            "alias: x -> x\n"
            "alias: w -> w\n"
            "alias: b -> b\n"
            "kernel contraction rows=4096: xf wt d bb a t -> t\n");
}

TEST(FusionPlanTest, OneContractionAKernelAndNoArithmeticBeforeIt) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  x = f32[128,128] parameter(0)
  t = f32[128,128] tanh(x)
  d = f32[128,128] dot(t, t), lhs_contracting_dims={1}, rhs_contracting_dims={0}
  u = f32[128,128] tanh(d)
  ROOT f = f32[128,128] dot(u, x), lhs_contracting_dims={1}, rhs_contracting_dims={0}
})");
  EXPECT_EQ(plan,
            "alias: x -> x\n"
            "kernel loop: t -> t\n"
            "kernel contraction rows=16384: d u -> u\n"
            "kernel contraction rows=16384: f -> f\n");
}

TEST(FusionPlanTest, AValueThatOthersReadTooIsAnOutput) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  x = f32[1024] parameter(0)
  t = f32[1024] tanh(x)
  u = f32[1024] exponential(t)
  ROOT r = (f32[1024], f32[1024]) tuple(t, u)
})");
  EXPECT_THAT(plan, HasSubstr("kernel loop: t u -> t u\n"));
}

TEST(FusionPlanTest, SiblingsThatReadTheSameValueShareAKernel) {
  std::string plan = PlanText(WithReducers(R"(
ENTRY e {
  x = f32[256,128] parameter(0)
  zero = f32[] constant(0)
  q = f32[256,128] multiply(x, x)
  s = f32[256] reduce(x, zero), dimensions={1}, to_apply=sum
  v = f32[256] reduce(q, zero), dimensions={1}, to_apply=sum
  ROOT r = (f32[256], f32[256]) tuple(s, v)
})"));
  EXPECT_THAT(plan, HasSubstr("kernel row rows=256: zero q s v -> s v\n"));
}

// t feeds a library op whose result meets t again: t cannot be an output of the last kernel.
TEST(FusionPlanTest, NoCycles) {
  std::string plan = PlanText(R"(HloModule m
lt { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = pred[] compare(a, b), direction=LT }
ENTRY e {
  x = f32[64] parameter(0)
  t = f32[64] tanh(x)
  s = f32[64] sort(t), dimensions={0}, to_apply=lt
  ROOT r = f32[64] add(t, s)
})");
  EXPECT_EQ(plan,
            "alias: x -> x\n"
            "kernel loop: t -> t\n"
            "library: s -> s\n"
            "kernel loop: r -> r\n");
}

TEST(FusionPlanTest, AnExpensiveValueIsNotRecomputedForEachElementOfABroadcast) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  p = f32[4096] parameter(0)
  q = f32[1024,4096] parameter(1)
  t = f32[4096] tanh(p)
  b = f32[1024,4096] broadcast(t), dimensions={1}
  ROOT r = f32[1024,4096] add(b, q)
})");
  EXPECT_THAT(plan, HasSubstr("kernel loop: t -> t\n"));
  EXPECT_THAT(plan, HasSubstr("kernel loop: b r -> r\n"));
}

TEST(FusionPlanTest, AnUpdateRunsOverTheUpdateAlone) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  buffer = f32[1024,64] parameter(0)
  u = f32[1,64] parameter(1)
  i = s32[] parameter(2)
  zero = s32[] constant(0)
  v = f32[1,64] negate(u)
  ROOT r = f32[1024,64] dynamic-update-slice(buffer, v, i, zero)
})");
  EXPECT_THAT(plan, HasSubstr("kernel update: zero v r -> r\n"));
}

TEST(FusionPlanTest, AnUpdateThatReadsItsBufferKeepsThatReadingOut) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  buffer = f32[1024,64] parameter(0)
  i = s32[] parameter(1)
  zero = s32[] constant(0)
  u = f32[1,64] dynamic-slice(buffer, i, zero), dynamic_slice_sizes={1,64}
  v = f32[1,64] negate(u)
  ROOT r = f32[1024,64] dynamic-update-slice(buffer, v, i, zero)
})");
  EXPECT_THAT(plan, HasSubstr("kernel loop: zero u -> u\n"));
  EXPECT_THAT(plan, HasSubstr("kernel update: zero v r -> r\n"));
}

TEST(FusionPlanTest, ReshapesOfStoredValuesAreViews) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  p = f32[8,16] parameter(0)
  r = f32[128] reshape(p)
  n = f32[128] negate(r)
  ROOT s = f32[4,32] reshape(n)
})");
  EXPECT_EQ(plan,
            "alias: p -> p\n"
            "alias: r -> r\n"
            "kernel loop: n -> n\n"
            "alias: s -> s\n");
}

TEST(FusionPlanTest, BitcastsBetweenTypesOfWholeBytesAreViews) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  p = f32[6] parameter(0)
  ROOT b = u8[6,4] bitcast(p)
})");
  EXPECT_EQ(plan,
            "alias: p -> p\n"
            "alias: b -> b\n");
}

TEST(FusionPlanTest, WhatCannotBeLoweredIsALibraryOp) {
  std::string plan = PlanText(R"(HloModule m
ENTRY e {
  p = c64[8] parameter(0)
  q = s4[8] parameter(1)
  n = c64[8] negate(p)
  m = s4[8] negate(q)
  f = f32[8] custom-call(n), custom_call_target="foo"
  ROOT t = (c64[8], s4[8], f32[8]) tuple(n, m, f)
})");
  EXPECT_THAT(plan, HasSubstr("library: n -> n\n"));
  EXPECT_THAT(plan, HasSubstr("library: m -> m\n"));
  EXPECT_THAT(plan, HasSubstr("library: f -> f\n"));
  EXPECT_THAT(plan, Not(HasSubstr("kernel")));
}

TEST(FusionPlanTest, LoopsHavePlansOfTheirOwn) {
  ir::Module module = Parse(R"(HloModule m
cond { p = (s32[], f32[8]) parameter(0) i = s32[] get-tuple-element(p), index=0
       n = s32[] constant(5) ROOT c = pred[] compare(i, n), direction=LT }
body { p = (s32[], f32[8]) parameter(0) i = s32[] get-tuple-element(p), index=0
       x = f32[8] get-tuple-element(p), index=1 one = s32[] constant(1)
       j = s32[] add(i, one) y = f32[8] tanh(x) ROOT t = (s32[], f32[8]) tuple(j, y) }
ENTRY e {
  x = f32[8] parameter(0)
  z = s32[] constant(0)
  init = (s32[], f32[8]) tuple(z, x)
  ROOT w = (s32[], f32[8]) while(init), condition=cond, body=body
})");
  EXPECT_THAT(PlanText(module), HasSubstr("control: w -> w\n"));
  EXPECT_EQ(PlanModule(module, TestTarget()).computations.size(), 3);
}

TEST(FusionPlanTest, LimitsHold) {
  std::string text = "HloModule m\nENTRY e {\n";
  constexpr int kInputs = 80;
  for (int i = 0; i < kInputs; ++i)
    base::StrAppend(&text, "p", i, " = f32[4096] parameter(", i, ")\n");
  text += "a0 = f32[4096] tanh(p0)\n";
  for (int i = 1; i < kInputs; ++i) {
    base::StrAppend(&text, i + 1 == kInputs ? "ROOT " : "", "a", i, " = f32[4096] add(a", i - 1,
                    ", p", i, ")\n");
  }
  ir::Module module = Parse(text + "}");
  const FusionLimits limits{.max_members = 20, .max_inputs = 10, .max_outputs = 4};
  FusionPlan plan = PlanComputation(module, module.entry(), TestTarget(), limits);
  EXPECT_TRUE(VerifyPlan(module, module.entry(), plan).ok());
  for (const FusionGroup& group : plan.groups) {
    EXPECT_LE(group.members.size(), 20u);
    EXPECT_LE(group.inputs.size(), 10u);
  }
}

// Each stage reads the one before at two index maps: inlining all of them would double the code at
// each stage.
TEST(FusionPlanTest, ChainsOfShiftedReadingsDoNotMultiply) {
  std::string text = "HloModule m\nENTRY e {\n a0 = f32[256] parameter(0)\n";
  for (int i = 0; i < 24; ++i) {
    base::StrAppend(&text, "l", i, " = f32[128] slice(a", i, "), slice={[0:128]}\n");
    base::StrAppend(&text, "h", i, " = f32[128] slice(a", i, "), slice={[128:256]}\n");
    base::StrAppend(&text, "n", i, " = f32[128] negate(h", i, ")\n");
    base::StrAppend(&text, "c", i, " = f32[256] concatenate(n", i, ", l", i, "), dimensions={0}\n");
    base::StrAppend(&text, i == 23 ? "ROOT " : "", "a", i + 1, " = f32[256] add(c", i, ", a", i,
                    ")\n");
  }
  ir::Module module = Parse(text + "}");
  FusionPlan plan = PlanComputation(module, module.entry(), TestTarget());
  EXPECT_TRUE(VerifyPlan(module, module.entry(), plan).ok());
  EXPECT_GE(plan.groups.size(), 8u);
}

TEST(FusionPlanTest, RandomProgramsGetValidAndEqualPlans) {
  std::mt19937 random(7);
  for (int run = 0; run < 150; ++run) {
    std::string text = RandomProgram(random, 4 + run % 60);
    ir::Module module = Parse(text);
    ASSERT_EQ(PlanText(module), PlanText(module));
    if (testing::Test::HasFailure()) FAIL() << text;
  }
}

}  // namespace
}  // namespace eqsat::codegen
