// Ops that keep every element and its order in memory: reshape, bitcast, copy, bitcast-convert.
#include <algorithm>

#include "ir/ops/elementwise.h"
#include "ir/ops/reshape_indexing.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

bool HasTiles(const Shape& shape) { return shape.layout() && !shape.layout()->tiles.empty(); }

// The bits that an element takes: a pred is a whole byte, a sub-byte number is packed.
int MemoryBits(const Shape& array) {
  return array.element_type() == ElementType::kPred ? 8 : BitWidth(array.element_type());
}

// --- reshape -------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferReshape(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& operand = context.operands[0];
  bool unbounded = operand.HasUnboundedDimensions() || declared.HasUnboundedDimensions();
  // Compilers that pick precisions late leave reshapes that round.
  if (!TypesAgree(operand.element_type(), declared.element_type()) ||
      (!unbounded && operand.ElementCount() != declared.ElementCount())) {
    return OpError(context, "the operand %s and the result %s must have equal element counts",
                   operand.ToString(), declared.ToString());
  }
  return declared;
}

IndexedForm ReshapeIndexing(const OpContext& context) {
  if (context.operands[0].element_type() != context.declared->element_type()) return {};
  IndexedForm form = CopyIndexing(context);
  form.accesses[0].indices =
      ReshapeIndices(IdentityIndices(context.declared->rank()), context.declared->dimensions(),
                     context.operands[0].dimensions());
  return form;
}

// --- bitcast -------------------------------------------------------------------------------------

// Sizes of the same memory may differ by how elements narrower than a byte and tiles are padded, so
// only the arrays' kinds are checked, and counts where elements are equally wide and untiled.
absl::StatusOr<Shape> InferBitcast(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  const Shape& operand = context.operands[0];
  if (operand.IsArray() != declared.IsArray()) {
    return OpError(context, "the operand %s and the result %s must both be arrays",
                   operand.ToString(), declared.ToString());
  }
  if (!operand.IsArray() || operand.HasUnboundedDimensions() || declared.HasUnboundedDimensions() ||
      HasTiles(operand) || HasTiles(*context.declared))
    return declared;
  if (MemoryBits(operand) == MemoryBits(declared) &&
      operand.ElementCount() != declared.ElementCount()) {
    return OpError(context, "the operand %s and the result %s must be of equal size",
                   operand.ToString(), declared.ToString());
  }
  return declared;
}

// The dimensions from the outermost in memory to the innermost.
DimensionVector MajorToMinor(const Shape& shape) {
  DimensionVector order = shape.MinorToMajor();
  std::reverse(order.begin(), order.end());
  if (static_cast<int64_t>(order.size()) == shape.rank()) return order;
  order.resize(shape.rank());
  for (int64_t d = 0; d < shape.rank(); ++d) order[d] = d;
  return order;
}

DimensionVector Permuted(absl::Span<const int64_t> values, absl::Span<const int64_t> order) {
  DimensionVector out;
  for (int64_t i : order) out.push_back(values[i]);
  return out;
}

// The element at the same place in memory.
IndexedForm BitcastIndexing(const OpContext& context) {
  const Shape& operand = context.operands[0];
  const Shape& result = *context.declared;
  if (MemoryBits(operand) != MemoryBits(result) || HasTiles(operand) || HasTiles(result)) return {};
  DimensionVector from = MajorToMinor(result);
  DimensionVector to = MajorToMinor(operand);
  std::vector<IndexExpr> physical;
  for (int64_t d : from) physical.push_back(IndexExpr::Dim(d));
  physical = ReshapeIndices(physical, Permuted(result.dimensions(), from),
                            Permuted(operand.dimensions(), to));
  IndexedForm form = CopyIndexing(context);
  form.accesses[0].indices.resize(operand.rank());
  for (size_t i = 0; i < to.size(); ++i) form.accesses[0].indices[to[i]] = physical[i];
  return form;
}

// --- bitcast-convert -----------------------------------------------------------------------------

// Narrower result elements add a last dimension, wider ones take it away.
absl::StatusOr<Shape> InferBitcastConvert(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  const Shape& operand = context.operands[0];
  int from = MemoryBits(operand);
  int to = MemoryBits(declared);
  bool complex = IsComplex(operand.element_type());
  if (complex != IsComplex(declared.element_type())) {
    return OpError(context, "the operand %s and the result %s must both be complex or both real",
                   operand.ToString(), declared.ToString());
  }
  DimensionList expected;
  bool fits = from % to == 0 || to % from == 0;
  bool take = to > from;
  fits &=
      !take || (operand.rank() > 0 && SizesAgree(operand.dimension(operand.rank() - 1), to / from));
  if (fits) {
    for (int64_t d = 0; d < operand.rank() - (take ? 1 : 0); ++d) expected.AddFrom(operand, d);
    if (from > to) expected.Add(from / to);
    EQSAT_ASSIGN_OR_RETURN(Shape shape, expected.ToShape(declared.element_type()));
    if (DimensionsAgree(shape, declared)) return shape;
  }
  return OpError(context, "the bits of %s do not make %s", operand.ToString(), declared.ToString());
}

IndexedForm BitcastConvertIndexing(const OpContext& context) {
  if (MemoryBits(context.operands[0]) != MemoryBits(*context.declared)) return {};
  return ElementwiseIndexing(context);
}

// --- copy ----------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferCopy(const OpContext& context) {
  return context.operands[0].WithoutLayout();
}

}  // namespace

OpInfo DefinekReshape() {
  return {.traits = Traits({OpTrait::kMovement, OpTrait::kShapeDeclared}),
          .doc = "The operand's elements in row-major order under other dimensions.",
          .attributes = ReshapeAttributes{},
          .infer = InferReshape,
          .indexing = ReshapeIndexing,
          .work = MovementWork};
}

OpInfo DefinekBitcast() {
  return {.traits = Traits({OpTrait::kMovement, OpTrait::kShapeDeclared}),
          .doc = "The operand's memory under another shape and layout.",
          .attributes = NoAttributes{},
          .infer = InferBitcast,
          .indexing = BitcastIndexing,
          .work = NoWork};
}

OpInfo DefinekBitcastConvert() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "The bits of the operand's elements as elements of another type.",
          .attributes = NoAttributes{},
          .infer = InferBitcastConvert,
          .indexing = BitcastConvertIndexing,
          .work = MovementWork};
}

OpInfo DefinekCopy() {
  return {.traits = Traits({OpTrait::kMovement, OpTrait::kElementwise}),
          .doc = "The operand in memory of its own, perhaps under another layout.",
          .attributes = NoAttributes{},
          .infer = InferCopy,
          .indexing = CopyIndexing,
          .work = MovementWork};
}

}  // namespace eqsat::ir
