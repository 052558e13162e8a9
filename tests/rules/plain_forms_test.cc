#include "rules/hlo/plain_forms.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "ir/verify/verify.h"
#include "tests/rules/flat_module.h"

namespace eqsat::rules {
namespace {

size_t CountOf(const ir::Module& module, ir::OpCode opcode) {
  size_t count = 0;
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      count += instruction.opcode == opcode;
  return count;
}

// The plainer form, verified and equal to `flat` on the interpreter, bit for bit.
ir::Module PlainOf(const ir::Module& flat) {
  absl::StatusOr<std::optional<PlainModule>> plain = PlainForms(flat);
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
  return std::move((*plain)->module);
}

bool StaysAsItIs(std::string_view text) {
  absl::StatusOr<std::optional<PlainModule>> plain = PlainForms(Flat(text));
  return plain.ok() && !plain->has_value();
}

constexpr std::string_view kTupleOfOne = R"(HloModule m
fn { a = f32[] parameter(0)  b = f32[] parameter(1)  s = f32[] add(a, b)  ROOT t = (f32[]) tuple(s) }
ENTRY e { x = f32[4,3] parameter(0)  z = f32[] parameter(1)
  ROOT r = (f32[3]) reduce(x, z), dimensions={0}, to_apply=fn })";

TEST(PlainFormsTest, AReductionToATupleOfOneIsAnArrays) {
  const ir::Module plain = PlainOf(Flat(kTupleOfOne));
  for (const ir::Instruction& instruction : plain.entry().instructions())
    EXPECT_TRUE(instruction.opcode != ir::OpCode::kReduce || instruction.shape.IsArray());
}

TEST(PlainFormsTest, SoIsAWindow) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
fn { a = s32[] parameter(0)  b = s32[] parameter(1)  s = s32[] multiply(a, b)
  ROOT t = (s32[]) tuple(s) }
ENTRY e { x = s32[6] parameter(0)  z = s32[] parameter(1)
  r = (s32[5]) reduce-window(x, z), window={size=2}, to_apply=fn
  ROOT y = s32[5] get-tuple-element(r), index=0 })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kReduceWindow), 1u);
}

TEST(PlainFormsTest, ArraysWithoutElementsAreConstants) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
less { a = s16[] parameter(0)  b = s16[] parameter(1)  c = s32[] parameter(2)  d = s32[] parameter(3)
  ROOT l = pred[] compare(a, b), direction=LT }
ENTRY e { k = s16[0] parameter(0)  i = s32[0] iota(), iota_dimension=0
  s = (s16[0], s32[0]) sort(k, i), dimensions={0}, to_apply=less
  ROOT v = s32[0] get-tuple-element(s), index=1 })"));
  EXPECT_EQ(plain.entry().size(), 2u);
  EXPECT_TRUE(StaysAsItIs("HloModule m\nENTRY e { ROOT p = f32[0] parameter(0) }"));
}

TEST(PlainFormsTest, WhatHasOneOrderIsSorted) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT l = pred[] compare(a, b), direction=LT }
both { a = f32[] parameter(0)  b = f32[] parameter(1)  c = s32[] parameter(2)  d = s32[] parameter(3)
  ROOT l = pred[] compare(a, b), direction=LT }
ENTRY e { x = f32[1,5] parameter(0)  i = s32[1,5] parameter(1)  y = f32[] parameter(2)
  c = f32[7] broadcast(y), dimensions={}
  s = (f32[1,5], s32[1,5]) sort(x, i), dimensions={0}, to_apply=both
  t = f32[7] sort(c), dimensions={0}, to_apply=less
  u = f32[1,5] get-tuple-element(s), index=0
  ROOT r = (f32[1,5], f32[7]) tuple(u, t) })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kSort), 0u);
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT l = pred[] compare(a, b), direction=LT }
ENTRY e { x = f32[5] parameter(0)  ROOT s = f32[5] sort(x), dimensions={0}, to_apply=less })"));
}

TEST(PlainFormsTest, MapsOfElementwiseFunctionsAreThoseOfArrays) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
f { a = f32[] parameter(0)  b = f32[] parameter(1)  two = f32[] constant(2)
  s = f32[] add(a, b)  p = pred[] compare(s, two), direction=LT
  ROOT r = f32[] select(p, s, two) }
ENTRY e { x = f32[2,3] parameter(0)  y = f32[2,3] parameter(1)
  ROOT m = f32[2,3] map(x, y), dimensions={0,1}, to_apply=f })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kMap), 0u);
}

TEST(PlainFormsTest, SoAreFoldsOfOneElementEachAndScattersOfWholeArrays) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
both { a = f32[] parameter(0)  i = s32[] parameter(1)  b = f32[] parameter(2)  j = s32[] parameter(3)
  m = f32[] maximum(a, b)  s = s32[] subtract(i, j)  ROOT t = (f32[], s32[]) tuple(m, s) }
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT d = f32[] subtract(a, b) }
ENTRY e { x = f32[1,5] parameter(0)  i = s32[1,5] parameter(1)  z = f32[] parameter(2)
  w = s32[] parameter(3)  u = f32[1,5] parameter(4)  none = s32[0] constant({})
  r = (f32[5], s32[5]) reduce(x, i, z, w), dimensions={0}, to_apply=both
  s = f32[1,5] scatter(x, none, u), update_window_dims={0,1}, inserted_window_dims={},
    scatter_dims_to_operand_dims={}, index_vector_dim=0, to_apply=less
  ROOT t = ((f32[5], s32[5]), f32[1,5]) tuple(r, s) })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kReduce), 0u);
  EXPECT_EQ(CountOf(plain, ir::OpCode::kScatter), 0u);
}

TEST(PlainFormsTest, EffectsOnNothingStay) {
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
ENTRY e { p = f32[0] parameter(0)
  ROOT c = f32[0] custom-call(p), custom_call_target="f", custom_call_has_side_effect=true })"));
}

TEST(PlainFormsTest, SizesThatAreKnownAreConstants) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
ENTRY e { p = f32[4,3] parameter(0)  ROOT n = s32[] get-dimension-size(p), dimensions={1} })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kGetDimensionSize), 0u);
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
ENTRY e { p = f32[<=4] parameter(0)  ROOT n = s32[] get-dimension-size(p), dimensions={0} })"));
}

TEST(PlainFormsTest, SmallConstantsHaveTheShapeThatIsAskedFor) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
ENTRY e { c = s32[2,2] constant({{1, 2}, {3, 4}})  ROOT r = s32[4] reshape(c) })"));
  EXPECT_EQ(plain.entry().size(), 1u);
}

TEST(PlainFormsTest, WhatChangesNothingIsGoneWhateverTheSize) {
  absl::StatusOr<std::optional<PlainModule>> plain = PlainForms(Flat(R"(HloModule m
ENTRY e { p = s16[?,32] parameter(0)  c = s16[?,32] convert(p)
  ROOT j = s16[?,32] concatenate(c), dimensions={0} })"));
  ASSERT_TRUE(plain.ok() && plain->has_value()) << plain.status();
  EXPECT_EQ((*plain)->module.entry().size(), 1u);
}

TEST(PlainFormsTest, ReductionsOfNothingAreTheirInitialValues) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
fn { a = f32[] parameter(0)  b = s32[] parameter(1)  c = f32[] parameter(2)  d = s32[] parameter(3)
  s = f32[] add(a, c)  p = s32[] multiply(b, d)  ROOT t = (f32[], s32[]) tuple(s, p) }
ENTRY e { x = f32[0,3] parameter(0)  y = s32[0,3] parameter(1)
  v = f32[] parameter(2)  w = s32[] parameter(3)
  ROOT r = (f32[3], s32[3]) reduce(x, y, v, w), dimensions={0}, to_apply=fn })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kReduce), 0u);
}

TEST(PlainFormsTest, BarriersKeepWhatIsReadBehindThem) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
ENTRY e { x = f32[4] parameter(0)  y = s32[4] parameter(1)  n = f32[4] negate(x)
  t = (f32[4], s32[4], f32[4]) tuple(x, y, n)
  b = (f32[4], s32[4], f32[4]) opt-barrier(t)
  p = s32[4] get-tuple-element(b), index=1
  q = f32[4] get-tuple-element(b), index=0
  ROOT r = (s32[4], f32[4]) tuple(p, q) })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kOptBarrier), 1u);
  EXPECT_EQ(CountOf(plain, ir::OpCode::kNegate), 0u);
}

TEST(PlainFormsTest, BarriersThatAreReadAsAWholeStay) {
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
ENTRY e { x = f32[4] parameter(0)  y = s32[4] parameter(1)  t = (f32[4], s32[4]) tuple(x, y)
  b = (f32[4], s32[4]) opt-barrier(t)  p = s32[4] get-tuple-element(b), index=1
  ROOT r = ((f32[4], s32[4]), s32[4]) tuple(b, p) })"));
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
ENTRY e { x = f32[4] parameter(0)  t = (f32[4], f32[4]) tuple(x, x)
  ROOT b = (f32[4], f32[4]) opt-barrier(t) })"));
}

TEST(PlainFormsTest, LoopsThatNeverTurnAreTheirOperand) {
  const ir::Module plain = PlainOf(Flat(R"(HloModule m
c { p = (f32[4], s32[]) parameter(0)  ROOT f = pred[] constant(false) }
b { p = (f32[4], s32[]) parameter(0)  x = f32[4] get-tuple-element(p), index=0
  y = s32[] get-tuple-element(p), index=1  n = f32[4] negate(x)
  ROOT t = (f32[4], s32[]) tuple(n, y) }
ENTRY e { x = f32[4] parameter(0)  y = s32[] parameter(1)  t = (f32[4], s32[]) tuple(x, y)
  w = (f32[4], s32[]) while(t), condition=c, body=b
  ROOT r = f32[4] get-tuple-element(w), index=0 })"));
  EXPECT_EQ(CountOf(plain, ir::OpCode::kWhile), 0u);
}

TEST(PlainFormsTest, WhatWaitsForAnotherStays) {
  EXPECT_TRUE(StaysAsItIs(R"(HloModule m
c { p = f32[4] parameter(0)  ROOT f = pred[] constant(false) }
b { p = f32[4] parameter(0)  ROOT n = f32[4] negate(p) }
ENTRY e { x = f32[4] parameter(0)  o = token[] after-all()  f = token[] outfeed(x, o)
  ROOT w = f32[4] while(x), condition=c, body=b, control-predecessors={f} })"));
}

TEST(PlainFormsTest, KnownBranchesAreTaken) {
  constexpr std::string_view kBranches = R"(HloModule m
a { x = f32[4] parameter(0)  ROOT n = f32[4] negate(x) }
b { x = f32[4] parameter(0)  ROOT n = f32[4] abs(x) }
ENTRY e { x = f32[4] parameter(0)  y = f32[4] parameter(1)
)";
  for (std::string_view line :
       {"p = pred[] constant(false) ROOT r = f32[4] conditional(p, x, y), true_computation=a, "
        "false_computation=b }",
        "p = s32[] constant(7) ROOT r = f32[4] conditional(p, x, y), branch_computations={a,b} }",
        "p = s32[] constant(1) ROOT r = f32[4] conditional(p, x, y), branch_computations={a,b} "
        "}"}) {
    const ir::Module plain = PlainOf(Flat(base::StrCat(kBranches, line)));
    EXPECT_EQ(CountOf(plain, ir::OpCode::kConditional), 0u) << line;
    EXPECT_EQ(CountOf(plain, ir::OpCode::kAbs), 1u) << line;
  }
}

// A collective over `groups` of four devices.
std::string Collective(std::string_view line) {
  return base::StrCat(R"(HloModule m, replica_count=4
add { a = s32[] parameter(0)  b = s32[] parameter(1)  ROOT s = s32[] add(a, b) }
sum { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT s = f32[] add(a, b) }
ENTRY e { p = s32[8,2] parameter(0)  c = s32[] constant(3)  f = f32[] constant(3)
  x = s32[8,2] broadcast(c), dimensions={}  y = f32[8,2] broadcast(f), dimensions={}
  ROOT )",
                      line, " }");
}

TEST(PlainFormsTest, CollectivesOfOneKnownNumberAreKnown) {
  for (std::string_view line :
       {"r = s32[32,2] all-gather(x), dimensions={0}, replica_groups={{0,1,2,3}}",
        "r = f32[16,2] all-gather(y), dimensions={0}, replica_groups={{0,1},{3,2}}",
        "r = s32[8,2] all-to-all(x), dimensions={0}, replica_groups={{0,1,2,3}}",
        "r = s32[8,2] all-reduce(x), to_apply=add, replica_groups={{0,2},{1,3}}",
        "r = s32[2,2] reduce-scatter(x), dimensions={0}, to_apply=add, "
        "replica_groups={{0,1,2,3}}"}) {
    const ir::Module plain = PlainOf(Flat(Collective(line)));
    EXPECT_EQ(plain.entry()[plain.entry().root()].opcode, ir::OpCode::kBroadcast) << line;
  }
}

TEST(PlainFormsTest, ADeviceAloneHasWhatItGives) {
  for (std::string_view line :
       {"r = s32[8,2] all-reduce(p), to_apply=add, replica_groups={{0},{1},{2},{3}}",
        "r = s32[8,2] all-gather(p), dimensions={0}, replica_groups={{3},{1},{2},{0}}",
        "r = s32[8,2] reduce-scatter(p), dimensions={0}, to_apply=add, "
        "replica_groups={{0},{1},{2},{3}}"}) {
    const ir::Module plain = PlainOf(Flat(Collective(line)));
    EXPECT_EQ(plain.entry()[plain.entry().root()].opcode, ir::OpCode::kParameter) << line;
  }
}

TEST(PlainFormsTest, OtherCollectivesStay) {
  for (std::string_view line :
       {"r = s32[32,2] all-gather(p), dimensions={0}, replica_groups={{0,1,2,3}}",
        "r = f32[8,2] all-reduce(y), to_apply=sum, replica_groups={{0,1,2,3}}",
        "r = s32[8,2] all-reduce(x), to_apply=add, replica_groups={{0,1},{2}}",
        "r = s32[8,2] all-reduce(x), to_apply=add, replica_groups={{0,1}}",
        "r = s32[8,2] all-reduce(x), to_apply=add, replica_groups={}",
        "r = s32[8,2] all-reduce(x), channel_id=1, to_apply=add, replica_groups={{0,1,2,3}}"}) {
    EXPECT_TRUE(StaysAsItIs(Collective(line))) << line;
  }
}

}  // namespace
}  // namespace eqsat::rules
