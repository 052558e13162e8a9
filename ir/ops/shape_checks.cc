#include "ir/ops/shape_checks.h"

#include <algorithm>

namespace eqsat::ir {

bool SizesAgree(int64_t a, int64_t b) {
  return a == b || a == Shape::kUnbounded || b == Shape::kUnbounded;
}

bool DimensionsAgree(const Shape& a, const Shape& b) {
  return std::ranges::equal(a.dimensions(), b.dimensions(), SizesAgree);
}

bool TypesAgree(ElementType a, ElementType b) { return a == b || (IsFloat(a) && IsFloat(b)); }

bool ShapesAgree(const Shape& a, const Shape& b) {
  return a.element_type() == b.element_type() && DimensionsAgree(a, b) &&
         std::ranges::equal(a.elements(), b.elements(), ShapesAgree);
}

bool ShapesAgreeUpToPrecision(const Shape& a, const Shape& b) {
  return TypesAgree(a.element_type(), b.element_type()) && DimensionsAgree(a, b) &&
         std::ranges::equal(a.elements(), b.elements(), ShapesAgreeUpToPrecision);
}

bool IsTuplePrefix(const Shape& part, const Shape& whole) {
  if (ShapesAgree(part, whole)) return true;
  size_t count = part.elements().size();
  if (!part.IsTuple() || count == 0) return part.IsTuple();
  return whole.IsTuple() && count <= whole.elements().size() &&
         std::ranges::equal(part.elements(), whole.elements().first(count), ShapesAgree);
}

absl::Status ExpectArray(const OpContext& context, int64_t i) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, i + 1));
  if (context.operands[i].IsArray()) return absl::OkStatus();
  return OpError(context, "operand %d must be an array, but is %s", i,
                 context.operands[i].ToString());
}

absl::Status ExpectArrays(const OpContext& context) {
  for (size_t i = 0; i < context.operands.size(); ++i)
    EQSAT_RETURN_IF_ERROR(ExpectArray(context, static_cast<int64_t>(i)));
  return absl::OkStatus();
}

absl::Status ExpectRank(const OpContext& context, int64_t operand, int64_t rank) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, operand));
  const Shape& shape = context.operands[operand];
  if (shape.rank() == rank) return absl::OkStatus();
  return OpError(context, "operand %d must have rank %d, but is %s", operand, rank,
                 shape.ToString());
}

absl::Status ExpectToken(const OpContext& context, int64_t i) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, i + 1));
  if (context.operands[i].IsToken()) return absl::OkStatus();
  return OpError(context, "operand %d must be a token, but is %s", i,
                 context.operands[i].ToString());
}

absl::Status ExpectOperands(const OpContext& context, size_t count) {
  if (context.operands.size() >= count) return absl::OkStatus();
  return OpError(context, "takes at least %d operands, but has %d", count, context.operands.size());
}

absl::Status ExpectDistinctDimensions(const OpContext& context, std::string_view attribute,
                                      absl::Span<const int64_t> dimensions, int64_t rank) {
  absl::InlinedVector<bool, 8> seen(rank);
  for (int64_t dimension : dimensions) {
    if (dimension < 0 || dimension >= rank) {
      return OpError(context, "%s=%s names dimension %d of an array of rank %d", attribute,
                     Braced(dimensions), dimension, rank);
    }
    if (seen[dimension]) {
      return OpError(context, "%s=%s names dimension %d twice", attribute, Braced(dimensions),
                     dimension);
    }
    seen[dimension] = true;
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> RequireDeclared(const OpContext& context) {
  if (context.declared == nullptr)
    return OpError(context, "the result shape cannot be inferred and must be stated");
  return context.declared->WithoutLayout();
}

absl::StatusOr<Shape> RequireDeclaredArray(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, RequireDeclared(context));
  if (!shape.IsArray())
    return OpError(context, "the result must be an array, but is declared %s", shape.ToString());
  return shape;
}

absl::Status ExpectRegion(const OpContext& context, size_t region,
                          absl::Span<const Shape> parameters, const Shape* result) {
  if (region >= context.regions.size())
    return OpError(context, "computation %d is missing", region);
  const ProgramShape& called = context.regions[region];
  if (called.parameters.size() != parameters.size()) {
    return OpError(context, "computation %d must take %d parameters, but takes %d", region,
                   parameters.size(), called.parameters.size());
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (ShapesAgreeUpToPrecision(called.parameters[i], parameters[i])) continue;
    return OpError(context, "parameter %d of computation %d must be %s, but is %s", i, region,
                   parameters[i].ToString(), called.parameters[i].ToString());
  }
  if (result != nullptr && !ShapesAgreeUpToPrecision(called.result, *result)) {
    return OpError(context, "computation %d must give %s, but gives %s", region, result->ToString(),
                   called.result.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> MergeDimensions(const OpContext& context, ElementType type,
                                      absl::Span<const Shape> arrays) {
  const Shape& first = arrays[0];
  for (size_t i = 1; i < arrays.size(); ++i) {
    if (DimensionsAgree(first, arrays[i])) continue;
    return OpError(context, "operands must have equal dimensions, but operand 0 is %s and %d is %s",
                   first.ToString(), i, arrays[i].ToString());
  }
  DimensionList merged;
  for (int64_t d = 0; d < first.rank(); ++d) {
    int64_t size = Shape::kUnbounded;
    bool dynamic = false;
    for (const Shape& array : arrays) {
      if (size == Shape::kUnbounded) size = array.dimension(d);
      // A bound beats a mark of unboundedness; that mark says nothing about the bound.
      dynamic |= array.is_dynamic(d) && array.dimension(d) != Shape::kUnbounded;
    }
    merged.Add(size, dynamic);
  }
  return merged.ToShape(type);
}

Shape ArrayLike(const Shape& array, ElementType type) {
  return array.WithoutLayout().WithElementType(type);
}

Shape ScalarOf(const Shape& array) { return Shape(array.element_type(), {}); }

Shape TupleUnlessSingle(std::vector<Shape> shapes) {
  return shapes.size() == 1 ? std::move(shapes[0]) : Shape::Tuple(std::move(shapes));
}

std::string Braced(absl::Span<const int64_t> values) {
  return base::StrCat("{", base::Join(values, ","), "}");
}

}  // namespace eqsat::ir
