// async-start, async-update and async-done: a computation that runs beside other ops.
//
// The value between them is a tuple ((operands…), result, contexts…). Operands may be bound late:
// then the start has a prefix of them, and each update adds more.
#include <algorithm>

#include "ir/ops/aliasing.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

absl::Status ExpectAsyncTuple(const OpContext& context, const Shape& shape) {
  if (shape.IsTuple() && shape.elements().size() >= 2 && shape.element(0).IsTuple())
    return absl::OkStatus();
  return OpError(context, "%s is not of the form ((operands), result, contexts)", shape.ToString());
}

// The computation's parameters and result begin as the tuple says.
absl::Status CheckWrapped(const OpContext& context, const Shape& async) {
  if (context.regions.empty()) return absl::OkStatus();
  const ProgramShape& wrapped = context.regions[0];
  Shape parameters = Shape::Tuple(wrapped.parameters);
  if (!IsTuplePrefix(async.element(0), parameters)) {
    return OpError(context, "the operands %s are not the first parameters of the computation, %s",
                   async.element(0).ToString(), parameters.ToString());
  }
  if (!IsTuplePrefix(async.element(1), wrapped.result)) {
    return OpError(context, "the result %s does not begin the result of the computation, %s",
                   async.element(1).ToString(), wrapped.result.ToString());
  }
  return absl::OkStatus();
}

// The operands from `first` on are the last that `async` has bound.
absl::Status CheckBound(const OpContext& context, size_t first, const Shape& async) {
  absl::Span<const Shape> bound = async.element(0).elements();
  absl::Span<const Shape> added = context.operands.subspan(first);
  bool fits = added.size() <= bound.size();
  fits = fits && std::ranges::equal(bound.last(added.size()), added, ShapesAgree);
  if (fits) return absl::OkStatus();
  return OpError(context, "the operands %s are not the ones bound in %s",
                 Shape::Tuple({added.begin(), added.end()}).ToString(), async.ToString());
}

absl::StatusOr<Shape> InferAsyncStart(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  EQSAT_RETURN_IF_ERROR(ExpectAsyncTuple(context, declared));
  if (declared.element(0).elements().size() != context.operands.size()) {
    return OpError(context, "has %d operands, but the result is %s", context.operands.size(),
                   declared.ToString());
  }
  EQSAT_RETURN_IF_ERROR(CheckBound(context, 0, declared));
  EQSAT_RETURN_IF_ERROR(CheckWrapped(context, declared));
  // An alias may name an operand or a part of the result that is bound later.
  const auto& aliases = context.attr<AsyncAttributes>().output_to_operand_aliasing;
  const ProgramShape& wrapped = context.regions[0];
  absl::Span<const Shape> parameters = wrapped.parameters;
  Shape bound_fully = Shape::Tuple({Shape::Tuple(wrapped.parameters), wrapped.result});
  if (!ShapesAgree(declared.element(0), bound_fully.element(0)) ||
      !ShapesAgree(declared.element(1), bound_fully.element(1))) {
    if (!CheckAliases(context, wrapped.result, parameters, aliases).ok())
      EQSAT_RETURN_IF_ERROR(CheckAliases(context, bound_fully, parameters, aliases));
    return declared;
  }
  // Older programs count the output from the result, newer ones from the whole tuple.
  if (!CheckAliases(context, context.declared->element(1), parameters, aliases).ok())
    EQSAT_RETURN_IF_ERROR(CheckAliases(context, *context.declared, parameters, aliases));
  return declared;
}

absl::StatusOr<Shape> InferAsyncUpdate(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  const Shape& before = context.operands[0];
  EQSAT_RETURN_IF_ERROR(ExpectAsyncTuple(context, before));
  Shape result = context.declared ? context.declared->WithoutLayout() : before.WithoutLayout();
  EQSAT_RETURN_IF_ERROR(ExpectAsyncTuple(context, result));
  size_t bound = before.element(0).elements().size() + context.operands.size() - 1;
  if (result.element(0).elements().size() != bound ||
      !IsTuplePrefix(before.element(0), result.element(0))) {
    return OpError(context, "the operand %s with %d more does not make %s", before.ToString(),
                   context.operands.size() - 1, result.ToString());
  }
  EQSAT_RETURN_IF_ERROR(CheckBound(context, 1, result));
  EQSAT_RETURN_IF_ERROR(CheckWrapped(context, result));
  const Shape& stated = context.declared ? *context.declared : before;
  EQSAT_RETURN_IF_ERROR(CheckAliases(context, stated, context.operands,
                                     context.attr<AsyncAttributes>().output_to_operand_aliasing));
  return result;
}

absl::StatusOr<Shape> InferAsyncDone(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  const Shape& before = context.operands[0];
  EQSAT_RETURN_IF_ERROR(ExpectAsyncTuple(context, before));
  Shape result = before.element(1).WithoutLayout();
  if (context.declared == nullptr || !IsTuplePrefix(result, *context.declared)) return result;
  return context.declared->WithoutLayout();
}

// The computation may do anything, so its parts keep their place.
OpInfo Async(std::string_view doc, Presence region,
             absl::StatusOr<Shape> (*infer)(const OpContext&),
             Work (*work)(const OpContext&, absl::Span<const double>)) {
  return {.traits = Traits({OpTrait::kSideEffect}),
          .doc = doc,
          .attributes = AsyncAttributes{},
          .regions = {{"calls", region}},
          .infer = infer,
          .work = work};
}

}  // namespace

OpInfo DefinekAsyncStart() {
  OpInfo info = Async("The begin of a computation that may run beside other ops.",
                      Presence::kRequired, InferAsyncStart, CallWork);
  info.traits |= Traits({OpTrait::kShapeDeclared});
  return info;
}

OpInfo DefinekAsyncUpdate() {
  return Async("A step of a started computation, perhaps with further operands.",
               Presence::kOptional, InferAsyncUpdate, NoWork);
}

OpInfo DefinekAsyncDone() {
  return Async("The result of a started computation.", Presence::kOptional, InferAsyncDone, NoWork);
}

}  // namespace eqsat::ir
