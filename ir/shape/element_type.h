// Element types of HLO arrays, and the kinds of value that are not arrays (tuple, token, …).
#ifndef EQSAT_IR_SHAPE_ELEMENT_TYPE_H_
#define EQSAT_IR_SHAPE_ELEMENT_TYPE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace eqsat::ir {

enum class ElementType : uint8_t {
#define ELEMENT_TYPE(enumerator, name, number, bits, kind) enumerator,
#include "ir/shape/element_type.def"
#undef ELEMENT_TYPE
};

enum class ElementKind : uint8_t { kNone, kPred, kSigned, kUnsigned, kFloat, kComplex };

#define ELEMENT_TYPE(enumerator, name, number, bits, kind) +1
inline constexpr int kNumElementTypes = 0
#include "ir/shape/element_type.def"
    ;
#undef ELEMENT_TYPE

// "f32", "pred", …
std::string_view Name(ElementType type);
// XLA's PrimitiveType number.
int ProtoNumber(ElementType type);
// Significant bits of one element; 0 for types without elements.
int BitWidth(ElementType type);
ElementKind Kind(ElementType type);

std::optional<ElementType> ElementTypeFromName(std::string_view name);
std::optional<ElementType> ElementTypeFromProtoNumber(int number);

inline bool IsArrayElement(ElementType t) { return Kind(t) != ElementKind::kNone; }
inline bool IsFloat(ElementType t) { return Kind(t) == ElementKind::kFloat; }
inline bool IsComplex(ElementType t) { return Kind(t) == ElementKind::kComplex; }
inline bool IsSigned(ElementType t) { return Kind(t) == ElementKind::kSigned; }
inline bool IsUnsigned(ElementType t) { return Kind(t) == ElementKind::kUnsigned; }
inline bool IsInteger(ElementType t) { return IsSigned(t) || IsUnsigned(t); }

// Bytes of one element in a Literal or a buffer: types narrower than a byte take a whole byte.
inline int ByteWidth(ElementType t) { return (BitWidth(t) + 7) / 8; }

// The real type of a complex one's parts.
ElementType ComplexPart(ElementType complex_type);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_ELEMENT_TYPE_H_
