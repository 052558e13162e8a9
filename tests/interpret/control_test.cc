// Control flow, errors and limits of the interpreter.
#include <atomic>

#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

constexpr std::string_view kCountdown = R"(
more { s = (s32[], s32[]) parameter(0)  n = s32[] get-tuple-element(s), index=0
  zero = s32[] constant(0)  ROOT r = pred[] compare(n, zero), direction=GT }
step { s = (s32[], s32[]) parameter(0)  n = s32[] get-tuple-element(s), index=0
  x = s32[] get-tuple-element(s), index=1  one = s32[] constant(1)
  less = s32[] subtract(n, one)  twice = s32[] add(x, x)
  ROOT r = (s32[], s32[]) tuple(less, twice) }
forever { s = (s32[], s32[]) parameter(0)  ROOT r = pred[] constant(1) }
)";

std::string Loop(std::string_view condition) {
  return base::StrCat(kCountdown, R"(ENTRY e {
      n = s32[] constant(10)
      x = s32[] constant(3)
      init = (s32[], s32[]) tuple(n, x)
      w = (s32[], s32[]) while(init), body=step, condition=)",
                      condition, "\nROOT r = s32[] get-tuple-element(w), index=1 }");
}

TEST(ControlTest, While) { ExpectRun(Loop("more"), "s32[]", "3072"); }

TEST(ControlTest, AnEndlessLoopCanBeInterrupted) {
  std::atomic<bool> interrupt = true;
  ExpectError(RunHlo(Loop("forever"), {}, {.interrupt = &interrupt}), absl::StatusCode::kCancelled,
              "interrupted");
}

TEST(ControlTest, Conditional) {
  constexpr std::string_view kBranches = R"(
add1 { x = s32[] parameter(0)  c = s32[] constant(1)  ROOT r = s32[] add(x, c) }
add2 { x = s32[] parameter(0)  c = s32[] constant(2)  ROOT r = s32[] add(x, c) }
ENTRY e { a = s32[] constant(10)  b = s32[] constant(20)
)";
  auto conditional = [&](std::string_view choice, std::string_view attributes) {
    return base::StrCat(kBranches, choice, "\nROOT r = s32[] conditional(c, a, b), ", attributes,
                        "}");
  };
  constexpr std::string_view kByPred = "true_computation=add1, false_computation=add2";
  constexpr std::string_view kByNumber = "branch_computations={add1, add2}";
  ExpectRun(conditional("c = pred[] constant(1)", kByPred), "s32[]", "11");
  ExpectRun(conditional("c = pred[] constant(0)", kByPred), "s32[]", "22");
  ExpectRun(conditional("c = s32[] constant(0)", kByNumber), "s32[]", "11");
  ExpectRun(conditional("c = s32[] constant(-3)", kByNumber), "s32[]", "22");
}

TEST(ControlTest, CallsAndFusions) {
  ExpectRun(R"(
f { x = f32[2] parameter(0)  ROOT r = f32[2] multiply(x, x) }
ENTRY e { a = f32[2] constant({2, 3})
  b = f32[2] fusion(a), kind=kLoop, calls=f
  ROOT r = f32[2] call(b), to_apply=f })",
            "f32[2]", "{16, 81}");
}

TEST(ControlTest, Arguments) {
  constexpr std::string_view kDouble =
      "ENTRY e { p = f32[2] parameter(0)  ROOT r = f32[2] add(p, p) }";
  auto result = RunHlo(kDouble, {Value("f32[2]", "{1, 2}")});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(*result, Value("f32[2]", "{2, 4}"));
  ExpectError(RunHlo(kDouble), absl::StatusCode::kInvalidArgument, "takes 1 arguments, but 0");
  ExpectError(RunHlo(kDouble, {Value("f32[3]", "{1, 2, 3}")}), absl::StatusCode::kInvalidArgument,
              "parameter 0 of computation e is f32[2], but the argument is f32[3]");
}

TEST(ControlTest, ErrorsNameTheInstructionAndItsPlace) {
  ExpectError(RunHlo(R"(ENTRY e { p = f32[2] constant({1, 2})
      ROOT mine = f32[2] custom-call(p), custom_call_target="t",
        metadata={source_file="model.py" source_line=12} })"),
              absl::StatusCode::kUnimplemented, "mine (custom-call) at model.py:12: ");
  ExpectError(RunHlo(Entry("ROOT big = f32[11] constant({...})")),
              absl::StatusCode::kInvalidArgument,
              "big (constant): the constant's values were elided");
}

TEST(ControlTest, OnlyWhatTheRootNeedsIsEvaluated) {
  ExpectRun(R"(ENTRY e { unused = f32[11] constant({...})  ROOT r = s32[] constant(4) })", "s32[]",
            "4");
}

TEST(ControlTest, HugeValuesAreRefused) {
  ExpectError(RunHlo(Entry(R"(a = f32[] constant(1)
                   ROOT r = f32[1000000,1000000] broadcast(a), dimensions={})")),
              absl::StatusCode::kResourceExhausted, "4000000000000 bytes");
}

TEST(ControlTest, OneOpWithoutAModule) {
  const Literal a = Value("f32[2]", "{1, 2}");
  auto sum = EvaluateOp(OpCode::kAdd, NoAttributes{}, a.shape(), {a, a});
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(*sum, Value("f32[2]", "{2, 4}"));
  ExpectError(EvaluateOp(OpCode::kAdd, NoAttributes{}, Shape(ElementType::kF32, {3}), {a, a}),
              absl::StatusCode::kInvalidArgument, "f32[2]");
}

}  // namespace
}  // namespace eqsat::ir
