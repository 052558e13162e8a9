// Checks and constructions that the shape inference of many ops shares.
//
// Every check looks before it indexes, so inference is safe on any operands and attributes. Sizes
// agree when they are equal or one of them is unbounded; whether a dimension is dynamic never
// decides agreement, because importers and passes disagree about where bounds are kept.
#ifndef EQSAT_IR_OPS_SHAPE_CHECKS_H_
#define EQSAT_IR_OPS_SHAPE_CHECKS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// An InvalidArgument status that starts with the op's name.
template <typename... Args>
absl::Status OpError(const OpContext& context, const absl::FormatSpec<Args...>& format,
                     const Args&... args) {
  return base::Annotate(base::InvalidArgument(format, args...),
                        base::StrCat(Name(context.opcode), ": "));
}

constexpr uint32_t Traits(std::initializer_list<OpTrait> traits) {
  uint32_t bits = 0;
  for (OpTrait trait : traits) bits |= static_cast<uint32_t>(trait);
  return bits;
}

// --- Agreement -----------------------------------------------------------------------------------

bool SizesAgree(int64_t a, int64_t b);
// Equal rank and agreeing sizes. Arrays only.
bool DimensionsAgree(const Shape& a, const Shape& b);
// Equal, or both floating-point: XLA lets reducers and collectives mix precisions.
bool TypesAgree(ElementType a, ElementType b);
// Equal kinds and element types and agreeing sizes, through tuples and buffers.
bool ShapesAgree(const Shape& a, const Shape& b);
// As ShapesAgree, but floating-point types of any precision agree.
bool ShapesAgreeUpToPrecision(const Shape& a, const Shape& b);

// Agreeing shapes, or `part` is a tuple of the first elements of the tuple `whole`, perhaps of
// none.
bool IsTuplePrefix(const Shape& part, const Shape& whole);

// --- Checks --------------------------------------------------------------------------------------

// Operand `i` exists and is an array.
absl::Status ExpectArray(const OpContext& context, int64_t i);
// Every operand is an array.
absl::Status ExpectArrays(const OpContext& context);
absl::Status ExpectRank(const OpContext& context, int64_t operand, int64_t rank);
// Operand `i` is a token.
absl::Status ExpectToken(const OpContext& context, int64_t i);
// At least `count` operands.
absl::Status ExpectOperands(const OpContext& context, size_t count);
// Each of `dimensions` is in [0, rank) and occurs once.
absl::Status ExpectDistinctDimensions(const OpContext& context, std::string_view attribute,
                                      absl::Span<const int64_t> dimensions, int64_t rank);
// The declared shape without layouts; an error if there is none.
absl::StatusOr<Shape> RequireDeclared(const OpContext& context);
// The declared shape, which must be an array.
absl::StatusOr<Shape> RequireDeclaredArray(const OpContext& context);
// Region `region` takes `parameters` and, unless null, gives `result`; precisions aside.
absl::Status ExpectRegion(const OpContext& context, size_t region,
                          absl::Span<const Shape> parameters, const Shape* result);

// --- Constructions -------------------------------------------------------------------------------

// The dimensions that all of `arrays` agree on, the most definite size of each, dynamic where any
// is; an error that names two operands that do not agree.
absl::StatusOr<Shape> MergeDimensions(const OpContext& context, ElementType type,
                                      absl::Span<const Shape> arrays);
// An array of `type` with the dimensions (and dynamic flags) of `array`.
Shape ArrayLike(const Shape& array, ElementType type);
// The scalar of an array's element type.
Shape ScalarOf(const Shape& array);
// One shape as it is, several as a tuple.
Shape TupleUnlessSingle(std::vector<Shape> shapes);

// `{1,2}`, for messages.
std::string Braced(absl::Span<const int64_t> values);

// Builds an array shape dimension by dimension.
class DimensionList {
 public:
  void Add(int64_t size, bool dynamic = false) {
    sizes_.push_back(size);
    dynamic_.push_back(dynamic || size == Shape::kUnbounded);
  }
  // Dimension `i` of `array`.
  void AddFrom(const Shape& array, int64_t i) { Add(array.dimension(i), array.is_dynamic(i)); }
  absl::StatusOr<Shape> ToShape(ElementType type) const {
    return Shape::Make(type, sizes_, dynamic_);
  }

 private:
  DimensionVector sizes_;
  absl::InlinedVector<bool, 4> dynamic_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_SHAPE_CHECKS_H_
