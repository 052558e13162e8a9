// Constants, tuples, tokens and ops that call computations.
#include <algorithm>
#include <cstring>

#include "ir/base/status.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/region_function.h"

namespace eqsat::ir {
namespace {

absl::StatusOr<Literal> EvaluateConstant(const OpCall& call) {
  const Literal& literal = call.attr<ConstantAttributes>().literal;
  if (literal.is_unknown())
    return base::InvalidArgument("the constant's values were elided (`{...}`)");
  return literal;
}

// Ops whose value is that of operand 0.
absl::StatusOr<Literal> EvaluateIdentity(const OpCall& call) { return call.operands[0]; }

// A copy may change the element type, as convert does.
absl::StatusOr<Literal> EvaluateCopy(const OpCall& call) {
  if (!call.shape.IsArray()) return call.operands[0];
  return ConvertElements(call.operands[0], call.shape.element_type());
}

absl::StatusOr<Literal> EvaluateTuple(const OpCall& call) {
  return Literal::Tuple({call.operands.begin(), call.operands.end()});
}

absl::StatusOr<Literal> EvaluateGetTupleElement(const OpCall& call) {
  return call.operands[0].elements()[call.attr<GetTupleElementAttributes>().index];
}

absl::StatusOr<Literal> EvaluateToken(const OpCall& call) { return Literal::Zero(call.shape); }

// ((operands…), result, contexts…). The computation runs as soon as all of its parameters are
// bound.
absl::StatusOr<Literal> AsyncValue(const OpCall& call, std::vector<Literal> bound) {
  if (call.regions.size() == 0 || bound.size() > call.regions[0].parameters().size())
    return base::InvalidArgument("no computation takes the %d operands", bound.size());
  Literal result = Literal::Zero(call.shape.element(1));
  if (bound.size() == call.regions[0].parameters().size()) {
    EQSAT_ASSIGN_OR_RETURN(result, call.regions.Evaluate(0, bound));
  }
  std::vector<Literal> elements{Literal::Tuple(std::move(bound)), std::move(result)};
  for (size_t i = 2; i < call.shape.elements().size(); ++i)
    elements.push_back(Literal::Zero(call.shape.element(static_cast<int64_t>(i))));
  return Literal::Tuple(std::move(elements));
}

absl::StatusOr<Literal> EvaluateAsyncStart(const OpCall& call) {
  return AsyncValue(call, {call.operands.begin(), call.operands.end()});
}

absl::StatusOr<Literal> EvaluateAsyncUpdate(const OpCall& call) {
  if (call.operands.size() == 1) return call.operands[0];
  absl::Span<const Literal> before = call.operands[0].elements()[0].elements();
  std::vector<Literal> bound(before.begin(), before.end());
  bound.insert(bound.end(), call.operands.begin() + 1, call.operands.end());
  return AsyncValue(call, std::move(bound));
}

absl::StatusOr<Literal> EvaluateAsyncDone(const OpCall& call) {
  if (call.operands[0].elements().size() < 2)
    return base::Unimplemented("async-done of %s", call.operand_shape(0).ToString());
  return call.operands[0].elements()[1];
}

absl::StatusOr<Literal> EvaluateCalled(const OpCall& call) {
  return call.regions.Evaluate(0, call.operands);
}

// Region 0 is the condition, 1 the body.
absl::StatusOr<Literal> EvaluateWhile(const OpCall& call) {
  Literal state = call.operands[0];
  while (true) {
    EQSAT_RETURN_IF_ERROR(call.regions.CheckInterrupt());
    EQSAT_ASSIGN_OR_RETURN(Literal again, call.regions.Evaluate(0, absl::MakeConstSpan(&state, 1)));
    if (again.AsInt64(0) == 0) return state;
    EQSAT_ASSIGN_OR_RETURN(state, call.regions.Evaluate(1, absl::MakeConstSpan(&state, 1)));
  }
}

// Operand 0 chooses a branch: a pred between two (true first), or a number, the last branch if it
// is out of range. Branch i takes operand i + 1.
absl::StatusOr<Literal> EvaluateConditional(const OpCall& call) {
  const Literal& choice = call.operands[0];
  const auto count = static_cast<int64_t>(call.regions.size());
  int64_t branch = choice.AsInt64(0);
  if (choice.shape().element_type() == ElementType::kPred) {
    branch = branch != 0 ? 0 : 1;
  } else if (branch < 0 || branch >= count) {
    branch = count - 1;
  }
  return call.regions.Evaluate(branch, call.operands.subspan(branch + 1, 1));
}

absl::StatusOr<Literal> EvaluateMap(const OpCall& call) {
  std::vector<ElementType> types;
  std::vector<ComputeArray> arrays;
  for (const Literal& operand : call.operands) types.push_back(operand.shape().element_type());
  arrays.reserve(call.operands.size());
  for (const Literal& operand : call.operands) arrays.emplace_back(operand);
  const ElementType type = call.shape.element_type();
  EQSAT_ASSIGN_OR_RETURN(
      RegionFunction region,
      RegionFunction::Make(call.regions, 0, types, absl::MakeConstSpan(&type, 1)));
  ComputeResult result(call.shape);
  std::vector<const void*> arguments(arrays.size());
  for (int64_t i = 0; i < call.shape.ElementCount(); ++i) {
    for (size_t k = 0; k < arrays.size(); ++k)
      arguments[k] = arrays[k].as<std::byte>() + i * ComputeBytes(types[k]);
    void* const out = result.as<std::byte>() + i * ComputeBytes(type);
    EQSAT_RETURN_IF_ERROR(region.Call(arguments, absl::MakeConstSpan(&out, 1)));
  }
  return std::move(result).Take();
}

}  // namespace

void AddControl(EvaluatorTable& table) {
  for (OpCode opcode : {OpCode::kOptBarrier, OpCode::kAddDependency, OpCode::kDomain})
    table[opcode].evaluate = EvaluateIdentity;
  table[OpCode::kConstant].evaluate = EvaluateConstant;
  table[OpCode::kCopy].evaluate = EvaluateCopy;
  table[OpCode::kTuple].evaluate = EvaluateTuple;
  table[OpCode::kGetTupleElement].evaluate = EvaluateGetTupleElement;
  table[OpCode::kAfterAll].evaluate = EvaluateToken;
  table[OpCode::kAsyncStart].evaluate = EvaluateAsyncStart;
  table[OpCode::kAsyncUpdate].evaluate = EvaluateAsyncUpdate;
  table[OpCode::kAsyncDone].evaluate = EvaluateAsyncDone;
  table[OpCode::kCall].evaluate = EvaluateCalled;
  table[OpCode::kFusion].evaluate = EvaluateCalled;
  table[OpCode::kWhile].evaluate = EvaluateWhile;
  table[OpCode::kConditional].evaluate = EvaluateConditional;
  table[OpCode::kMap].evaluate = EvaluateMap;
}

}  // namespace eqsat::ir
