// Ops that copy elements from places which shapes and attributes alone decide.
#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/window_geometry.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// A form that copies operand 0; its one access has no indices yet.
IndexedForm FormOf(const OpContext& context) {
  IndexedForm form;
  form.parallel.assign(context.declared->dimensions().begin(),
                       context.declared->dimensions().end());
  form.accesses.resize(1);
  form.combiner = Combiner::kFirst;
  return form;
}

// --- broadcast -----------------------------------------------------------------------------------

absl::StatusOr<Shape> InferBroadcast(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& operand = context.operands[0];
  if (operand.element_type() != declared.element_type()) {
    return OpError(context, "the operand %s and the result %s differ in element type",
                   operand.ToString(), declared.ToString());
  }
  if (static_cast<int64_t>(dimensions.size()) != operand.rank()) {
    return OpError(context, "dimensions=%s must name one dimension for each of the operand %s",
                   Braced(dimensions), operand.ToString());
  }
  EQSAT_RETURN_IF_ERROR(
      ExpectDistinctDimensions(context, "dimensions", dimensions, declared.rank()));
  for (int64_t i = 0; i < operand.rank(); ++i) {
    if (SizesAgree(operand.dimension(i), declared.dimension(dimensions[i]))) continue;
    return OpError(context, "dimension %d of the operand %s does not fit dimension %d of %s", i,
                   operand.ToString(), dimensions[i], declared.ToString());
  }
  return declared;
}

IndexedForm BroadcastIndexing(const OpContext& context) {
  IndexedForm form = FormOf(context);
  for (int64_t dimension : context.attr<DimensionsAttributes>().dimensions)
    form.accesses[0].indices.push_back(IndexExpr::Dim(dimension));
  return form;
}

// --- transpose, reverse --------------------------------------------------------------------------

absl::StatusOr<Shape> InferTranspose(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, static_cast<int64_t>(dimensions.size())));
  const Shape& operand = context.operands[0];
  EQSAT_RETURN_IF_ERROR(
      ExpectDistinctDimensions(context, "dimensions", dimensions, operand.rank()));
  DimensionList result;
  for (int64_t dimension : dimensions) result.AddFrom(operand, dimension);
  return result.ToShape(operand.element_type());
}

IndexedForm TransposeIndexing(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  IndexedForm form = FormOf(context);
  form.accesses[0].indices.resize(dimensions.size());
  for (size_t i = 0; i < dimensions.size(); ++i)
    form.accesses[0].indices[dimensions[i]] = IndexExpr::Dim(static_cast<int64_t>(i));
  return form;
}

absl::StatusOr<Shape> InferReverse(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  const Shape& operand = context.operands[0];
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(
      context, "dimensions", context.attr<DimensionsAttributes>().dimensions, operand.rank()));
  return operand.WithoutLayout();
}

IndexedForm ReverseIndexing(const OpContext& context) {
  IndexedForm form = FormOf(context);
  form.accesses[0].indices = IdentityIndices(context.declared->rank());
  for (int64_t d : context.attr<DimensionsAttributes>().dimensions) {
    form.accesses[0].indices[d] =
        IndexExpr::Dim(d) * -1 + IndexExpr::Constant(context.declared->dimension(d) - 1);
  }
  return form;
}

// --- concatenate ---------------------------------------------------------------------------------

absl::StatusOr<Shape> InferConcatenate(const OpContext& context) {
  const DimensionVector& dimensions = context.attr<DimensionsAttributes>().dimensions;
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const Shape& first = context.operands[0];
  if (dimensions.size() != 1) {
    return OpError(context, "dimensions=%s must name one dimension", Braced(dimensions));
  }
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, "dimensions", dimensions, first.rank()));
  int64_t total = 0;
  bool dynamic = false;
  for (size_t i = 0; i < context.operands.size(); ++i) {
    const Shape& shape = context.operands[i];
    bool fits = shape.element_type() == first.element_type() && shape.rank() == first.rank();
    for (int64_t d = 0; fits && d < shape.rank(); ++d)
      fits = d == dimensions[0] || SizesAgree(shape.dimension(d), first.dimension(d));
    if (!fits) {
      return OpError(context, "operand %d is %s, which does not join %s along dimension %d", i,
                     shape.ToString(), first.ToString(), dimensions[0]);
    }
    int64_t size = shape.dimension(dimensions[0]);
    dynamic |= shape.is_dynamic(dimensions[0]);
    bool unbounded = size == Shape::kUnbounded || total == Shape::kUnbounded;
    if (!unbounded && __builtin_add_overflow(total, size, &total))
      return OpError(context, "the joined size does not fit 64 bits");
    if (unbounded) total = Shape::kUnbounded;
  }
  DimensionList result;
  for (int64_t d = 0; d < first.rank(); ++d) {
    if (d == dimensions[0]) {
      result.Add(total, dynamic);
    } else {
      result.AddFrom(first, d);
    }
  }
  return result.ToShape(first.element_type());
}

IndexedForm ConcatenateIndexing(const OpContext& context) {
  int64_t dimension = context.attr<DimensionsAttributes>().dimensions[0];
  IndexedForm form = FormOf(context);
  form.accesses.clear();
  int64_t offset = 0;
  for (size_t i = 0; i < context.operands.size(); ++i) {
    int64_t size = context.operands[i].dimension(dimension);
    OperandAccess access{.operand = static_cast<int64_t>(i),
                         .indices = IdentityIndices(context.declared->rank())};
    access.indices[dimension] = IndexExpr::Dim(dimension) + IndexExpr::Constant(-offset);
    if (context.operands.size() > 1)
      access.guards.push_back({IndexExpr::Dim(dimension), offset, offset + size});
    form.accesses.push_back(std::move(access));
    offset += size;
  }
  return form;
}

// --- slice ---------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferSlice(const OpContext& context) {
  const std::vector<SliceRange>& ranges = context.attr<SliceAttributes>().slice;
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, static_cast<int64_t>(ranges.size())));
  const Shape& operand = context.operands[0];
  DimensionList result;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    const SliceRange& range = ranges[d];
    bool within = operand.dimension(d) == Shape::kUnbounded || range.limit <= operand.dimension(d);
    if (range.start < 0 || range.limit < range.start || range.stride < 1 || !within) {
      return OpError(context, "[%d:%d:%d] is not a slice of dimension %d of %s", range.start,
                     range.limit, range.stride, d, operand.ToString());
    }
    int64_t length = range.limit - range.start;
    int64_t size = length / range.stride + (length % range.stride != 0);
    // A slice of the whole of a dynamic dimension is as dynamic.
    result.Add(size, operand.is_dynamic(d) && size == operand.dimension(d));
  }
  return result.ToShape(operand.element_type());
}

IndexedForm SliceIndexing(const OpContext& context) {
  const std::vector<SliceRange>& ranges = context.attr<SliceAttributes>().slice;
  IndexedForm form = FormOf(context);
  for (size_t d = 0; d < ranges.size(); ++d) {
    form.accesses[0].indices.push_back(IndexExpr::Dim(static_cast<int64_t>(d)) * ranges[d].stride +
                                       IndexExpr::Constant(ranges[d].start));
  }
  return form;
}

// Only what is taken is read.
Work SliceWork(const OpContext& context, absl::Span<const double>) {
  double bytes = BytesOf(*context.declared);
  return {.bytes_read = {bytes}, .bytes_written = bytes};
}

// --- pad -----------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferPad(const OpContext& context) {
  const std::vector<PaddingDimension>& padding = context.attr<PadAttributes>().padding;
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, static_cast<int64_t>(padding.size())));
  const Shape& operand = context.operands[0];
  const Shape& value = context.operands[1];
  if (!value.IsScalar() || value.element_type() != operand.element_type()) {
    return OpError(context, "the padding value %s is not a scalar of the operand %s",
                   value.ToString(), operand.ToString());
  }
  DimensionList result;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    const PaddingDimension& p = padding[d];
    if (operand.dimension(d) == Shape::kUnbounded) {
      result.Add(Shape::kUnbounded);
      continue;
    }
    std::optional<int64_t> size = PaddedSize(operand.dimension(d), p.low, p.high, p.interior);
    if (!size || *size < 0 || p.interior < 0) {
      return OpError(context, "padding %d_%d_%d does not fit dimension %d of %s", p.low, p.high,
                     p.interior, d, operand.ToString());
    }
    result.Add(*size, operand.is_dynamic(d));
  }
  return result.ToShape(operand.element_type());
}

IndexedForm PadIndexing(const OpContext& context) {
  const std::vector<PaddingDimension>& padding = context.attr<PadAttributes>().padding;
  IndexedForm form = FormOf(context);
  for (size_t d = 0; d < padding.size(); ++d) {
    const PaddingDimension& p = padding[d];
    AppendStridedIndex(&form.accesses[0],
                       IndexExpr::Dim(static_cast<int64_t>(d)) + IndexExpr::Constant(-p.low),
                       {-p.low, context.declared->dimension(d) - 1 - p.low}, p.interior + 1,
                       context.operands[0].dimension(d));
  }
  form.accesses.push_back({.operand = 1});
  return form;
}

OpInfo Movement(std::string_view doc, Attributes attributes,
                absl::StatusOr<Shape> (*infer)(const OpContext&),
                IndexedForm (*indexing)(const OpContext&)) {
  return {.traits = Traits({OpTrait::kMovement}),
          .doc = doc,
          .attributes = std::move(attributes),
          .infer = infer,
          .indexing = indexing,
          .work = MovementWork};
}

}  // namespace

OpInfo DefinekBroadcast() {
  OpInfo info = Movement("The operand repeated along the result dimensions it has none of.",
                         DimensionsAttributes{}, InferBroadcast, BroadcastIndexing);
  info.traits |= Traits({OpTrait::kShapeDeclared});
  return info;
}

OpInfo DefinekTranspose() {
  return Movement("The operand with its dimensions permuted.", DimensionsAttributes{},
                  InferTranspose, TransposeIndexing);
}

OpInfo DefinekReverse() {
  return Movement("The operand with the order along some dimensions reversed.",
                  DimensionsAttributes{}, InferReverse, ReverseIndexing);
}

OpInfo DefinekConcatenate() {
  return Movement("The operands one after the other along one dimension.", DimensionsAttributes{},
                  InferConcatenate, ConcatenateIndexing);
}

OpInfo DefinekSlice() {
  OpInfo info = Movement("Every stride-th element between start and limit of each dimension.",
                         SliceAttributes{}, InferSlice, SliceIndexing);
  info.work = SliceWork;
  return info;
}

OpInfo DefinekPad() {
  return Movement(
      "The operand with the padding value before, after and between its elements; negative padding "
      "removes elements.",
      PadAttributes{}, InferPad, PadIndexing);
}

}  // namespace eqsat::ir
