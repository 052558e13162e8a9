#include "ir/ops/aliasing.h"

#include "ir/ops/shape_checks.h"

namespace eqsat::ir {

const Shape* SubshapeAt(const Shape& shape, absl::Span<const int64_t> index) {
  const Shape* at = &shape;
  for (int64_t i : index) {
    if (!at->IsTuple() || i < 0 || i >= static_cast<int64_t>(at->elements().size())) return nullptr;
    at = &at->element(i);
  }
  return at;
}

absl::Status CheckAliases(const OpContext& context, const Shape& result,
                          absl::Span<const Shape> operands,
                          const std::vector<OutputOperandAlias>& aliases, AliasLayouts layouts) {
  for (const OutputOperandAlias& alias : aliases) {
    const Shape* output = SubshapeAt(result, alias.output_index);
    if (output == nullptr) {
      return OpError(context, "the aliased output %s is not a part of %s",
                     Braced(alias.output_index), result.ToString());
    }
    if (alias.operand < 0 || alias.operand >= static_cast<int64_t>(operands.size())) {
      return OpError(context, "the aliased operand %d is not one of %d", alias.operand,
                     operands.size());
    }
    const Shape& operand = operands[alias.operand];
    const Shape* input = SubshapeAt(operand, alias.operand_index);
    if (input == nullptr) {
      return OpError(context, "the aliased part %s of operand %d is not a part of %s",
                     Braced(alias.operand_index), alias.operand, operand.ToString());
    }
    const Shape& output_memory = output->IsBuffer() ? output->element(0) : *output;
    const Shape& input_memory = input->IsBuffer() ? input->element(0) : *input;
    // Layouts of buffers that pass from one call to the next are settled together, later.
    bool ordered = layouts == AliasLayouts::kEqual && output_memory.IsArray() &&
                   !(output->IsBuffer() && input->IsBuffer());
    if (!ShapesAgree(output_memory, input_memory) ||
        (ordered && output_memory.MinorToMajor() != input_memory.MinorToMajor())) {
      return OpError(context, "aliased shapes differ: output %s, operand %s", output->ToString(),
                     input->ToString());
    }
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
