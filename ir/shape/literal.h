// A constant value with its shape.
#ifndef EQSAT_IR_SHAPE_LITERAL_H_
#define EQSAT_IR_SHAPE_LITERAL_H_

#include <complex>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// Invariant: an array literal holds exactly the bytes that its shape needs: dense, row-major,
// little-endian, ByteWidth(type) bytes an element (types under 8 bits in a byte's low bits, signed
// ones sign-extended; pred 0 or 1). Immutable; copies share the bytes.
//
// A literal may be unknown: its text was elided (`{...}`), so only its shape can be relied on.
class Literal {
 public:
  Literal() = default;  // the empty tuple

  // All zero bits. `shape` may be a tuple; tokens and opaques hold nothing.
  static Literal Zero(const Shape& shape);
  // Dies unless bytes.size() == array_shape.ByteSize().
  static Literal FromBytes(Shape array_shape, std::vector<uint8_t> bytes);
  static Literal Tuple(std::vector<Literal> elements);
  static Literal Unknown(Shape shape);

  // From host values as wide as the elements: Of<float>(Shape(ElementType::kF32, {2}), {1, 2}).
  template <typename T>
  static Literal Of(Shape shape, absl::Span<const T> values) {
    auto* first = reinterpret_cast<const uint8_t*>(values.data());
    return FromBytes(std::move(shape),
                     std::vector<uint8_t>(first, first + values.size() * sizeof(T)));
  }
  template <typename T>
  static Literal Of(Shape shape, std::initializer_list<T> values) {
    return Of<T>(std::move(shape), absl::MakeConstSpan(values.begin(), values.size()));
  }
  // Each element the nearest to its value; integers truncate and wrap.
  static Literal FromDoubles(const Shape& shape, absl::Span<const double> values);
  static Literal FromInt64s(const Shape& shape, absl::Span<const int64_t> values);

  const Shape& shape() const { return shape_; }
  bool is_unknown() const { return unknown_; }

  // Known array literals.
  absl::Span<const uint8_t> bytes() const;
  template <typename T>
  absl::Span<const T> values() const {
    absl::Span<const uint8_t> b = bytes();
    return {reinterpret_cast<const T*>(b.data()), b.size() / sizeof(T)};
  }
  // One element by row-major position. Real types; integers beyond 2^53 lose bits.
  double AsDouble(int64_t position) const;
  // One element by row-major position; pred and integer types. u64 wraps.
  int64_t AsInt64(int64_t position) const;
  // One element of any array type.
  std::complex<double> AsComplex(int64_t position) const;

  // Tuple literals.
  absl::Span<const Literal> elements() const { return elements_; }

  // Does every element have the same bits? Known arrays with at least one element.
  bool IsSplat() const;
  // The same bytes under a shape with as many elements of the same type.
  Literal Reshaped(Shape shape) const;

  // Bitwise; an unknown literal equals only its own copies.
  friend bool operator==(const Literal& a, const Literal& b);
  template <typename H>
  friend H AbslHashValue(H h, const Literal& l) {
    h = H::combine(std::move(h), l.shape_, l.unknown_, l.elements_);
    if (l.bytes_ && !l.unknown_)
      h = H::combine_contiguous(std::move(h), l.bytes_->data(), l.bytes_->size());
    return h;
  }

 private:
  Shape shape_;
  bool unknown_ = false;
  std::shared_ptr<const std::vector<uint8_t>> bytes_;  // arrays; an identity token if unknown
  std::vector<Literal> elements_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_LITERAL_H_
