// Elementwise ops, with values worked out by hand or taken from the definitions.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

void ExpectUnary(std::string_view op, std::string_view type, std::string_view operand,
                 std::string_view result_type, std::string_view expected,
                 Tolerance tolerance = {}) {
  ExpectEntry(base::StrCat("a = ", type, " constant(", operand, ")\nROOT r = ", result_type, " ",
                           op, "(a)"),
              result_type, expected, tolerance);
}

// `op` may carry attributes after a comma: "compare(a, b), direction=LT".
void ExpectBinary(std::string_view op, std::string_view type, std::string_view lhs,
                  std::string_view rhs, std::string_view result_type, std::string_view expected,
                  std::string_view attributes = "") {
  ExpectEntry(base::StrCat("a = ", type, " constant(", lhs, ")\nb = ", type, " constant(", rhs,
                           ")\nROOT r = ", result_type, " ", op, "(a, b)", attributes),
              result_type, expected);
}

TEST(ElementwiseTest, IntegersWrap) {
  ExpectBinary("add", "s8[3]", "{127, -128, 5}", "{1, -1, 6}", "s8[3]", "{-128, 127, 11}");
  ExpectBinary("subtract", "u8[2]", "{0, 7}", "{1, 3}", "u8[2]", "{255, 4}");
  ExpectBinary("multiply", "s32[2]", "{65536, -3}", "{65536, 7}", "s32[2]", "{0, -21}");
  ExpectBinary("multiply", "u16[1]", "{65535}", "{65535}", "u16[1]", "{1}");
  ExpectBinary("add", "s4[2]", "{7, -8}", "{1, -1}", "s4[2]", "{-8, 7}");
  ExpectBinary("multiply", "u4[2]", "{15, 3}", "{15, 5}", "u4[2]", "{1, 15}");
  ExpectUnary("negate", "s32[2]", "{-2147483648, 5}", "s32[2]", "{-2147483648, -5}");
  ExpectUnary("abs", "s8[2]", "{-128, -7}", "s8[2]", "{-128, 7}");
}

TEST(ElementwiseTest, DivisionFollowsTheSpecification) {
  ExpectBinary("divide", "s32[5]", "{7, -7, 7, 5, -2147483648}", "{2, 2, -2, 0, -1}", "s32[5]",
               "{3, -3, -3, -1, -2147483648}");
  ExpectBinary("divide", "u8[2]", "{200, 9}", "{0, 2}", "u8[2]", "{255, 4}");
  ExpectBinary("remainder", "s32[5]", "{7, -7, 7, 5, -2147483648}", "{2, 2, -2, 0, -1}", "s32[5]",
               "{1, -1, 1, 5, 0}");
  ExpectBinary("remainder", "f32[4]", "{5.5, -5.5, 5, inf}", "{2, 2, inf, 2}", "f32[4]",
               "{1.5, -1.5, 5, nan}");
  ExpectBinary("divide", "f32[3]", "{1, -1, 0}", "{0, 0, 0}", "f32[3]", "{inf, -inf, nan}");
}

TEST(ElementwiseTest, Shifts) {
  ExpectBinary("shift-left", "s32[4]", "{1, 1, 1, 3}", "{31, 32, -1, 1}", "s32[4]",
               "{-2147483648, 0, 0, 6}");
  ExpectBinary("shift-right-arithmetic", "s8[4]", "{-128, -128, 64, -1}", "{3, 8, 9, 1}", "s8[4]",
               "{-16, -1, 0, -1}");
  ExpectBinary("shift-right-logical", "s8[3]", "{-128, -128, -1}", "{3, 8, 1}", "s8[3]",
               "{16, 0, 127}");
  ExpectBinary("shift-right-arithmetic", "u8[2]", "{128, 128}", "{1, 200}", "u8[2]", "{192, 255}");
  ExpectBinary("shift-right-logical", "s4[2]", "{-8, -1}", "{1, 3}", "s4[2]", "{4, 1}");
}

TEST(ElementwiseTest, BitsAndLogic) {
  ExpectBinary("and", "u8[2]", "{12, 255}", "{10, 15}", "u8[2]", "{8, 15}");
  ExpectBinary("xor", "s32[2]", "{-1, 6}", "{1, 3}", "s32[2]", "{-2, 5}");
  ExpectBinary("or", "pred[3]", "{1, 0, 0}", "{0, 1, 0}", "pred[3]", "{1, 1, 0}");
  ExpectUnary("not", "u8[2]", "{0, 5}", "u8[2]", "{255, 250}");
  ExpectUnary("not", "u4[2]", "{0, 5}", "u4[2]", "{15, 10}");
  ExpectUnary("not", "pred[2]", "{0, 1}", "pred[2]", "{1, 0}");
  ExpectUnary("popcnt", "s16[3]", "{-1, 0, 5}", "s16[3]", "{16, 0, 2}");
  ExpectUnary("popcnt", "s4[1]", "{-1}", "s4[1]", "{4}");
  ExpectUnary("count-leading-zeros", "u8[3]", "{0, 1, 255}", "u8[3]", "{8, 7, 0}");
  ExpectUnary("count-leading-zeros", "s32[2]", "{-1, 1}", "s32[2]", "{0, 31}");
  ExpectBinary("add", "pred[2]", "{1, 0}", "{1, 0}", "pred[2]", "{1, 0}");
}

TEST(ElementwiseTest, ExtremaPassNanOn) {
  ExpectBinary("maximum", "f32[3]", "{nan, 1, -3}", "{1, nan, -2}", "f32[3]", "{nan, nan, -2}");
  ExpectBinary("minimum", "f32[3]", "{nan, 1, -3}", "{1, nan, -2}", "f32[3]", "{nan, nan, -3}");
  // 1/max(-0, 0) shows the zero's sign.
  ExpectEntry(R"(a = f32[2] constant({-0.0, 0.0})
                 b = f32[2] constant({0.0, -0.0})
                 m = f32[2] maximum(a, b)
                 one = f32[2] constant({1, 1})
                 ROOT r = f32[2] divide(one, m))",
              "f32[2]", "{inf, inf}");
  ExpectBinary("maximum", "u8[1]", "{200}", "{100}", "u8[1]", "{200}");
}

TEST(ElementwiseTest, ClampAndSelectTakeScalarBounds) {
  ExpectEntry(R"(low = f32[] constant(-1)
                 x = f32[4] constant({-5, 0.5, 7, nan})
                 high = f32[] constant(2)
                 ROOT r = f32[4] clamp(low, x, high))",
              "f32[4]", "{-1, 0.5, 2, nan}");
  ExpectEntry(R"(p = pred[3] constant({1, 0, 1})
                 x = bf16[3] constant({1, 2, 3})
                 y = bf16[3] constant({4, 5, 6})
                 ROOT r = bf16[3] select(p, x, y))",
              "bf16[3]", "{1, 5, 3}");
}

TEST(ElementwiseTest, Power) {
  ExpectBinary("power", "s32[6]", "{2, 3, -1, -1, 2, 0}", "{10, -1, -3, -2, 0, 0}", "s32[6]",
               "{1024, 0, -1, 1, 1, 1}");
  ExpectBinary("power", "f32[3]", "{2, 4, 0}", "{3, 0.5, 0}", "f32[3]", "{8, 2, 1}");
}

TEST(ElementwiseTest, Comparisons) {
  ExpectBinary("compare", "f32[3]", "{1, nan, 2}", "{2, nan, 2}", "pred[3]", "{1, 0, 0}",
               ", direction=LT");
  ExpectBinary("compare", "f32[2]", "{nan, 2}", "{nan, 2}", "pred[2]", "{1, 0}", ", direction=NE");
  // Total order: -nan < -0 < 0 < nan.
  ExpectBinary("compare", "f32[4]", "{-0.0, -nan, 0, nan}", "{0, -inf, nan, nan}", "pred[4]",
               "{1, 1, 1, 0}", ", direction=LT, type=TOTALORDER");
  ExpectBinary("compare", "u8[1]", "{200}", "{100}", "pred[1]", "{1}", ", direction=GT");
  ExpectBinary("compare", "s8[1]", "{-56}", "{100}", "pred[1]", "{0}", ", direction=GT");
  ExpectBinary("compare", "c64[2]", "{(1, 2), (1, 2)}", "{(1, 2), (1, 3)}", "pred[2]", "{1, 0}",
               ", direction=EQ");
}

TEST(ElementwiseTest, SignsAndRounding) {
  ExpectUnary("sign", "f32[4]", "{-3, 0, 7, nan}", "f32[4]", "{-1, 0, 1, nan}");
  ExpectUnary("sign", "s32[3]", "{-3, 0, 7}", "s32[3]", "{-1, 0, 1}");
  ExpectUnary("round-nearest-afz", "f32[4]", "{0.5, 1.5, -2.5, 0.4}", "f32[4]", "{1, 2, -3, 0}");
  ExpectUnary("round-nearest-even", "f32[4]", "{0.5, 1.5, -2.5, 0.6}", "f32[4]", "{0, 2, -2, 1}");
  ExpectUnary("floor", "f32[2]", "{-0.5, 1.5}", "f32[2]", "{-1, 1}");
  ExpectUnary("ceil", "f32[2]", "{-1.5, 1.5}", "f32[2]", "{-1, 2}");
  ExpectUnary("is-finite", "f32[3]", "{inf, nan, 1}", "pred[3]", "{0, 0, 1}");
}

TEST(ElementwiseTest, Transcendental) {
  constexpr Tolerance kUlp{1e-7, 2e-7};
  ExpectUnary("exponential", "f32[2]", "{0, 1}", "f32[2]", "{1, 2.71828183}", kUlp);
  ExpectUnary("exponential-minus-one", "f32[2]", "{1e-6, 1}", "f32[2]",
              "{1.0000005e-6, 1.71828183}", {0, 2e-7});
  ExpectUnary("log-plus-one", "f32[2]", "{1e-6, 1}", "f32[2]", "{9.999995e-7, 0.693147181}",
              {0, 2e-7});
  ExpectUnary("logistic", "f32[3]", "{0, 2, -200}", "f32[3]", "{0.5, 0.880797078, 0}", kUlp);
  ExpectUnary("tanh", "f32[2]", "{0.5, 20}", "f32[2]", "{0.462117157, 1}", kUlp);
  ExpectUnary("erf", "f32[2]", "{0.5, -1}", "f32[2]", "{0.520499878, -0.842700793}", kUlp);
  ExpectUnary("rsqrt", "f32[2]", "{4, 0}", "f32[2]", "{0.5, inf}");
  ExpectUnary("cbrt", "f32[2]", "{-8, 27}", "f32[2]", "{-2, 3}", kUlp);
  ExpectUnary("log", "f64[1]", "{10}", "f64[1]", "{2.302585092994046}", {0, 1e-15});
  ExpectBinary("atan2", "f64[2]", "{0, 0}", "{1, -1}", "f64[2]", "{0, 3.141592653589793}");
}

TEST(ElementwiseTest, SmallFloatsRoundOnceAnOperation) {
  // 1 + 2^-8 is midway between bf16 neighbours 1 and 1 + 2^-7: the even one is 1.
  ExpectBinary("add", "bf16[2]", "{1, 1}", "{0.00390625, 0.01171875}", "bf16[2]", "{1, 1.015625}");
  ExpectBinary("multiply", "f16[1]", "{65504}", "{2}", "f16[1]", "{inf}");
  // f8e4m3fn has 3 mantissa bits and no infinity: 448 + 448 overflows to NaN.
  ExpectBinary("add", "f8e4m3fn[3]", "{1, 448, 17}", "{0.0625, 448, 0}", "f8e4m3fn[3]",
               "{1, nan, 16}");
  ExpectBinary("multiply", "f8e5m2[2]", "{57344, 3}", "{2, 5}", "f8e5m2[2]", "{inf, 16}");
}

TEST(ElementwiseTest, ComplexNumbers) {
  ExpectBinary("complex", "f32[2]", "{1, 2}", "{3, 4}", "c64[2]", "{(1, 3), (2, 4)}");
  ExpectBinary("multiply", "c64[1]", "{(1, 2)}", "{(3, -1)}", "c64[1]", "{(5, 5)}");
  ExpectUnary("abs", "c64[1]", "{(3, -4)}", "f32[1]", "{5}");
  ExpectUnary("real", "c64[1]", "{(3, -4)}", "f32[1]", "{3}");
  ExpectUnary("imag", "c64[1]", "{(3, -4)}", "f32[1]", "{-4}");
  ExpectUnary("imag", "f32[1]", "{3}", "f32[1]", "{0}");
  ExpectUnary("exponential", "c128[1]", "{(0, 3.141592653589793)}", "c128[1]", "{(-1, 0)}",
              {1e-15, 0});
  ExpectUnary("sign", "c64[2]", "{(3, 4), (0, 0)}", "c64[2]", "{(0.6, 0.8), (0, 0)}", {1e-7, 0});
}

}  // namespace
}  // namespace eqsat::ir
