#include "ir/shape/shape.h"

#include <algorithm>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::ir {

Shape::Shape(ElementType type, absl::Span<const int64_t> dimensions) {
  absl::StatusOr<Shape> made = Make(type, dimensions);
  EQSAT_CHECK(made.ok());
  *this = *std::move(made);
}

absl::StatusOr<Shape> Shape::Make(ElementType type, absl::Span<const int64_t> dimensions,
                                  absl::Span<const bool> dynamic) {
  EQSAT_CHECK(IsArrayElement(type));
  EQSAT_CHECK(dynamic.empty() || dynamic.size() == dimensions.size());
  int64_t bytes = ByteWidth(type);
  for (size_t i = 0; i < dimensions.size(); ++i) {
    int64_t size = dimensions[i];
    if (size == kUnbounded && !dynamic.empty() && dynamic[i]) continue;
    if (size < 0) return base::InvalidArgument("dimension %d has the negative size %d", i, size);
    // A zero size does not excuse its neighbours: strides are products of the others.
    if (size > 0 && __builtin_mul_overflow(bytes, size, &bytes)) {
      return base::InvalidArgument("the size of %s[%s] does not fit 64 bits", Name(type),
                                   base::Join(dimensions, ","));
    }
  }
  Shape shape = Bare(type);
  shape.dimensions_.assign(dimensions.begin(), dimensions.end());
  if (std::find(dynamic.begin(), dynamic.end(), true) != dynamic.end())
    shape.dynamic_.assign(dynamic.begin(), dynamic.end());
  return shape;
}

Shape Shape::Bare(ElementType type) {
  Shape shape;
  shape.type_ = type;
  return shape;
}

Shape Shape::Tuple(std::vector<Shape> elements) {
  Shape shape;
  if (!elements.empty())
    shape.elements_ = std::make_shared<const std::vector<Shape>>(std::move(elements));
  return shape;
}

Shape Shape::Buffer(Shape content) {
  EQSAT_CHECK(content.IsArray());
  Shape shape = Bare(ElementType::kBuffer);
  shape.elements_ = std::make_shared<const std::vector<Shape>>(1, std::move(content));
  return shape;
}

bool Shape::HasUnboundedDimensions() const {
  return std::find(dimensions_.begin(), dimensions_.end(), kUnbounded) != dimensions_.end();
}

int64_t Shape::ElementCount() const {
  EQSAT_CHECK(IsArray() && !HasUnboundedDimensions());
  int64_t count = 1;
  for (int64_t size : dimensions_) {
    if (size == 0) return 0;
    count *= size;
  }
  return count;
}

int64_t Shape::ByteSize() const {
  if (IsArray()) return ElementCount() * ByteWidth(type_);
  int64_t bytes = 0;
  for (const Shape& element : elements()) bytes += element.ByteSize();
  return bytes;
}

absl::Span<const Shape> Shape::elements() const {
  if (!elements_) return {};
  return *elements_;
}

DimensionVector Shape::MinorToMajor() const {
  return layout_ ? layout_->minor_to_major : RowMajorOrder(rank());
}

Shape Shape::WithLayout(Layout layout) const {
  Shape shape = *this;
  shape.layout_ = IsDefault(layout) ? nullptr : std::make_shared<const Layout>(std::move(layout));
  return shape;
}

Shape Shape::WithoutLayout() const {
  Shape shape = *this;
  shape.layout_ = nullptr;
  if (elements_) {
    auto elements = std::make_shared<std::vector<Shape>>();
    for (const Shape& element : *elements_) elements->push_back(element.WithoutLayout());
    shape.elements_ = std::move(elements);
  }
  return shape;
}

Shape Shape::WithElementType(ElementType type) const {
  EQSAT_CHECK(IsArray() && IsArrayElement(type));
  Shape shape = *this;
  shape.type_ = type;
  return shape;
}

bool operator==(const Shape& a, const Shape& b) {
  if (!a.layout_ != !b.layout_) return false;
  if (a.layout_ && a.layout_ != b.layout_ && *a.layout_ != *b.layout_) return false;
  if (a.type_ != b.type_ || a.dimensions_ != b.dimensions_ || a.dynamic_ != b.dynamic_)
    return false;
  if (a.elements_ == b.elements_) return true;
  return std::ranges::equal(a.elements(), b.elements());
}

bool Shape::Compatible(const Shape& a, const Shape& b) {
  if (a.type_ != b.type_ || a.dimensions_ != b.dimensions_ || a.dynamic_ != b.dynamic_)
    return false;
  if (a.elements_ == b.elements_) return true;
  return std::ranges::equal(a.elements(), b.elements(), Compatible);
}

bool Shape::SameDimensions(const Shape& a, const Shape& b) {
  return a.dimensions_ == b.dimensions_ && a.dynamic_ == b.dynamic_;
}

std::string Shape::ToString() const {
  if (IsTuple()) {
    std::string out = "(";
    for (const Shape& element : elements()) {
      if (out.size() > 1) out += ", ";
      out += element.ToString();
    }
    return out + ")";
  }
  if (IsBuffer()) return base::StrCat("b(", element(0).ToString(), ")");
  std::string out = base::StrCat(Name(type_), "[");
  for (int64_t i = 0; i < rank(); ++i) {
    if (i > 0) out += ",";
    if (dimensions_[i] == kUnbounded) {
      out += "?";
    } else {
      base::StrAppend(&out, is_dynamic(i) ? "<=" : "", dimensions_[i]);
    }
  }
  out += "]";
  if (layout_) out += ir::ToString(*layout_);
  return out;
}

std::string ToString(const Layout& layout) {
  std::string modifiers;
  auto append = [&modifiers](const auto&... parts) { base::StrAppend(&modifiers, parts...); };
  auto type_name = [](int number) {
    auto type = ElementTypeFromProtoNumber(number);
    return type ? Name(*type) : std::string_view("invalid");
  };
  if (!layout.dim_level_types.empty()) append("D(", layout.dim_level_types, ")");
  if (!layout.tiles.empty()) append("T");
  for (const std::vector<int64_t>& tile : layout.tiles) {
    std::vector<std::string> sizes;
    for (int64_t size : tile)
      sizes.push_back(size == Layout::kCombineDimension ? "*" : base::StrCat(size));
    append("(", base::Join(sizes, ","), ")");
  }
  if (layout.tail_padding_alignment != 1) append("L(", layout.tail_padding_alignment, ")");
  if (layout.index_primitive_type) append("#(", type_name(layout.index_primitive_type), ")");
  if (layout.pointer_primitive_type) append("*(", type_name(layout.pointer_primitive_type), ")");
  if (layout.element_size_in_bits != 0) append("E(", layout.element_size_in_bits, ")");
  if (layout.memory_space != 0) append("S(", layout.memory_space, ")");
  for (const Layout::Split& split : layout.splits)
    append("SC(", split.dimension, ":", base::Join(split.indices, ","), ")");
  if (!layout.physical_shape.empty()) append("P(", layout.physical_shape, ")");
  if (layout.dynamic_metadata_prefix_bytes) append("M(", layout.dynamic_metadata_prefix_bytes, ")");
  return base::StrCat("{", base::Join(layout.minor_to_major, ","), modifiers.empty() ? "" : ":",
                      modifiers, "}");
}

DimensionVector RowMajorStrides(absl::Span<const int64_t> dimensions) {
  DimensionVector strides(dimensions.size());
  int64_t stride = 1;
  for (size_t i = dimensions.size(); i-- > 0;) {
    strides[i] = stride;
    if (dimensions[i] > 0) stride *= dimensions[i];
  }
  return strides;
}

}  // namespace eqsat::ir
