#include "rules/hlo/flatten.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ir/interpret/compare.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "rules/hlo/effects.h"
#include "tests/parsed_module.h"

namespace eqsat::rules {
namespace {

std::map<std::string, int> CountOps(const ir::Computation& computation) {
  std::map<std::string, int> counts;
  for (const ir::Instruction& instruction : computation.instructions())
    ++counts[std::string(ir::Name(instruction.opcode))];
  return counts;
}

void ExpectSameResult(const ir::Module& a, const ir::Module& b) {
  std::vector<ir::Literal> inputs = ir::RandomInputs(a.entry(), 7);
  auto x = ir::Evaluate(a, inputs);
  auto y = ir::Evaluate(b, inputs);
  ASSERT_TRUE(x.ok() && y.ok()) << x.status() << y.status();
  EXPECT_EQ(ir::CompareLiterals(*x, *y, ir::Tolerance{}), std::nullopt);
}

TEST(FlattenTest, InlinesNestedCallsAndFusions) {
  ir::Module module = Parse(R"(
HloModule m
inner { a = f32[4] parameter(0)  ROOT n = f32[4] negate(a) }
outer { b = f32[4] parameter(0)  c = f32[4] call(b), to_apply=inner  ROOT e = f32[4] exponential(c) }
ENTRY main {
  p = f32[4] parameter(0)
  f = f32[4] fusion(p), kind=kLoop, calls=outer
  g = f32[4] call(f), to_apply=inner
  ROOT r = f32[4] add(f, g)
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  EXPECT_EQ(flat->computations().size(), 1u);
  std::map<std::string, int> expected = {
      {"parameter", 1}, {"negate", 2}, {"exponential", 1}, {"add", 1}};
  EXPECT_EQ(CountOps(flat->entry()), expected);
  ExpectSameResult(module, *flat);
}

TEST(FlattenTest, SharesComputationsThatDifferInNamesAlone) {
  ir::Module module = Parse(R"(
HloModule m
sum.1 { a = f32[] parameter(0) b = f32[] parameter(1) ROOT s = f32[] add(a, b) }
sum.2 { x = f32[] parameter(0) y = f32[] parameter(1) ROOT t = f32[] add(x, y) }
ENTRY main {
  p = f32[4,3] parameter(0)
  z = f32[] constant(0)
  r1 = f32[4] reduce(p, z), dimensions={1}, to_apply=sum.1
  r2 = f32[4] reduce(p, z), dimensions={1}, to_apply=sum.2
  ROOT r = f32[4] multiply(r1, r2)
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  EXPECT_EQ(flat->computations().size(), 2u);
  ExpectSameResult(module, *flat);
}

TEST(FlattenTest, SpellsOutBitcastsOfOtherLayouts) {
  // Column-major 2x3 bytes read as row-major 3x2 are the transpose.
  ir::Module module = Parse(R"(
HloModule m
ENTRY main {
  p = f32[2,3]{0,1} parameter(0)
  b = f32[3,2]{1,0} bitcast(p)
  ROOT r = f32[3,2]{1,0} negate(b)
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  EXPECT_EQ(CountOps(flat->entry())["bitcast"], 0);
  auto input = ir::Literal::Of<float>(ir::Shape(ir::ElementType::kF32, {2, 3}), {1, 2, 3, 4, 5, 6});
  auto result = ir::Evaluate(*flat, {input});
  ASSERT_TRUE(result.ok()) << result.status();
  auto expected =
      ir::Literal::Of<float>(ir::Shape(ir::ElementType::kF32, {3, 2}), {-1, -4, -2, -5, -3, -6});
  EXPECT_EQ(*result, expected);
}

TEST(FlattenTest, KeepsTheInterfaceLayouts) {
  ir::Module module = Parse(R"(
HloModule m, entry_computation_layout={(f32[2,3]{0,1})->f32[2,3]{0,1}}
ENTRY main { p = f32[2,3]{0,1} parameter(0)  ROOT r = f32[2,3]{0,1} negate(p) })");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  ASSERT_TRUE(flat->header().entry_layout.has_value());
  EXPECT_EQ(flat->header().entry_layout->parameters[0].ToString(), "f32[2,3]{0,1}");
  EXPECT_EQ(flat->header().entry_layout->result.ToString(), "f32[2,3]{0,1}");
  EXPECT_EQ(flat->entry().result_shape().layout(), nullptr);
}

TEST(FlattenTest, DropsDeadCodeButNotSideEffects) {
  ir::Module module = Parse(R"(
HloModule m
ENTRY main {
  p = f32[2] parameter(0)
  unused = f32[2] parameter(1)
  dead = f32[2] exponential(p)
  effect = f32[2] custom-call(p), custom_call_target="log_it", custom_call_has_side_effect=true
  ROOT r = f32[2] negate(p)
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  std::map<std::string, int> expected = {{"parameter", 2}, {"custom-call", 1}, {"negate", 1}};
  EXPECT_EQ(CountOps(flat->entry()), expected);
}

// A loop whose value nobody needs, and two branches that are alike, each say something.
TEST(FlattenTest, KeepsWhatHasSideEffectsInside) {
  ir::Module module = Parse(R"(
HloModule m
condition { s = s32[] parameter(0) k = s32[] constant(3) ROOT r = pred[] compare(s, k), direction=LT }
body {
  s = s32[] parameter(0)
  t = token[] after-all()
  o = token[] outfeed(s, t), outfeed_shape=s32[]
  one = s32[] constant(1)
  ROOT r = s32[] add(s, one)
}
log {
  x = f32[2] parameter(0)
  effect = f32[2] custom-call(x), custom_call_target="log_it", custom_call_has_side_effect=true
  ROOT n = f32[2] negate(x)
}
quiet { x = f32[2] parameter(0) ROOT n = f32[2] negate(x) }
ENTRY main {
  p = f32[2] parameter(0)
  i = s32[] parameter(1)
  w = s32[] while(i), condition=condition, body=body
  a = f32[2] conditional(i, p, p), branch_computations={log, quiet}
  b = f32[2] conditional(i, p, p), branch_computations={log, quiet}
  dead = f32[2] conditional(i, p, p), branch_computations={quiet, quiet}
  ROOT r = f32[2] add(a, b)
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  std::map<std::string, int> expected = {
      {"parameter", 2}, {"while", 1}, {"conditional", 2}, {"add", 1}};
  EXPECT_EQ(CountOps(flat->entry()), expected);
  Effects effects(*flat);
  for (const ir::Instruction& instruction : flat->entry().instructions())
    EXPECT_EQ(effects.MakeUnique(instruction), !instruction.called.empty()) << instruction.name;
}

TEST(FlattenTest, KeepsCallsThatAreNotToBeInlined) {
  ir::Module module = Parse(R"(
HloModule m
f { x = f32[2] parameter(0) ROOT n = f32[2] negate(x) }
ENTRY main {
  p = f32[2] parameter(0)
  a = f32[2] call(p), to_apply=f, frontend_attributes={inlineable="false"}
  ROOT b = f32[2] call(a), to_apply=f
})");
  auto flat = Flatten(module);
  ASSERT_TRUE(flat.ok()) << flat.status();
  std::map<std::string, int> expected = {{"parameter", 1}, {"call", 1}, {"negate", 1}};
  EXPECT_EQ(CountOps(flat->entry()), expected);
  ExpectSameResult(module, *flat);
}

TEST(FlattenTest, RefusesCallsThatMultiplyWithoutBound) {
  std::string text = "HloModule m\nf0 { a = f32[] parameter(0) ROOT n = f32[] negate(a) }\n";
  for (int i = 1; i <= 40; ++i) {
    std::string callee = "f" + std::to_string(i - 1);
    text += "f" + std::to_string(i) +
            " { a = f32[] parameter(0) b = f32[] call(a), to_apply=" + callee +
            " ROOT c = f32[] call(b), to_apply=" + callee + " }\n";
  }
  text += "ENTRY e { p = f32[] parameter(0) ROOT r = f32[] call(p), to_apply=f40 }\n";
  auto flat = Flatten(Parse(text), 10'000);
  EXPECT_EQ(flat.status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace eqsat::rules
