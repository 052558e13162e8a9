// Whole modules through planning, lowering, code generation and running, against results worked out
// by hand.
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "codegen/compile.h"
#include "codegen/targets/backend.h"
#include "cost_models/targets/find_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/interpret/interpreter.h"
#include "nlohmann/json.hpp"
#include "tests/codegen/kernel_runs.h"
#include "tests/codegen/module_runs.h"
#include "tests/parsed_module.h"

namespace eqsat::codegen {
namespace {

using ir::ElementType;
using ir::Literal;
using ir::Shape;
using testing::HasSubstr;

Literal F32(std::vector<float> values) {
  Shape shape(ElementType::kF32, {static_cast<int64_t>(values.size())});
  return Literal::Of<float>(shape, absl::MakeConstSpan(values));
}
Literal S32(int32_t value) { return Literal::Of<int32_t>(Shape(ElementType::kS32, {}), {value}); }

// The module gives `expected` as every target's code.
void ExpectRuns(std::string_view text, const std::vector<Literal>& arguments,
                const Literal& expected) {
  ir::Module module = Parse(text);
  for (const std::string& target : TargetsToRun()) {
    absl::StatusOr<Literal> result = RunModuleOnHostAs(target, module, arguments);
    ASSERT_TRUE(result.ok()) << target << ": " << result.status();
    EXPECT_EQ(Distance(*result, expected), 0) << target;
  }
}

constexpr char kScaleAndAdd[] = R"(HloModule m
ENTRY e {
  x = f32[4] parameter(0)
  y = f32[4] parameter(1)
  two = f32[] constant(2)
  twos = f32[4] broadcast(two), dimensions={}
  scaled = f32[4] multiply(x, twos)
  ROOT sum = f32[4] add(scaled, y)
})";

TEST(RuntimeModules, Elementwise) {
  ExpectRuns(kScaleAndAdd, {F32({1, 2, 3, 4}), F32({10, 20, 30, 40})}, F32({12, 24, 36, 48}));
}

// Each masked choice of the sign from one operand and the rest from another, over whole vectors.
TEST(RuntimeModules, SelectOfBitwiseLogic) {
  std::vector<uint32_t> x(64), m(64), expected(64);
  for (uint32_t i = 0; i < 64; ++i) {
    x[i] = 0x9e3779b9u * (i + 1);
    m[i] = 0x85ebca6bu * (i + 7);
    expected[i] = i % 3 == 0 ? (x[i] & 0x7fffffffu) | (m[i] & 0x80000000u) : x[i];
  }
  Shape shape(ElementType::kU32, {64});
  auto u32 = [&](const std::vector<uint32_t>& v) {
    return Literal::Of<uint32_t>(shape, absl::MakeConstSpan(v));
  };
  ExpectRuns(R"(HloModule m
ENTRY e {
  x = u32[64] parameter(0)
  m = u32[64] parameter(1)
  i = u32[64] iota(), iota_dimension=0
  three = u32[64] broadcast(u32[] constant(3)), dimensions={}
  rest = u32[64] remainder(i, three)
  zero = u32[64] broadcast(u32[] constant(0)), dimensions={}
  k = pred[64] compare(rest, zero), direction=EQ
  magnitude = u32[64] broadcast(u32[] constant(2147483647)), dimensions={}
  sign = u32[64] broadcast(u32[] constant(2147483648)), dimensions={}
  a = u32[64] and(x, magnitude)
  b = u32[64] and(m, sign)
  o = u32[64] or(a, b)
  ROOT s = u32[64] select(k, o, x)
})",
             {u32(x), u32(m)}, u32(expected));
}

TEST(RuntimeModules, ArraysOfConstantsAndTupleResults) {
  ExpectRuns(R"(HloModule m
ENTRY e {
  x = f32[3] parameter(0)
  c = f32[3] constant({1, 2, 4})
  p = f32[3] multiply(x, c)
  ROOT t = (f32[3], f32[3], f32[3]) tuple(p, x, c)
})",
             {F32({5, 6, 7})}, Literal::Tuple({F32({5, 12, 28}), F32({5, 6, 7}), F32({1, 2, 4})}));
}

TEST(RuntimeModules, EmptyArrays) {
  ExpectRuns(R"(HloModule m
ENTRY e {
  x = f32[0] parameter(0)
  ROOT n = f32[0] negate(x)
})",
             {F32({})}, F32({}));
}

// Fibonacci: the state is permuted on the way.
TEST(RuntimeModules, WhileThatPermutesItsState) {
  ExpectRuns(R"(HloModule m
body {
  s = (s32[], s32[], s32[]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  a = s32[] get-tuple-element(s), index=1
  b = s32[] get-tuple-element(s), index=2
  one = s32[] constant(1)
  next = s32[] add(i, one)
  sum = s32[] add(a, b)
  ROOT t = (s32[], s32[], s32[]) tuple(next, b, sum)
}
condition {
  s = (s32[], s32[], s32[]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  n = s32[] constant(10)
  ROOT lt = pred[] compare(i, n), direction=LT
}
ENTRY e {
  start = s32[] parameter(0)
  zero = s32[] constant(0)
  init = (s32[], s32[], s32[]) tuple(zero, zero, start)
  w = (s32[], s32[], s32[]) while(init), condition=condition, body=body
  ROOT fib = s32[] get-tuple-element(w), index=1
})",
             {S32(1)}, S32(55));
}

TEST(RuntimeModules, WhileThatUpdatesASlice) {
  ExpectRuns(R"(HloModule m
body {
  s = (s32[], f32[5]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  a = f32[5] get-tuple-element(s), index=1
  one = s32[] constant(1)
  next = s32[] add(i, one)
  f = f32[] convert(i)
  update = f32[1] reshape(f)
  written = f32[5] dynamic-update-slice(a, update, i)
  ROOT t = (s32[], f32[5]) tuple(next, written)
}
condition {
  s = (s32[], f32[5]) parameter(0)
  i = s32[] get-tuple-element(s), index=0
  n = s32[] constant(4)
  ROOT lt = pred[] compare(i, n), direction=LT
}
ENTRY e {
  a = f32[5] parameter(0)
  zero = s32[] constant(0)
  init = (s32[], f32[5]) tuple(zero, a)
  w = (s32[], f32[5]) while(init), condition=condition, body=body
  after = f32[5] get-tuple-element(w), index=1
  ROOT both = f32[5] add(after, a)
})",
             {F32({100, 100, 100, 100, 100})}, F32({100, 101, 102, 103, 200}));
}

TEST(RuntimeModules, ConditionalByPredAndByIndex) {
  constexpr char kBranches[] = R"(
double { x = f32[2] parameter(0)  ROOT r = f32[2] add(x, x) }
negative { x = f32[2] parameter(0)  ROOT r = f32[2] negate(x) }
)";
  std::string by_pred = std::string("HloModule m\n") + kBranches + R"(
ENTRY e {
  p = pred[] parameter(0)
  x = f32[2] parameter(1)
  ROOT c = f32[2] conditional(p, x, x), true_computation=double, false_computation=negative
})";
  Literal yes = Literal::Of<uint8_t>(Shape(ElementType::kPred, {}), {1});
  Literal no = Literal::Of<uint8_t>(Shape(ElementType::kPred, {}), {0});
  ExpectRuns(by_pred, {yes, F32({1, 2})}, F32({2, 4}));
  ExpectRuns(by_pred, {no, F32({1, 2})}, F32({-1, -2}));
  std::string by_index = std::string("HloModule m\n") + kBranches + R"(
ENTRY e {
  i = s32[] parameter(0)
  x = f32[2] parameter(1)
  ROOT c = f32[2] conditional(i, x, x), branch_computations={double, negative}
})";
  ExpectRuns(by_index, {S32(0), F32({1, 2})}, F32({2, 4}));
  ExpectRuns(by_index, {S32(-3), F32({1, 2})}, F32({-1, -2}));
}

TEST(RuntimeModules, CallsThatAreNotToBeInlined) {
  ExpectRuns(R"(HloModule m
f {
  x = f32[2] parameter(0)
  y = f32[2] parameter(1)
  s = f32[2] subtract(x, y)
  ROOT r = (f32[2], f32[2]) tuple(s, x)
}
ENTRY e {
  x = f32[2] parameter(0)
  n = f32[2] negate(x)
  c = (f32[2], f32[2]) call(n, x), to_apply=f, frontend_attributes={inlineable="false"}
  s = f32[2] get-tuple-element(c), index=0
  y = f32[2] get-tuple-element(c), index=1
  ROOT r = f32[2] multiply(s, y)
})",
             {F32({1, 3})}, F32({2, 18}));
}

TEST(RuntimeModules, OpsWithoutAKernelAreInterpretedAndNamed) {
  constexpr char kSort[] = R"(HloModule m
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = pred[] compare(a, b), direction=LT }
ENTRY e {
  x = f32[4] parameter(0)
  n = f32[4] negate(x)
  s = f32[4] sort(n), dimensions={0}, to_apply=less
  ROOT a = f32[4] abs(s)
})";
  ExpectRuns(kSort, {F32({3, -1, 2, 0})}, F32({3, 2, 0, 1}));
  absl::StatusOr<CompiledModule> compiled =
      CompileModule(Parse(kSort), *cost_models::FindTarget("cpu"));
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  EXPECT_THAT(compiled->lowered.interpreted_ops, testing::ElementsAre(testing::Pair("sort", 1)));
}

TEST(RuntimeModules, EqualKernelsAreCompiledOnce) {
  absl::StatusOr<LoweredModule> lowered = LowerModule(Parse(R"(HloModule m
add { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = f32[] add(a, b) }
ENTRY e {
  x = f32[8,16] parameter(0)
  y = f32[8,16] parameter(1)
  zero = f32[] constant(0)
  p = f32[8] reduce(x, zero), dimensions={1}, to_apply=add
  q = f32[8] reduce(y, zero), dimensions={1}, to_apply=add
  ROOT t = (f32[8], f32[8]) tuple(p, q)
})"),
                                                      *cost_models::FindTarget("cpu"));
  ASSERT_TRUE(lowered.ok()) << lowered.status();
  EXPECT_EQ(lowered->kernels.size(), 1u);
  EXPECT_EQ(lowered->plan.entry().steps.size(), 2u);
}

// The greatest element of each row of twice x and its first position, and a use of one of the two.
TEST(RuntimeModules, ReductionsOfSeveralInputsAreOneKernel) {
  constexpr std::string_view kArgMax = R"(HloModule m
argmax { a = f32[] parameter(0)  i = s32[] parameter(1)  b = f32[] parameter(2)
  j = s32[] parameter(3)  gt = pred[] compare(a, b), direction=GT
  eq = pred[] compare(a, b), direction=EQ  lt = pred[] compare(i, j), direction=LT
  tie = pred[] and(eq, lt)  p = pred[] or(gt, tie)  v = f32[] select(p, a, b)
  k = s32[] select(p, i, j)  ROOT r = (f32[], s32[]) tuple(v, k) }
ENTRY e {
  flat = f32[6] parameter(0)
  x = f32[2,3] reshape(flat)
  d = f32[2,3] add(x, x)
  i = s32[2,3] iota(), iota_dimension=1
  low = f32[] constant(-inf)
  none = s32[] constant(0)
  r = (f32[2], s32[2]) reduce(d, i, low, none), dimensions={1}, to_apply=argmax
  v = f32[2] get-tuple-element(r), index=0
  k = s32[2] get-tuple-element(r), index=1
  kf = f32[2] convert(k)
  s = f32[2] subtract(v, kf)
  ROOT t = (f32[2], f32[2]) tuple(v, s)
})";
  ExpectRuns(kArgMax, {F32({1, 7, 7, -2, -3, -1})}, Literal::Tuple({F32({14, -2}), F32({13, -4})}));
  for (const std::string& target : TargetsToRun()) {
    absl::StatusOr<LoweredModule> lowered =
        LowerModule(Parse(kArgMax), *cost_models::FindTarget(target));
    ASSERT_TRUE(lowered.ok()) << lowered.status();
    EXPECT_TRUE(lowered->interpreted_ops.empty()) << target;
  }
}

TEST(RuntimeModules, SinesOfAnyAngle) {
  constexpr std::string_view kSineAndCosine = R"(HloModule m
ENTRY e {
  x = f32[4] parameter(0)
  s = f32[4] sine(x)
  c = f32[4] cosine(x)
  ROOT t = (f32[4], f32[4]) tuple(s, c)
})";
  const Literal expected =
      Literal::Tuple({F32({-0.487506025, -0.734081535, 0.874904888, 0.791163439}),
                      F32({0.873119623, 0.679061337, -0.484294784, -0.611604785})});
  for (const std::string& target : TargetsToRun()) {
    absl::StatusOr<Literal> result =
        RunModuleOnHostAs(target, Parse(kSineAndCosine), {F32({1e10, 1e22, 3e38, -1e30})});
    ASSERT_TRUE(result.ok()) << target << ": " << result.status();
    EXPECT_LT(Distance(*result, expected), 3e-7) << target;
  }
}

// Every target's code gives what the interpreter gives, within `tolerance`; `interpreted` names the
// ops that are left to it.
void ExpectLikeInterpreter(std::string_view text, double tolerance,
                           const std::map<std::string, int64_t>& interpreted) {
  ir::Module module = Parse(text);
  std::vector<Literal> arguments = ArgumentsFor(module, /*seed=*/1);
  absl::StatusOr<Literal> expected = ir::Evaluate(module, arguments);
  ASSERT_TRUE(expected.ok()) << expected.status();
  for (const std::string& target : TargetsToRun()) {
    absl::StatusOr<LoweredModule> lowered = LowerModule(module, *cost_models::FindTarget(target));
    ASSERT_TRUE(lowered.ok()) << target << ": " << lowered.status();
    EXPECT_EQ(lowered->interpreted_ops, interpreted) << target;
    absl::StatusOr<Literal> result = RunModuleOnHostAs(target, module, arguments);
    ASSERT_TRUE(result.ok()) << target << ": " << result.status();
    EXPECT_LE(Distance(*result, *expected), tolerance) << target;
  }
}

TEST(RuntimeModules, RareElementwiseOpsAreLowered) {
  ExpectLikeInterpreter(R"(HloModule m
ENTRY e {
  x = f32[37] parameter(0)
  p = f32[37] reduce-precision(x), exponent_bits=5, mantissa_bits=10
  big = f32[] constant(1e9)
  bigs = f32[37] broadcast(big), dimensions={}
  scaled = f32[37] multiply(p, bigs)
  i = s32[37] convert(scaled)
  h = s32[37] mulhi(i, i)
  e = f8e4m3fn[37] convert(x)
  q = f8e4m3fn[37] multiply(e, e)
  n = f8e4m3fn[37] negate(q)
  ROOT t = (f32[37], s32[37], f8e4m3fn[37]) tuple(p, h, n)
})",
                        0, {});
}

// Signs that are put back on values which a select may undo, of a type that is computed in another.
TEST(RuntimeModules, SignsBesideSelects) {
  for (std::string_view type : {"bf16", "f16", "f32"}) {
    std::string text = R"(HloModule m
ENTRY e {
  x = T[77] parameter(0)
  p = pred[77] parameter(1)
  r = T[77] round-nearest-afz(x)
  s = T[77] select(p, r, x)
  c = T[77] cbrt(x)
  ROOT t = (T[77], T[77], T[77]) tuple(r, s, c)
})";
    for (size_t at; (at = text.find("T[")) != std::string::npos;) text.replace(at, 1, type);
    ExpectLikeInterpreter(text, 1e-6, {});
  }
}

TEST(RuntimeModules, OpsWithoutLoweringRunInTheInterpreter) {
  ExpectLikeInterpreter(R"(HloModule m
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = pred[] compare(a, b), direction=LT }
ENTRY e {
  x = f32[3,8] parameter(0)
  n = f32[3,8] negate(x)
  s = f32[3,8] sort(n), dimensions={1}, to_apply=less
  start = s32[2] constant({1, 3})
  d = f32[2,4] dynamic-slice(s, start), dynamic_slice_sizes={2,4}
  a = f32[2,4] add(d, d)
  c = c64[2,4] complex(a, d)
  m = c64[2,4] multiply(c, c)
  r = f32[2,4] real(m)
  b = f32[8]{0} bitcast(r)
  l = f32[4,2]{0,1} bitcast(b)
  ROOT z = f32[4,2] copy(l)
})",
                        1e-6,
                        {{"bitcast", 1},
                         {"complex", 1},
                         {"dynamic-slice", 1},
                         {"multiply", 1},
                         {"real", 1},
                         {"sort", 1}});
}

// Tiles and parts of the sum with something left over; what stands before and after the product in
// its kernel; either operand's dimensions in either order; several summed dimensions.
TEST(RuntimeModules, LargeProductsOfAwkwardSizes) {
  ExpectLikeInterpreter(R"(HloModule m
ENTRY e {
  a = f32[37,300] parameter(0)
  b = f32[300,53] parameter(1)
  c = f32[37,53] parameter(2)
  n = f32[37,300] negate(a)
  d = f32[37,53] dot(n, b), lhs_contracting_dims={1}, rhs_contracting_dims={0}
  ROOT s = f32[37,53] add(d, c)
})",
                        1e-5, {});
  ExpectLikeInterpreter(R"(HloModule m
ENTRY e {
  a = bf16[2,33,34] parameter(0)
  b = bf16[2,18,34] parameter(1)
  ROOT d = f32[2,33,18] dot(a, b), lhs_batch_dims={0}, rhs_batch_dims={0},
    lhs_contracting_dims={2}, rhs_contracting_dims={2}
})",
                        1e-5, {});
  ExpectLikeInterpreter(R"(HloModule m
ENTRY e {
  a = s32[6,7,40] parameter(0)
  b = s32[6,17,7] parameter(1)
  ROOT d = s32[40,17] dot(a, b), lhs_contracting_dims={0,1}, rhs_contracting_dims={0,2}
})",
                        0, {});
}

TEST(RuntimeModules, ArgumentsAreChecked) {
  absl::StatusOr<CompiledModule> compiled =
      CompileModule(Parse(kScaleAndAdd), *cost_models::FindTarget("cpu"));
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  absl::StatusOr<std::unique_ptr<Executable>> executable = LoadModule(*compiled);
  ASSERT_TRUE(executable.ok()) << executable.status();
  EXPECT_THAT(std::string((*executable)->Run({F32({1})}).status().message()),
              HasSubstr("takes 2 arguments, not 1"));
  EXPECT_THAT(std::string((*executable)->Run({F32({1}), F32({1})}).status().message()),
              HasSubstr("has shape f32[1]"));
}

TEST(RuntimeModules, RunsInManyThreadsAtOnce) {
  absl::StatusOr<CompiledModule> compiled =
      CompileModule(Parse(kScaleAndAdd), *cost_models::FindTarget("cpu"));
  ASSERT_TRUE(compiled.ok()) << compiled.status();
  absl::StatusOr<std::unique_ptr<Executable>> executable = LoadModule(*compiled);
  ASSERT_TRUE(executable.ok()) << executable.status();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, value = static_cast<float>(thread)] {
      for (int round = 0; round < 20; ++round) {
        absl::StatusOr<Literal> result =
            (*executable)->Run({F32({value, 1, 2, 3}), F32({1, 1, 1, 1})});
        ASSERT_TRUE(result.ok());
        EXPECT_EQ(result->AsDouble(0), 2 * value + 1);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST(RuntimeModules, CompilingTwiceGivesTheSameBytes) {
  for (const char* name : {"cpu", "nvptx:sm_90", "amdgpu:gfx942"}) {
    absl::StatusOr<CompiledModule> a =
        CompileModule(Parse(kScaleAndAdd), *cost_models::FindTarget(name));
    absl::StatusOr<CompiledModule> b =
        CompileModule(Parse(kScaleAndAdd), *cost_models::FindTarget(name));
    ASSERT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
    EXPECT_EQ(a->artifact.bytes, b->artifact.bytes) << name;
    EXPECT_EQ(LaunchPlanJson(*a), LaunchPlanJson(*b)) << name;
    EXPECT_EQ(nlohmann::json::parse(LaunchPlanJson(*a))["entry"], 0);
  }
}

// A program of many kernels, no two alike: sums of 1, 2, … `num_sums` exponentials.
std::string ManyKernels(int num_sums) {
  std::string text =
      "HloModule many\n"
      "add { a = f32[] parameter(0) b = f32[] parameter(1) ROOT s = f32[] add(a, b) }\n"
      "ENTRY e {\n  x = f32[64] parameter(0)\n  zero = f32[] constant(0)\n";
  std::string sums;
  for (int n = 1; n <= num_sums; ++n) {
    text += absl::StrFormat(
        "  x%1$d = f32[%1$d] slice(x), slice={[0:%1$d]}\n"
        "  e%1$d = f32[%1$d] exponential(x%1$d)\n"
        "  s%1$d = f32[] reduce(e%1$d, zero), dimensions={0}, to_apply=add\n",
        n);
    sums += absl::StrFormat("%ss%d", n == 1 ? "" : ", ", n);
  }
  return text + "  ROOT t = tuple(" + sums + ")\n}\n";
}

TEST(RuntimeModules, AnyNumberOfThreadsGeneratesTheSameCode) {
  const ir::Module module = Parse(ManyKernels(24));
  for (const char* name : {"cpu", "amdgpu:gfx942"}) {
    cost_models::Target target = *cost_models::FindTarget(name);
    absl::StatusOr<CompiledModule> one = CompileModule(module, target, {.threads = 1});
    absl::StatusOr<CompiledModule> three = CompileModule(module, target, {.threads = 3});
    ASSERT_TRUE(one.ok() && three.ok()) << one.status() << three.status();
    EXPECT_GT(one->lowered.kernels.size(), 8u);
    EXPECT_EQ(one->artifact.bytes, three->artifact.bytes) << name;
    ASSERT_EQ(one->artifact.kernels.size(), one->lowered.kernels.size());
    for (size_t i = 0; i < one->lowered.kernels.size(); ++i)
      EXPECT_EQ(one->artifact.kernels[i].symbol, one->lowered.kernels[i].name);
  }
}

TEST(RuntimeModules, KernelsOfSeveralObjectsRun) {
  ExpectLikeInterpreter(ManyKernels(24), 1e-5, {});
}

TEST(RuntimeModules, WithoutADriverTheDeviceIsUnavailable) {
  for (const char* name : {"nvptx:sm_90", "amdgpu:gfx942"}) {
    absl::StatusOr<CompiledModule> compiled =
        CompileModule(Parse(kScaleAndAdd), *cost_models::FindTarget(name));
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    absl::StatusOr<std::unique_ptr<Executable>> loaded = LoadModule(*compiled);
    if (loaded.ok()) GTEST_SKIP() << "there is a GPU here";
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kUnavailable) << loaded.status();
  }
}

}  // namespace
}  // namespace eqsat::codegen
