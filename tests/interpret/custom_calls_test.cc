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

TEST(CustomCallsTest, ThreeFryOfGpus) {
  // The known answer of Random123 for a key and a counter of ones.
  ExpectEntry(R"(m = u32[1] constant({4294967295})
    r = (u32[1], u32[1]) custom-call(m, m, m, m), custom_call_target="cu_threefry2x32_ffi"
    ROOT x = u32[1] get-tuple-element(r), index=0)",
              "u32[1]", "{481924860}");
}

TEST(CustomCallsTest, OperationsWhoseSizesAreOperands) {
  ExpectEntry(R"(n = s64[2] constant({2, 3})
    ROOT i = s32[?,?] custom-call(n), custom_call_target="stablehlo.dynamic_iota",
      backend_config={iota_dimension = 1 : i64})",
              "s32[2,3]", "{{0, 1, 2}, {0, 1, 2}}");
  ExpectEntry(R"(x = f32[1,2] constant({{1, 2}})
    n = s64[3] constant({2, 2, 2})
    ROOT b = f32[?,?,?] custom-call(x, n), custom_call_target="stablehlo.dynamic_broadcast_in_dim",
      backend_config={broadcast_dimensions = array<i64: 0, 2>})",
              "f32[2,2,2]", "{{{1, 2}, {1, 2}}, {{1, 2}, {1, 2}}}");
  ExpectEntry(R"(x = f32[4] constant({0, 1, 2, 3})
    one = s64[1] constant({1})
    four = s64[1] constant({4})
    two = s64[1] constant({2})
    ROOT s = f32[?] custom-call(x, one, four, two), custom_call_target="stablehlo.real_dynamic_slice")",
              "f32[2]", "{1, 3}");
  ExpectEntry(R"(x = f32[2] constant({1, 2})
    v = f32[] constant(9)
    one = s64[1] constant({1})
    zero = s64[1] constant({0})
    ROOT p = f32[?] custom-call(x, v, one, zero, one), custom_call_target="stablehlo.dynamic_pad")",
              "f32[4]", "{9, 1, 9, 2}");
  ExpectEntry(R"(x = f32[3] constant({1, 3, 2})
    k = s32[] constant(2)
    t = (f32[?], s32[?]) custom-call(x, k), custom_call_target="stablehlo.dynamic_top_k"
    ROOT v = f32[?] get-tuple-element(t), index=0)",
              "f32[2]", "{3, 2}");
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

// The result `part` of a call of a solver on `operand`.
std::string SolverEntry(std::string_view target, std::string_view config, std::string_view operand,
                        std::string_view results, int part, std::string_view shape) {
  return base::StrCat("a = ", operand, "\nf = ", results, " custom-call(a), custom_call_target=\"",
                      target, "\", backend_config=", config, "\nROOT r = ", shape,
                      " get-tuple-element(f), index=", part);
}

struct SolverCase {
  std::string_view name, target, config, operand, results;
  int part;
  std::string_view shape, expected;
};

class SolverTest : public testing::TestWithParam<SolverCase> {};

// What can be worked out by hand, where signs are LAPACK's.
TEST_P(SolverTest, Gives) {
  const SolverCase& c = GetParam();
  ExpectEntry(SolverEntry(c.target, c.config, c.operand, c.results, c.part, c.shape),
              std::string(c.shape), std::string(c.expected), {.abs = 1e-5, .rel = 1e-5});
}

constexpr std::string_view kSymmetric =
    "f32[2,2] constant({{2, 9}, {1, 2}})";  // the lower triangle
constexpr std::string_view kEigh = "(f32[2,2], f32[2], s32[])";
constexpr std::string_view kTurn = "f64[2,2] constant({{0, -1}, {1, 0}})";
constexpr std::string_view kWide = "f32[1,2,3] constant({{{3, 0, 0}, {0, 0, -4}}})";
constexpr std::string_view kSvd = "(f32[1,2,3], f32[1,2], f32[1,2,2], f32[1,3,3], s32[1])";

INSTANTIATE_TEST_SUITE_P(
    Routines, SolverTest,
    testing::Values(
        SolverCase{"Syevd", "lapack_ssyevd_ffi", "{mode = 86 : ui8, uplo = 76 : ui8}", kSymmetric,
                   kEigh, 1, "f32[2]", "{1, 3}"},
        SolverCase{"UpperTriangle", "lapack_ssyevd_ffi", "{mode = 78 : ui8, uplo = 85 : ui8}",
                   kSymmetric, kEigh, 1, "f32[2]", "{-7, 11}"},
        SolverCase{"Cusolver", "cusolver_syevd_ffi", "{algorithm = 0 : ui8, lower = true}",
                   kSymmetric, kEigh, 0, "f32[2,2]",
                   "{{-0.70710677, 0.70710677}, {0.70710677, 0.70710677}}"},
        SolverCase{"Eigh", "Eigh", "\"1,1,15,0.00001\"", kSymmetric, "(f32[2,2], f32[2])", 1,
                   "f32[2]", "{1, 3}"},
        SolverCase{"Heevd", "lapack_cheevd_ffi", "{mode = 86 : ui8, uplo = 76 : ui8}",
                   "c64[2,2] constant({{(2, 0), (0, 0)}, {(0, 1), (2, 0)}})",
                   "(c64[2,2], f32[2], s32[])", 1, "f32[2]", "{1, 3}"},
        SolverCase{"GeevValues", "lapack_dgeev_ffi",
                   "{compute_left = 86 : ui8, compute_right = 86 : ui8}", kTurn,
                   "(f64[2], f64[2], c128[2,2], c128[2,2], s32[])", 1, "f64[2]", "{1, -1}"},
        SolverCase{"GeevVectors", "lapack_dgeev_ffi",
                   "{compute_left = 86 : ui8, compute_right = 86 : ui8}", kTurn,
                   "(f64[2], f64[2], c128[2,2], c128[2,2], s32[])", 3, "c128[2,2]",
                   "{{(0.70710678, 0), (0.70710678, 0)}, {(0, -0.70710678), (0, 0.70710678)}}"},
        SolverCase{"Gees", "lapack_dgees_ffi", "{mode = 86 : ui8, sort = 78 : ui8}", kTurn,
                   "(f64[2,2], f64[2,2], f64[2], f64[2], s32[], s32[])", 3, "f64[2]", "{1, -1}"},
        SolverCase{"Gehrd", "lapack_sgehrd_ffi", "{high = 3 : i32, low = 1 : i32}",
                   "f32[3,3] constant({{1, 2, 3}, {3, 1, 0}, {4, 0, 1}})",
                   "(f32[3,3], f32[2], s32[])", 0, "f32[3,3]",
                   "{{1, -3.6, 0.2}, {-5, 1, 0}, {0.5, 0, 1}}"},
        SolverCase{"Sytrd", "hipsolver_sytrd_ffi", "{lower = true}",
                   "f32[1,3,3] constant({{{1, 0, 0}, {3, 1, 0}, {4, 0, 1}}})",
                   "(f32[1,3,3], f32[1,3], f32[1,2], f32[1,2], s32[1])", 2, "f32[1,2]",
                   "{{-5, 0}}"},
        SolverCase{"GesddValues", "lapack_sgesdd_ffi", "{mode = 65 : ui8}", kWide, kSvd, 1,
                   "f32[1,2]", "{{4, 3}}"},
        SolverCase{"GesvdWithoutVectors", "cusolver_gesvd_ffi",
                   "{compute_uv = false, full_matrices = false, transposed = true}", kWide, kSvd, 1,
                   "f32[1,2]", "{{4, 3}}"},
        SolverCase{
            "GesvdjTakesNoAdjoint", "cusolver_gesvdj_ffi",
            "{compute_uv = true, full_matrices = true}", "f32[1,2,2] constant({{{0, 2}, {1, 0}}})",
            "(f32[1,2,2], f32[1,2], f32[1,2,2], f32[1,2,2], s32[1])", 1, "f32[1,2]", "{{2, 1}}"},
        SolverCase{"LuDecomposition", "LuDecomposition", "\"\"",
                   "f32[2,2] constant({{1, 2}, {4, 4}})", "(f32[2,2], s32[2], s32[2])", 2, "s32[2]",
                   "{1, 0}"},
        SolverCase{"EmptyBatch", "lapack_sgesdd_ffi", "{mode = 65 : ui8}",
                   "f32[0,2,2] constant({})",
                   "(f32[0,2,2], f32[0,2], f32[0,2,2], f32[0,2,2], s32[0])", 1, "f32[0,2]", "{}"}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(CustomCallsTest, SolversOfSeveralOperands) {
  ExpectEntry(R"(l = f32[2] constant({9, 1})
    d = f32[2] constant({2, 3})
    u = f32[2] constant({1, 9})
    b = f32[2,1] constant({{4}, {7}})
    ROOT x = f32[2,1] custom-call(l, d, u, b), custom_call_target="cusparse_gtsv2_ffi")",
              "f32[2,1]", "{{1}, {2}}", {.abs = 1e-6, .rel = 1e-6});
  ExpectEntry(R"(a = f32[2,2] constant({{1, 3}, {0, 4}})
    free = s32[2] constant({0, 0})
    f = (f32[2,2], s32[2], f32[2]) custom-call(a, free), custom_call_target="lapack_sgeqp3_ffi"
    ROOT p = s32[2] get-tuple-element(f), index=1)",
              "s32[2]", "{2, 1}");
  ExpectEntry(R"(p = s32[2,2] constant({{1, 2}, {7, 1}})
    ROOT r = s32[2,3] custom-call(p), custom_call_target="cu_lu_pivots_to_permutation")",
              "s32[2,3]", "{{1, 2, 0}, {0, 1, 2}}");
}

// As JAX exported them in 2024: sizes and choices before the matrix, room to work in among the
// results.
TEST(CustomCallsTest, SolversWithScalarOperands) {
  constexpr std::string_view kScalars = R"(one = s32[] constant(1)
    n = s32[] constant(2)
    v = u8[] constant(86)
    no = u8[] constant(78)
    a = f32[2,2] constant({{0, -1}, {1, 0}})
    )";
  ExpectEntry(base::StrCat(kScalars, R"(f = (f32[2,2], f32[2], f32[2], f32[2,2], s32[], s32[])
      custom-call(one, n, v, no, a), custom_call_target="lapack_sgees"
    ROOT i = f32[2] get-tuple-element(f), index=2)"),
              "f32[2]", "{1, -1}");
  ExpectEntry(base::StrCat(kScalars,
                           R"(f = (f32[2,2], f32[2,2], f32[2,2], f32[2], f32[2], c64[2,2], c64[2,2],
        s32[]) custom-call(one, n, no, no, a), custom_call_target="lapack_sgeev"
    ROOT i = f32[2] get-tuple-element(f), index=4)"),
              "f32[2]", "{1, -1}");
}

TEST(CustomCallsTest, SolversRefuseWhatLapackHasNot) {
  for (std::string_view results : {"(f16[2,2], f16[2], s32[])", "(f32[2,2], f32[3], s32[])",
                                   "(f32[2,2], f64[2], s32[])", "f32[2,2]"}) {
    const std::string_view type = results.starts_with("(f16") ? "f16" : "f32";
    ExpectError(RunHlo(Entry(base::StrCat("a = ", type,
                                          "[2,2] constant({{1, 0}, {0, 1}})\nROOT f = ", results,
                                          " custom-call(a), custom_call_target=\"Eigh\""))),
                absl::StatusCode::kUnimplemented, "Eigh of ");
  }
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
