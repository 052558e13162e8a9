#include "codegen/kernel_ir/type.h"

#include "ir/base/check.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

struct ScalarRow {
  std::string_view name;
  int bits;
};
constexpr ScalarRow kScalars[] = {{"i1", 1},   {"i8", 8},    {"i16", 16}, {"i32", 32}, {"i64", 64},
                                  {"f16", 16}, {"bf16", 16}, {"f32", 32}, {"f64", 64}};

}  // namespace

std::string_view Name(Scalar scalar) { return kScalars[static_cast<int>(scalar)].name; }

int BitWidth(Scalar scalar) { return kScalars[static_cast<int>(scalar)].bits; }

Scalar BitsOf(Scalar scalar) {
  EQSAT_CHECK(IsFloat(scalar));
  if (scalar == Scalar::kF64) return Scalar::kI64;
  return scalar == Scalar::kF32 ? Scalar::kI32 : Scalar::kI16;
}

std::string ToString(Type type) {
  std::string text(Name(type.scalar));
  if (type.width != 1) base::StrAppend(&text, "x", type.width);
  return text;
}

}  // namespace eqsat::codegen
