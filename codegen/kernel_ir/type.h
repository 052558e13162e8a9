// The types of values in a kernel: machine scalars and short vectors of them.
#ifndef EQSAT_CODEGEN_KERNEL_IR_TYPE_H_
#define EQSAT_CODEGEN_KERNEL_IR_TYPE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eqsat::codegen {

enum class Scalar : uint8_t { kI1, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64 };

// "i1", "bf16", …
std::string_view Name(Scalar scalar);
// Significant bits.
int BitWidth(Scalar scalar);
// Bytes of one element in a buffer; kI1 is not stored.
inline int ByteWidth(Scalar scalar) { return (BitWidth(scalar) + 7) / 8; }
inline bool IsFloat(Scalar scalar) { return scalar >= Scalar::kF16; }
inline bool IsInteger(Scalar scalar) { return scalar < Scalar::kF16; }
// The integer type of a float type's bits.
Scalar BitsOf(Scalar scalar);

// `width` consecutive elements, 1 for a plain scalar. Integers carry no sign: ops do.
struct Type {
  Scalar scalar = Scalar::kI32;
  int width = 1;

  // NOLINTNEXTLINE(google-explicit-constructor): a scalar is a type.
  constexpr Type(Scalar s = Scalar::kI32, int w = 1) : scalar(s), width(w) {}
  bool operator==(const Type&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, Type t) {
    return H::combine(std::move(h), t.scalar, t.width);
  }
  Type With(Scalar s) const { return {s, width}; }
};

// "f32", "f32x8"
std::string ToString(Type type);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_TYPE_H_
