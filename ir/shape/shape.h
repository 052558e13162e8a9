// The type of an HLO value: an array, a tuple, a token, an opaque or a buffer.
#ifndef EQSAT_IR_SHAPE_SHAPE_H_
#define EQSAT_IR_SHAPE_SHAPE_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/shape/element_type.h"
#include "ir/shape/layout.h"

namespace eqsat::ir {

// Invariant: dimensions are >= 0 (or kUnbounded, and then dynamic), and the product of the bounded
// ones times the element size fits int64_t. Immutable; cheap to copy.
class Shape {
 public:
  static constexpr int64_t kUnbounded = -1;  // a `?` dimension

  // An empty tuple.
  Shape() = default;

  // An array. Dies if the invariant is broken; use Make for sizes that come from input.
  Shape(ElementType type, absl::Span<const int64_t> dimensions);
  Shape(ElementType type, std::initializer_list<int64_t> dimensions)
      : Shape(type, absl::MakeConstSpan(dimensions.begin(), dimensions.size())) {}

  // An array with dynamic dimensions (`dynamic` empty or one flag a dimension); InvalidArgument on
  // a negative size or an overflow.
  static absl::StatusOr<Shape> Make(ElementType type, absl::Span<const int64_t> dimensions,
                                    absl::Span<const bool> dynamic = {});
  static Shape Tuple(std::vector<Shape> elements);
  static Shape Token() { return Bare(ElementType::kToken); }
  static Shape Opaque() { return Bare(ElementType::kOpaque); }
  // `b(array)`; `content` is an array.
  static Shape Buffer(Shape content);

  ElementType element_type() const { return type_; }
  bool IsArray() const { return IsArrayElement(type_); }
  bool IsTuple() const { return type_ == ElementType::kTuple; }
  bool IsToken() const { return type_ == ElementType::kToken; }
  bool IsBuffer() const { return type_ == ElementType::kBuffer; }
  bool IsScalar() const { return IsArray() && dimensions_.empty(); }

  // Arrays only.
  int64_t rank() const { return static_cast<int64_t>(dimensions_.size()); }
  absl::Span<const int64_t> dimensions() const { return dimensions_; }
  int64_t dimension(int64_t i) const { return dimensions_[i]; }
  bool is_dynamic(int64_t i) const { return !dynamic_.empty() && dynamic_[i]; }
  bool HasDynamicDimensions() const { return !dynamic_.empty(); }
  bool HasUnboundedDimensions() const;

  // Product of the dimensions, bounds for dynamic ones; 1 for a scalar. Arrays without unbounded
  // dimensions only.
  int64_t ElementCount() const;
  // ElementCount × ByteWidth for arrays, the sum over leaves for tuples, 0 for others.
  int64_t ByteSize() const;

  // Tuples: the elements. Buffers: the content alone.
  absl::Span<const Shape> elements() const;
  const Shape& element(int64_t i) const { return elements()[i]; }

  // Null where the layout is the default one.
  const Layout* layout() const { return layout_.get(); }
  DimensionVector MinorToMajor() const;
  Shape WithLayout(Layout layout) const;
  // Default layouts throughout, tuples included.
  Shape WithoutLayout() const;
  Shape WithElementType(ElementType type) const;

  // All equal, layouts included.
  friend bool operator==(const Shape& a, const Shape& b);
  // Equal but for layouts.
  static bool Compatible(const Shape& a, const Shape& b);
  // Same dimensions; element types and layouts may differ. Arrays only.
  static bool SameDimensions(const Shape& a, const Shape& b);

  template <typename H>
  friend H AbslHashValue(H h, const Shape& s) {
    h = H::combine(std::move(h), s.type_, s.dimensions_, s.dynamic_, s.layout_ != nullptr);
    if (s.layout_) h = H::combine(std::move(h), *s.layout_);
    if (s.elements_) h = H::combine(std::move(h), *s.elements_);
    return h;
  }

  // HLO text: `f32[2,<=8]{0,1}`, `(s32[], token[])`. Default layouts are left out.
  std::string ToString() const;

 private:
  static Shape Bare(ElementType type);

  ElementType type_ = ElementType::kTuple;
  DimensionVector dimensions_;
  absl::InlinedVector<bool, 4> dynamic_;  // empty: all static
  std::shared_ptr<const std::vector<Shape>> elements_;
  std::shared_ptr<const Layout> layout_;
};

// The type of a computation.
struct ProgramShape {
  std::vector<Shape> parameters;
  Shape result;
  bool operator==(const ProgramShape&) const = default;
};

// `{1,0:T(8,128)}`; the text after an array's dimensions.
std::string ToString(const Layout& layout);

// Row-major strides in elements.
DimensionVector RowMajorStrides(absl::Span<const int64_t> dimensions);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_SHAPE_H_
