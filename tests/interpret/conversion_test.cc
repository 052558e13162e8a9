// Conversions between element types, and of bits.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

void ExpectConverted(std::string_view op, std::string_view from, std::string_view values,
                     std::string_view to, std::string_view expected) {
  ExpectEntry(base::StrCat("a = ", from, " constant(", values, ")\nROOT r = ", to, " ", op, "(a)"),
              to, expected);
}

TEST(ConversionTest, FloatsToIntegersSaturate) {
  ExpectConverted("convert", "f32[6]", "{1.9, -1.9, nan, inf, -inf, 3e9}", "s32[6]",
                  "{1, -1, 0, 2147483647, -2147483648, 2147483647}");
  ExpectConverted("convert", "f32[4]", "{-1, 300, 254.5, nan}", "u8[4]", "{0, 255, 254, 0}");
  ExpectConverted("convert", "f64[2]", "{1e30, -1e30}", "s64[2]",
                  "{9223372036854775807, -9223372036854775808}");
  ExpectConverted("convert", "f32[2]", "{1e30, -1}", "u64[2]", "{18446744073709551615, 0}");
  ExpectConverted("convert", "f32[3]", "{100, -100, 3.5}", "s4[3]", "{7, -8, 3}");
}

TEST(ConversionTest, IntegersKeepTheirLowBits) {
  ExpectConverted("convert", "s32[3]", "{257, -1, 128}", "u8[3]", "{1, 255, 128}");
  ExpectConverted("convert", "s32[2]", "{128, 255}", "s8[2]", "{-128, -1}");
  ExpectConverted("convert", "s32[2]", "{9, 23}", "s4[2]", "{-7, 7}");
  ExpectConverted("convert", "u8[2]", "{200, 3}", "s64[2]", "{200, 3}");
  ExpectConverted("convert", "s8[1]", "{-1}", "u32[1]", "{4294967295}");
}

TEST(ConversionTest, Preds) {
  ExpectConverted("convert", "f32[4]", "{0, -0.0, 0.5, nan}", "pred[4]", "{0, 0, 1, 1}");
  ExpectConverted("convert", "pred[2]", "{1, 0}", "f32[2]", "{1, 0}");
  ExpectConverted("convert", "pred[2]", "{1, 0}", "s32[2]", "{1, 0}");
}

TEST(ConversionTest, FloatsRoundToNearestEvenOnce) {
  // Through f32 the first would round to 1 + 2^-8, a tie, and then to 1.
  ExpectConverted("convert", "f64[2]", "{1.00390625000000022, 1.0}", "bf16[2]", "{1.0078125, 1}");
  ExpectConverted("convert", "f32[3]", "{65519, 65520, 6e-8}", "f16[3]",
                  "{65504, inf, 5.9604644775390625e-8}");
  ExpectConverted("convert", "s32[1]", "{16777217}", "f32[1]", "{16777216}");
  ExpectConverted("convert", "f32[1]", "{3.4e38}", "c64[1]", "{(3.4e38, 0)}");
  ExpectConverted("convert", "c64[1]", "{(2.5, 7)}", "f32[1]", "{2.5}");
}

TEST(ConversionTest, EightBitFloats) {
  ExpectConverted("convert", "f32[5]", "{449, 464, 465, 0.001953125, -17}", "f8e4m3fn[5]",
                  "{448, 448, nan, 0.001953125, -16}");
  ExpectConverted("convert", "f32[3]", "{61440, 61439, 1e-9}", "f8e5m2[3]", "{inf, 57344, 0}");
  ExpectConverted("convert", "f8e4m3fn[2]", "{1.125, nan}", "f32[2]", "{1.125, nan}");
  ExpectConverted("convert", "f8e4m3fn[2]", "{448, 240}", "f8e5m2[2]", "{448, 256}");
}

TEST(ConversionTest, ReducePrecision) {
  ExpectEntry(R"(a = f32[4] constant({1.00390625, 1.01171875, 1e-30, 1e30})
                 ROOT r = f32[4] reduce-precision(a), exponent_bits=5, mantissa_bits=7)",
              "f32[4]", "{1, 1.015625, 0, inf}");
  ExpectEntry(R"(a = f32[2] constant({65520, 65519})
                 ROOT r = f32[2] reduce-precision(a), exponent_bits=5, mantissa_bits=10)",
              "f32[2]", "{inf, 65504}");
}

TEST(ConversionTest, BitcastConvert) {
  ExpectConverted("bitcast-convert", "f32[2]", "{1, -0.0}", "u32[2]", "{1065353216, 2147483648}");
  ExpectConverted("bitcast-convert", "u32[1]", "{67305985}", "u8[1,4]", "{{1, 2, 3, 4}}");
  ExpectConverted("bitcast-convert", "u8[1,4]", "{{1, 2, 3, 4}}", "u32[1]", "{67305985}");
  ExpectConverted("bitcast-convert", "u8[1]", "{33}", "u4[1,2]", "{{1, 2}}");
  ExpectConverted("bitcast-convert", "s4[1,2]", "{{-1, 2}}", "u8[1]", "{47}");
}

TEST(ConversionTest, BitcastSeesTheLayout) {
  // Column-major {{1,2,3},{4,5,6}} lies in memory as 1 4 2 5 3 6.
  ExpectEntry(R"(a = f32[2,3]{0,1} constant({{1, 2, 3}, {4, 5, 6}})
                 ROOT r = f32[3,2]{1,0} bitcast(a))",
              "f32[3,2]", "{{1, 4}, {2, 5}, {3, 6}}");
}

}  // namespace
}  // namespace eqsat::ir
