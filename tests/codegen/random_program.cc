#include "tests/codegen/random_program.h"

#include <algorithm>
#include <string_view>

#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

constexpr std::string_view kHeader = R"(HloModule random
max { a = f32[] parameter(0) b = f32[] parameter(1) ROOT m = f32[] maximum(a, b) }
sum { a = f32[] parameter(0) b = f32[] parameter(1) ROOT s = f32[] add(a, b) }
lt { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = pred[] compare(a, b), direction=LT }
ENTRY e {
  v0 = f32[16,16] parameter(0)
  zero = f32[] constant(0)
  half = f32[] constant(0.5)
  half_all = f32[16,16] broadcast(half), dimensions={}
)";

// Lines that define v<i> from earlier values; `first` names the first of them, `second` the other.
std::string Lines(std::mt19937& random, int i, const std::string& first,
                  const std::string& second) {
  const std::string value = base::StrCat("v", i, " = f32[16,16] ");
  const int axis = static_cast<int>(random() % 2);
  switch (random() % 11) {
    case 0:
      return base::StrCat("a", i, " = f32[16,16] add(", first, ", ", second, ")\n", value, "tanh(a",
                          i, ")\n");
    case 1:
      return base::StrCat(value, "maximum(", first, ", ", second, ")\n");
    case 2:
      return base::StrCat(value, "transpose(", first, "), dimensions={1,0}\n");
    case 3:  // along rows or columns, spread back along either
      return base::StrCat("r", i, " = f32[16] reduce(", first, ", zero), dimensions={", axis,
                          "}, to_apply=", random() % 2 ? "sum" : "max", "\nt", i,
                          " = f32[16] tanh(r", i, ")\nb", i, " = f32[16,16] broadcast(t", i,
                          "), dimensions={", random() % 2, "}\n", value, "subtract(", second, ", b",
                          i, ")\n");
    case 4:
      return base::StrCat("d", i, " = f32[16,16] dot(", first, ", ", second,
                          "), lhs_contracting_dims={", axis, "}, rhs_contracting_dims={",
                          random() % 2, "}\n", value, "tanh(d", i, ")\n");
    case 5:
      return base::StrCat("s", i, " = f32[256] reshape(", first, ")\nn", i, " = f32[256] negate(s",
                          i, ")\n", value, "reshape(n", i, ")\n");
    case 6:
      return base::StrCat("h", i, " = f32[8,16] slice(", first, "), slice={[0:16:2],[0:16]}\ng", i,
                          " = f32[8,16] slice(", second, "), slice={[4:12],[0:16]}\n", value,
                          "concatenate(h", i, ", g", i, "), dimensions={0}\n");
    case 7:
      return base::StrCat(value, "sort(", first, "), dimensions={1}, to_apply=lt\n");
    case 8:
      return base::StrCat("u", i, " = f32[4,16] slice(", first, "), slice={[0:4],[0:16]}\ni", i,
                          " = s32[] constant(", random() % 14, ")\n", value,
                          "dynamic-update-slice(", second, ", u", i, ", i", i, ", i", i, ")\n");
    case 9:
      return base::StrCat("w", i, " = f32[13,16] slice(", first, "), slice={[1:14],[0:16]}\n",
                          value, "pad(w", i, ", half), padding=2_1x0_0\n");
    default:
      return base::StrCat("c", i, " = bf16[16,16] convert(", first, ")\n", value, "convert(c", i,
                          ")\n");
  }
}

}  // namespace

std::string RandomProgram(std::mt19937& random, int size) {
  std::string text(kHeader);
  for (int i = 1; i < size; ++i) {
    // Mostly recent values, so that chains form.
    auto earlier = [&] {
      const int back =
          static_cast<int>(random() % 4 == 0 ? random() % i : random() % std::min(i, 3));
      return base::StrCat("v", i - 1 - back);
    };
    const std::string first = earlier();
    const std::string second = earlier();
    text += Lines(random, i, first, second);
  }
  return base::StrCat(text, "ROOT root = f32[16,16] multiply(v", size - 1, ", half_all)\n}");
}

}  // namespace eqsat::codegen
