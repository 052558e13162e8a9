// Values whose dimensions are known only at run time, and other ops on slices.
#include "ir/interpret/evaluator.h"
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

TEST(DynamicShapeTest, ReductionsSeeTheRealElements) {
  ExpectRun(R"(
add { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = f32[] add(a, b) }
ENTRY e { x = f32[4] constant({1, 2, 3, 4})  n = s32[] constant(3)
  d = f32[<=4] set-dimension-size(x, n), dimensions={0}
  y = f32[<=4] multiply(d, d)  zero = f32[] constant(0)
  ROOT r = f32[] reduce(y, zero), dimensions={0}, to_apply=add })",
            "f32[]", "14");
}

TEST(DynamicShapeTest, SizesAndReshapes) {
  constexpr std::string_view kCut =
      "x = f32[2,3] constant({{1, 2, 3}, {4, 5, 6}})  n = s32[] constant(2)\n"
      "d = f32[2,<=3] set-dimension-size(x, n), dimensions={1}\n";
  ExpectEntry(base::StrCat(kCut, "ROOT s = s32[] get-dimension-size(d), dimensions={1}"), "s32[]",
              "2");
  ExpectEntry(base::StrCat(kCut, "ROOT r = f32[<=6] reshape(d)"), "f32[4]", "{1, 2, 4, 5}");
  ExpectEntry(base::StrCat(kCut, "ROOT r = f32[<=3,2] transpose(d), dimensions={1,0}"), "f32[2,2]",
              "{{1, 4}, {2, 5}}");
  ExpectEntry(base::StrCat(kCut,
                           "a = s32[] constant(4)  b = s32[] constant(1)\n"
                           "ROOT r = f32[<=6,<=6] dynamic-reshape(d, a, b)"),
              "f32[4,1]", "{{1}, {2}, {4}, {5}}");
  ExpectEntry(base::StrCat(kCut, "ROOT r = f32[2,<=6] concatenate(d, d), dimensions={1}"),
              "f32[2,4]", "{{1, 2, 1, 2}, {4, 5, 4, 5}}");
}

TEST(DynamicShapeTest, WrongSizesAreErrors) {
  ExpectError(RunHlo(Entry("x = f32[4] constant({1, 2, 3, 4})  n = s32[] constant(5)\n"
                           "ROOT d = f32[<=4] set-dimension-size(x, n), dimensions={0}")),
              absl::StatusCode::kInvalidArgument, "the size 5 is not in 0 … 4");
  ExpectError(RunHlo(Entry("x = f32[4] constant({1, 2, 3, 4})  n = s32[] constant(2)\n"
                           "d = f32[<=4] set-dimension-size(x, n), dimensions={0}\n"
                           "ROOT r = f32[4] add(d, x)")),
              absl::StatusCode::kInvalidArgument, "f32[2]");
}

TEST(ScanTest, CumulativeSums) {
  constexpr std::string_view kStep =
      "step { x = s32[] parameter(0)  c = s32[] parameter(1)  s = s32[] add(x, c)\n"
      "  ROOT r = (s32[], s32[]) tuple(s, s) }\n";
  auto scan = [&](std::string_view attributes) {
    return base::StrCat(kStep, "ENTRY e { x = s32[4] constant({1, 2, 3, 4})\n",
                        "  z = s32[] constant(0)\n  s = (s32[4], s32[]) scan(x, z), ",
                        "dimensions={0}, num_carries=1, to_apply=step", attributes,
                        "\n  ROOT r = s32[4] get-tuple-element(s), index=0 }");
  };
  ExpectRun(scan(""), "s32[4]", "{1, 3, 6, 10}");
  ExpectRun(scan(", is_reverse=true"), "s32[4]", "{10, 9, 7, 4}");
}

TEST(DotVariantsTest, RaggedFreeDimension) {
  ExpectEntry(R"(x = f32[3,2] constant({{1, 2}, {3, 4}, {5, 6}})
    w = f32[2,2,1] constant({{{1}, {1}}, {{10}, {100}}})
    g = s32[2] constant({1, 1})
    ROOT r = f32[3,1] ragged-dot(x, w, g), lhs_contracting_dims={1}, rhs_contracting_dims={1},
      lhs_ragged_dims={0}, rhs_group_dims={0})",
              "f32[3,1]", "{{3}, {430}, {0}}");
}

TEST(DotVariantsTest, RaggedContractingDimension) {
  ExpectEntry(R"(x = f32[1,3] constant({{1, 2, 3}})
    w = f32[3,2] constant({{1, 10}, {1, 10}, {1, 10}})
    g = s32[2] constant({2, 1})
    ROOT r = f32[2,1,2] ragged-dot(x, w, g), lhs_contracting_dims={1}, rhs_contracting_dims={0},
      lhs_ragged_dims={1})",
              "f32[2,1,2]", "{{{3, 30}}, {{3, 30}}}");
}

TEST(DotVariantsTest, ScaledDot) {
  ExpectEntry(R"(x = f8e4m3fn[1,4] constant({{1, 2, 3, 4}})
    y = f8e4m3fn[4,1] constant({{1}, {1}, {1}, {1}})
    s = f8e8m0fnu[1,2] constant({{1, 4}})
    t = f8e8m0fnu[] constant(2)
    ROOT r = f32[1,1] scaled-dot(x, y, s, t), lhs_contracting_dims={1}, rhs_contracting_dims={0})",
              "f32[1,1]", "{{62}}");
}

TEST(StochasticConvertTest, ChanceDecides) {
  // 0.25 of 256 is 64: smaller bits round away from zero.
  ExpectEntry(
      "x = f32[4] constant({1.25, 1.25, -1.25, 300})  r = u32[4] constant({1073741823, "
      "1073741824, 0, 0})\nROOT y = s8[4] stochastic-convert(x, r)",
      "s8[4]", "{2, 1, -2, 127}");
  ExpectEntry(
      "x = f32[3] constant({1.00390625, 1.00390625, nan})  r = u32[3] constant({0, "
      "4294967295, 0})\nROOT y = bf16[3] stochastic-convert(x, r)",
      "bf16[3]", "{1.0078125, 1, nan}");
}

TEST(EvaluatorsTest, EveryOpIsEvaluated) {
  for (int i = 0; i < kNumOpCodes; ++i) {
    const auto opcode = static_cast<OpCode>(i);
    if (opcode == OpCode::kParameter) continue;
    EXPECT_NE(Evaluators()[opcode].evaluate, nullptr) << Name(opcode);
  }
}

}  // namespace
}  // namespace eqsat::ir
