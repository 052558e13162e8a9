// Checks within programs.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

std::string Check(std::string_view type, std::string_view actual, std::string_view expected,
                  std::string_view target, std::string_view config = "") {
  return Entry(base::StrCat("a = ", type, " constant(", actual, ")\nb = ", type, " constant(",
                            expected, ")\n", "c = () custom-call(a, b), custom_call_target=\"",
                            target, "\", custom_call_has_side_effect=true", config,
                            "\nROOT r = s32[] constant(1)"));
}

void Holds(const std::string& hlo) { ExpectRun(hlo, "s32[]", "1"); }
void Fails(const std::string& hlo, std::string_view part) {
  ExpectError(RunHlo(hlo), absl::StatusCode::kFailedPrecondition, part);
}

TEST(CustomCallsTest, ExpectEqual) {
  Holds(Check("f32[3]", "{1, nan, -0}", "{1, nan, 0}", "check.expect_eq"));
  Fails(Check("s8[2]", "{1, 2}", "{1, 3}", "check.expect_eq"), "[1]: 3 expected, 2 found");
}

TEST(CustomCallsTest, ExpectAlmostEqual) {
  Holds(Check("f64[]", "5.0", "5.0001", "check.expect_almost_eq"));
  Fails(Check("f64[]", "5.0", "5.001", "check.expect_almost_eq"), "5.001 expected");
  Holds(Check("f64[]", "5.0", "5.1", "check.expect_almost_eq",
              ", backend_config={\"tolerance\": 0.1}"));
}

TEST(CustomCallsTest, ExpectClose) {
  Holds(Check("f16[]", "5", "5.010", "check.expect_close"));
  Fails(Check("f16[]", "5", "5.02", "check.expect_close"), "5 units in the last place");
  Holds(Check("f16[]", "5", "5.02", "check.expect_close",
              ", backend_config={\"max_ulp_difference\": 5}"));
  Fails(Check("f16[]", "5", "5", "check.expect_close",
              ", backend_config={\"min_ulp_difference\": 1, \"max_ulp_difference\": 1}"),
        "0 units");
  Holds(Check("f32[]", "0", "-0", "check.expect_close"));
  Fails(Check("f32[]", "inf", "3.4028235e38", "check.expect_close"), "inf found");
}

TEST(CustomCallsTest, ACheckInACalledComputationRuns) {
  ExpectError(RunHlo(R"(
f { a = s32[] constant(1)  b = s32[] constant(2)
  c = () custom-call(a, b), custom_call_target="check.expect_eq", custom_call_has_side_effect=true
  ROOT r = s32[] add(a, b) }
ENTRY e { unused = s32[] call(), to_apply=f  ROOT r = s32[] constant(0) })"),
              absl::StatusCode::kFailedPrecondition, "2 expected, 1 found");
}

// Values of IREE's test of the call.
TEST(CustomCallsTest, ProductOfReflectors) {
  ExpectEntry(R"(m = f32[4,3] constant({{0.19151945, 0.62210877, 0.43772774},
      {0.78535858, 0.77997581, 0.27259261}, {0.27646426, 0.80187218, 0.95813935},
      {0.87593263, 0.35781727, 0.50099513}})
    t = f32[2] constant({0.68346294, 0.71270203})
    ROOT q = f32[4,3] custom-call(m, t),
      custom_call_target="ProductOfElementaryHouseholderReflectors")",
              "f32[4,3]",
              "{{0.31653708, 0.10644531, 0.32681817}, {-0.53676350, 0.37089570, -0.31482652}, "
              "{-0.18895307, -0.54206765, 0.63208690}, {-0.59866750, -0.16177818, 0.08177957}}",
              {.abs = 1e-6, .rel = 1e-6});
}

// Values of LAPACK and NumPy.
TEST(CustomCallsTest, FactorizationsOfLapack) {
  ExpectEntry(R"(a = f32[3,3] constant({{4, 9, 9}, {2, 5, 9}, {1, 3, 6}})
    f = (f32[3,3], s32[]) custom-call(a), custom_call_target="lapack_spotrf_ffi",
      backend_config="{uplo = 76 : ui8}"
    ROOT l = f32[3,3] get-tuple-element(f), index=0)",
              "f32[3,3]", "{{2, 9, 9}, {1, 2, 9}, {0.5, 1.25, 2.046338}}",
              {.abs = 1e-6, .rel = 1e-6});
  ExpectEntry(R"(a = f32[2,2] constant({{1, 0}, {0, -1}})
    f = (f32[2,2], s32[]) custom-call(a), custom_call_target="lapack_spotrf_ffi"
    ROOT i = s32[] get-tuple-element(f), index=1)",
              "s32[]", "2");
  ExpectEntry(R"(a = f32[2,2] constant({{4, 2}, {9, 5}})
    lower = s32[] constant(0)
    one = s32[] constant(1)
    n = s32[] constant(2)
    f = (f32[2,2], s32[]) custom-call(lower, one, n, a), custom_call_target="lapack_spotrf"
    ROOT u = f32[2,2] get-tuple-element(f), index=0)",
              "f32[2,2]", "{{2, 1}, {9, 2}}");
  ExpectEntry(R"(a = f32[3,3] constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 10}})
    f = (f32[3,3], s32[3], s32[]) custom-call(a), custom_call_target="lapack_sgetrf_ffi"
    ROOT l = f32[3,3] get-tuple-element(f), index=0)",
              "f32[3,3]",
              "{{7, 8, 10}, {0.14285715, 0.8571428, 1.5714285}, {0.5714286, 0.5, -0.5}}",
              {.abs = 1e-6, .rel = 1e-5});
  ExpectEntry(R"(a = f32[3,3] constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 10}})
    f = (f32[3,3], s32[3], s32[]) custom-call(a), custom_call_target="lapack_sgetrf_ffi"
    ROOT p = s32[3] get-tuple-element(f), index=1)",
              "s32[3]", "{3, 3, 3}");
  ExpectEntry(R"(a = f32[3,3] constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 10}})
    f = (f32[3,3], f32[3]) custom-call(a), custom_call_target="lapack_sgeqrf_ffi"
    ROOT q = f32[3,3] get-tuple-element(f), index=0)",
              "f32[3,3]",
              "{{-8.124039, -9.601136, -11.939874}, {0.43840235, 0.90453357, 1.5075552}, "
              "{0.7672041, 0.9090762, 0.4082477}}",
              {.abs = 2e-5, .rel = 2e-5});
}

TEST(CustomCallsTest, TriangularSolvesOfBlas) {
  ExpectEntry(R"(zero = s32[] constant(0)
    one = s32[] constant(1)
    two = s32[] constant(2)
    alpha = f32[] constant(1)
    a = f32[2,2] constant({{2, 9}, {1, 4}})
    b = f32[2,1] constant({{4}, {10}})
    ROOT x = f32[2,1] custom-call(one, one, zero, zero, two, one, one, alpha, a, b),
      custom_call_target="blas_strsm")",
              "f32[2,1]", "{{2}, {2}}");
  ExpectError(RunHlo(Entry(R"(a = f32[2,2] constant({{2, 9}, {1, 4}})
    b = f32[3] constant({1, 2, 3})
    ROOT x = f32[3] custom-call(a, b), custom_call_target="lapack_strsm_ffi")")),
              absl::StatusCode::kInvalidArgument, "triangular-solve");
}

TEST(CustomCallsTest, UnknownCodeIsNamed) {
  ExpectError(RunHlo(Entry("ROOT r = f32[] custom-call(), custom_call_target=\"foo\"")),
              absl::StatusCode::kUnimplemented, "\"foo\"");
}

TEST(CustomCallsTest, UnknownCodeIsAFunctionOfItsOperandsIfAskedFor) {
  auto call = [](std::string_view target, std::string_view value) {
    auto module = importers::ParseHloText(
        Entry(base::StrCat("a = f32[3] constant(", value, ")\nROOT r = f32[3] custom-call(a), ",
                           "custom_call_target=\"", target, "\"")));
    EXPECT_TRUE(module.ok()) << module.status();
    return Evaluate(*module, {}, {.uninterpreted_calls = true}).value();
  };
  EXPECT_EQ(call("mystery", "{1, 2, 3}"), call("mystery", "{1, 2, 3}"));
  EXPECT_FALSE(call("mystery", "{1, 2, 3}") == call("mystery", "{1, 2, 4}"));
  EXPECT_FALSE(call("mystery", "{1, 2, 3}") == call("riddle", "{1, 2, 3}"));
  ExpectError(RunHlo(Entry("a = f32[3] constant({1, 2, 3})\nROOT r = f32[3] custom-call(a), "
                           "custom_call_target=\"mystery\"")),
              absl::StatusCode::kUnimplemented, "mystery");
}

}  // namespace
}  // namespace eqsat::ir
