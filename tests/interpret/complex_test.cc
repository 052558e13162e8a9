// Complex functions where results are special; expected values are those of mpmath and JAX.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

void ExpectComplex(std::string_view op, std::string_view type, std::string_view operand,
                   std::string_view expected, double rel = 1e-6) {
  ExpectEntry(
      base::StrCat("z = ", type, " constant(", operand, ")  ROOT r = ", type, " ", op, "(z)"), type,
      expected, {.abs = 1e-30, .rel = rel});
}

TEST(ComplexTest, AnglesThatAreNotFinite) {
  ExpectComplex("exponential", "c64[3]", "{(-inf, inf), (inf, nan), (-inf, 0)}",
                "{(nan, nan), (nan, nan), (0, 0)}");
  ExpectComplex("sinh", "c64[]", "(0, inf)", "(nan, nan)");
  ExpectComplex("cosine", "c64[]", "(inf, 0)", "(nan, nan)");
}

TEST(ComplexTest, LogPlusOneDoesNotOverflow) {
  ExpectComplex("log-plus-one", "c64[2]", "{(-3.4028235e38, -3.4028235e38), (-1.5, -3.4028235e38)}",
                "{(89.06941, -2.3561945), (88.72284, -1.5707964)}");
  // |1+z| is nearly 1.
  ExpectComplex("log-plus-one", "c128[]", "(-0.5, 0.8660254037844386)",
                "(-4.345318932600586e-17, 1.0471975511965976)", 1e-9);
}

TEST(ComplexTest, SmallAndLargeExponentials) {
  ExpectComplex("exponential-minus-one", "c64[2]", "{(1e-10, 1e-10), (90, 0)}",
                "{(1e-10, 1e-10), (inf, 0)}");
  ExpectComplex("cbrt", "c128[]", "(3, 4)", "(1.6289371459221759, 0.5201745023045458)", 1e-14);
}

TEST(ComplexTest, OrderIsByRealThenImaginaryPart) {
  ExpectEntry(
      "a = c64[3] constant({(1.5, 2.5), (1.5, 7.5), (-0, 1.5)})\n"
      "b = c64[3] constant({(7.5, 1.5), (1.5, 2.5), (0, 2.5)})\n"
      "ROOT r = c64[3] maximum(a, b)",
      "c64[3]", "{(7.5, 1.5), (1.5, 7.5), (0, 2.5)}");
}

TEST(ComplexTest, OperandsOfExtremesMayBeExchanged) {
  constexpr std::string_view kOperands =
      "a = c64[3] constant({(nan, 1), (-0, 1), (2, nan)})\n"
      "b = c64[3] constant({(7, 2), (0, 1), (2, 5)})\n";
  for (std::string_view call : {"minimum(a, b)", "minimum(b, a)"})
    ExpectEntry(base::StrCat(kOperands, "ROOT r = c64[3] ", call), "c64[3]",
                "{(nan, nan), (-0, 1), (nan, nan)}");
}

TEST(ComplexTest, PowersOfZero) {
  ExpectEntry(
      "a = c64[3] constant({(0, 0), (0, 0), (0, 0)})\n"
      "b = c64[3] constant({(0, 0), (2, 1), (-1, 0)})\n"
      "ROOT r = c64[3] power(a, b)",
      "c64[3]", "{(1, 0), (0, 0), (nan, nan)}");
}

}  // namespace
}  // namespace eqsat::ir
