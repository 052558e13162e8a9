#include "ir/interpret/elementwise.h"

#include <deque>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::ir {
namespace {

std::string TypeNames(absl::Span<const ElementType> types) {
  std::vector<std::string_view> names;
  for (ElementType type : types) names.push_back(Name(type));
  return base::Join(names, ", ");
}

}  // namespace

Kernel FindKernel(const KernelSignature& signature) {
  KernelChooser choose = Evaluators()[signature.opcode].kernel;
  return choose == nullptr ? nullptr : choose(signature);
}

absl::StatusOr<Literal> EvaluateElementwise(const OpCall& call) {
  std::deque<ComputeArray> operands;
  std::vector<ElementType> types;
  KernelCall run{.attributes = &call.attributes};
  EQSAT_CHECK(call.operands.size() <= run.operands.size());
  for (size_t i = 0; i < call.operands.size(); ++i) {
    const ComputeArray& operand = operands.emplace_back(call.operands[i]);
    types.push_back(operand.type());
    run.operands[i] = operand.data();
    run.steps[i] = operand.IsScalar() ? 0 : 1;
  }
  Kernel kernel = FindKernel({.opcode = call.opcode,
                              .operands = types,
                              .result = call.shape.element_type(),
                              .attributes = call.attributes});
  if (kernel == nullptr) {
    return base::Unimplemented("%s is not defined from %s to %s", Name(call.opcode),
                               TypeNames(types), Name(call.shape.element_type()));
  }
  ComputeResult result(call.shape);
  run.result = result.data();
  run.count = call.shape.ElementCount();
  run.operand_type = types[0];
  run.result_type = call.shape.element_type();
  kernel(run);
  return std::move(result).Take();
}

Literal ConvertElements(const Literal& literal, ElementType type) {
  if (literal.shape().element_type() == type) return literal;
  const Shape shape = literal.shape().WithElementType(type);
  const Attributes attributes = NoAttributes{};
  const Regions regions;
  absl::StatusOr<Literal> converted =
      EvaluateElementwise({.opcode = OpCode::kConvert,
                           .attributes = attributes,
                           .shape = shape,
                           .operands = absl::MakeConstSpan(&literal, 1),
                           .regions = regions});
  EQSAT_CHECK(converted.ok());
  return *std::move(converted);
}

}  // namespace eqsat::ir
