// Tuples, tokens and barriers.
#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Shape> InferTuple(const OpContext& context) {
  return Shape::Tuple({context.operands.begin(), context.operands.end()}).WithoutLayout();
}

absl::StatusOr<Shape> InferGetTupleElement(const OpContext& context) {
  int64_t index = context.attr<GetTupleElementAttributes>().index;
  const Shape& tuple = context.operands[0];
  if (!tuple.IsTuple())
    return OpError(context, "the operand must be a tuple, but is %s", tuple.ToString());
  if (index < 0 || index >= static_cast<int64_t>(tuple.elements().size()))
    return OpError(context, "index=%d is not an element of %s", index, tuple.ToString());
  return tuple.element(index).WithoutLayout();
}

// XLA also lets a token come after values that are none.
absl::StatusOr<Shape> InferAfterAll(const OpContext&) { return Shape::Token(); }

absl::StatusOr<Shape> InferAddDependency(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectToken(context, 1));
  return context.operands[0].WithoutLayout();
}

absl::StatusOr<Shape> InferOptBarrier(const OpContext& context) {
  return context.operands[0].WithoutLayout();
}

}  // namespace

OpInfo DefinekTuple() {
  return {.doc = "Its operands as one value.",
          .attributes = NoAttributes{},
          .infer = InferTuple,
          .work = NoWork};
}

OpInfo DefinekGetTupleElement() {
  return {.doc = "One element of a tuple.",
          .attributes = GetTupleElementAttributes{},
          .infer = InferGetTupleElement,
          .work = NoWork};
}

OpInfo DefinekAfterAll() {
  return {.doc = "A token that comes after all the operand tokens.",
          .attributes = NoAttributes{},
          .infer = InferAfterAll,
          .work = NoWork};
}

OpInfo DefinekAddDependency() {
  return {.doc = "The first operand, available only after the token.",
          .attributes = NoAttributes{},
          .infer = InferAddDependency,
          .work = NoWork};
}

OpInfo DefinekOptBarrier() {
  return {.traits = Traits({OpTrait::kSideEffect}),
          .doc = "Its operand, across which nothing may be moved or simplified.",
          .attributes = NoAttributes{},
          .infer = InferOptBarrier,
          .work = NoWork};
}

}  // namespace eqsat::ir
