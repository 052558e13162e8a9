// The host types that elements are computed in, and arrays of them.
//
// Floats below f32 compute in float and are rounded once an operation; integers narrower than a
// byte compute in a byte and are wrapped. Every other element type is its own compute type.
#ifndef EQSAT_IR_INTERPRET_COMPUTE_TYPE_H_
#define EQSAT_IR_INTERPRET_COMPUTE_TYPE_H_

#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "ir/base/check.h"
#include "ir/shape/element_type.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

template <typename T>
concept RealFloat = std::is_floating_point_v<T>;
template <typename T>
concept ComplexNumber =
    std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;
// pred is not an integer: its arithmetic is logical.
template <typename T>
concept WholeNumber = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <typename T>
concept SignedWhole = WholeNumber<T> && std::is_signed_v<T>;
template <typename T>
concept UnsignedWhole = WholeNumber<T> && std::is_unsigned_v<T>;

// The largest compute type's bytes: a scalar of any type fits.
inline constexpr int kScalarBytes = 16;

// Calls f.template operator()<T>() with the compute type of `type`, an array element type.
template <typename F>
decltype(auto) DispatchCompute(ElementType type, F&& f) {
  switch (Kind(type)) {
    case ElementKind::kPred:
      return f.template operator()<bool>();
    case ElementKind::kSigned:
      switch (ByteWidth(type)) {
        case 1:
          return f.template operator()<int8_t>();
        case 2:
          return f.template operator()<int16_t>();
        case 4:
          return f.template operator()<int32_t>();
        default:
          return f.template operator()<int64_t>();
      }
    case ElementKind::kUnsigned:
      switch (ByteWidth(type)) {
        case 1:
          return f.template operator()<uint8_t>();
        case 2:
          return f.template operator()<uint16_t>();
        case 4:
          return f.template operator()<uint32_t>();
        default:
          return f.template operator()<uint64_t>();
      }
    case ElementKind::kFloat:
      if (type == ElementType::kF64) return f.template operator()<double>();
      return f.template operator()<float>();
    case ElementKind::kComplex:
      if (type == ElementType::kC128) return f.template operator()<std::complex<double>>();
      return f.template operator()<std::complex<float>>();
    case ElementKind::kNone:
      break;
  }
  base::CheckFailed(__FILE__, __LINE__, "an array element type has a compute type");
}

// Bytes of one element in compute form.
int ComputeBytes(ElementType type);

// Is the compute form of `type` wider than its stored form (floats below f32)?
bool IsWidened(ElementType type);

// The stored elements at `bytes`, each to a float. Widened types only.
void Widen(ElementType type, const uint8_t* bytes, int64_t count, float* out);

// Brings `count` computed elements into the type's range, in place: small floats are rounded,
// narrow integers wrapped. Others stay as they are.
void Normalize(ElementType type, void* elements, int64_t count);

// The nearest value of a float type narrower than f64; exact double in, so that rounding is once.
float RoundTo(ElementType type, double value);

// A known array literal in compute form: its own bytes where they are that, else decoded.
class ComputeArray {
 public:
  explicit ComputeArray(Literal literal);
  ComputeArray(ComputeArray&&) = default;
  ComputeArray(const ComputeArray&) = delete;

  const Shape& shape() const { return literal_.shape(); }
  ElementType type() const { return literal_.shape().element_type(); }
  const void* data() const { return data_; }
  template <typename T>
  const T* as() const {
    return static_cast<const T*>(data_);
  }
  bool IsScalar() const { return literal_.shape().rank() == 0; }

 private:
  Literal literal_;
  std::vector<float> widened_;
  const void* data_;
};

// Memory for a result in compute form; Take rounds and packs it.
class ComputeResult {
 public:
  explicit ComputeResult(Shape shape);

  void* data() { return widened_.empty() ? static_cast<void*>(bytes_.data()) : widened_.data(); }
  template <typename T>
  T* as() {
    return static_cast<T*>(data());
  }
  Literal Take() &&;

 private:
  Shape shape_;
  std::vector<uint8_t> bytes_;
  std::vector<float> widened_;
};

// One element, as scalar functions see it.
struct alignas(kScalarBytes) ScalarSlot {
  std::byte bytes[kScalarBytes];

  template <typename T>
  T Load() const {
    T value;
    std::memcpy(static_cast<void*>(&value), bytes, sizeof(T));
    return value;
  }
  template <typename T>
  void Store(T value) {
    std::memcpy(bytes, static_cast<const void*>(&value), sizeof(T));
  }
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_COMPUTE_TYPE_H_
