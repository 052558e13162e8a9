#include "ir/shape/element_type.h"

#include "ir/base/check.h"

namespace eqsat::ir {
namespace {

struct Row {
  std::string_view name;
  int number;
  int bits;
  ElementKind kind;
};

constexpr Row kRows[] = {
#define ELEMENT_TYPE(enumerator, name, number, bits, kind) {name, number, bits, ElementKind::kind},
#include "ir/shape/element_type.def"
#undef ELEMENT_TYPE
};

const Row& RowOf(ElementType type) { return kRows[static_cast<int>(type)]; }

}  // namespace

std::string_view Name(ElementType type) { return RowOf(type).name; }
int ProtoNumber(ElementType type) { return RowOf(type).number; }
int BitWidth(ElementType type) { return RowOf(type).bits; }
ElementKind Kind(ElementType type) { return RowOf(type).kind; }

std::optional<ElementType> ElementTypeFromName(std::string_view name) {
  for (int i = 0; i < kNumElementTypes; ++i)
    if (kRows[i].name == name) return static_cast<ElementType>(i);
  return std::nullopt;
}

std::optional<ElementType> ElementTypeFromProtoNumber(int number) {
  for (int i = 0; i < kNumElementTypes; ++i)
    if (kRows[i].number == number) return static_cast<ElementType>(i);
  return std::nullopt;
}

ElementType ComplexPart(ElementType complex_type) {
  EQSAT_CHECK(IsComplex(complex_type));
  return complex_type == ElementType::kC64 ? ElementType::kF32 : ElementType::kF64;
}

}  // namespace eqsat::ir
