// custom-call.
#include <algorithm>
#include <vector>

#include "ir/ops/aliasing.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// Constrained layouts are of the operands' own shapes.
absl::Status CheckLayoutConstraints(const OpContext& context,
                                    const std::vector<Shape>& constraints) {
  if (constraints.size() != context.operands.size()) {
    return OpError(context, "operand_layout_constraints has %d shapes for %d operands",
                   constraints.size(), context.operands.size());
  }
  for (size_t i = 0; i < constraints.size(); ++i) {
    if (ShapesAgree(constraints[i], context.operands[i])) continue;
    return OpError(context, "operand_layout_constraints states operand %d as %s, but it is %s", i,
                   constraints[i].ToString(), context.operands[i].ToString());
  }
  return absl::OkStatus();
}

// As many spatial dimensions everywhere, and each array's dimensions apart.
absl::Status CheckLabels(const OpContext& context, const ConvolutionDimensions& labels) {
  auto distinct = [](int64_t first, int64_t second, const DimensionVector& spatial) {
    constexpr int64_t kMost = 64;
    std::vector<int64_t> places(spatial.begin(), spatial.end());
    places.push_back(first);
    places.push_back(second);
    std::ranges::sort(places);
    return places.front() >= 0 && places.back() < kMost &&
           std::ranges::adjacent_find(places) == places.end();
  };
  size_t spatial = labels.input_spatial.size();
  if (labels.kernel_spatial.size() == spatial && labels.output_spatial.size() == spatial &&
      distinct(labels.input_batch, labels.input_feature, labels.input_spatial) &&
      distinct(labels.kernel_input_feature, labels.kernel_output_feature, labels.kernel_spatial) &&
      distinct(labels.output_batch, labels.output_feature, labels.output_spatial))
    return absl::OkStatus();
  return OpError(context, "dim_labels name a dimension twice or none");
}

// --- buffers -------------------------------------------------------------------------------------

using Path = std::vector<int64_t>;

// The places of all buffers in `shape`.
void CollectBuffers(const Shape& shape, Path* path, std::vector<Path>* places) {
  if (shape.IsBuffer()) places->push_back(*path);
  if (!shape.IsTuple()) return;
  for (size_t i = 0; i < shape.elements().size(); ++i) {
    path->push_back(static_cast<int64_t>(i));
    CollectBuffers(shape.element(path->back()), path, places);
    path->pop_back();
  }
}

std::vector<Path> BuffersOf(const Shape& shape) {
  Path path;
  std::vector<Path> places;
  CollectBuffers(shape, &path, &places);
  return places;
}

// "Pin" puts a value into a buffer and "Unpin" takes it out, in the same memory.
absl::Status CheckPin(const OpContext& context, const Shape& result,
                      const std::vector<OutputOperandAlias>& aliases, bool pin) {
  std::string_view target = pin ? "Pin" : "Unpin";
  if (context.operands.size() != 1)
    return OpError(context, "%s takes 1 operand, but has %d", target, context.operands.size());
  const Shape& operand = context.operands[0];
  const Shape& buffer = pin ? result : operand;
  const Shape& value = pin ? operand : result;
  if (!buffer.IsBuffer() || !ShapesAgree(buffer.element(0), value)) {
    return OpError(context, "%s of %s cannot give %s", target, operand.ToString(),
                   result.ToString());
  }
  bool whole = aliases.size() == 1 && aliases[0].output_index.empty() && aliases[0].operand == 0 &&
               aliases[0].operand_index.empty();
  if (whole) return absl::OkStatus();
  return OpError(context, "%s needs output_to_operand_aliasing={{}: (0, {})}", target);
}

// Each buffer among the operands goes on in one buffer of the result, and none comes from nowhere.
absl::Status CheckBuffers(const OpContext& context, const Shape& result,
                          const std::vector<OutputOperandAlias>& aliases) {
  for (size_t i = 0; i < context.operands.size(); ++i) {
    for (const Path& place : BuffersOf(context.operands[i])) {
      auto uses = std::ranges::count_if(aliases, [&](const OutputOperandAlias& alias) {
        return alias.operand == static_cast<int64_t>(i) && alias.operand_index == place;
      });
      if (uses == 1) continue;
      return OpError(context, "the buffer %s of operand %d goes on in %d places of the result",
                     Braced(place), i, uses);
    }
  }
  for (const Path& place : BuffersOf(result)) {
    auto sources = std::ranges::count(aliases, place, &OutputOperandAlias::output_index);
    if (sources == 1) continue;
    return OpError(context, "the buffer %s of the result %s comes from %d operands", Braced(place),
                   result.ToString(), sources);
  }
  return absl::OkStatus();
}

// --- targets that XLA itself knows ---------------------------------------------------------------

absl::Status CheckTarget(const OpContext& context, const Shape& result) {
  const auto& attributes = context.attr<CustomCallAttributes>();
  const std::vector<OutputOperandAlias>& aliases = attributes.output_to_operand_aliasing;
  const std::string& target = attributes.custom_call_target;
  if (target == "Pin" || target == "Unpin")
    return CheckPin(context, result, aliases, target == "Pin");
  // A fresh buffer, its contents undefined.
  if (target == "CreateBuffer" || target == "AllocateBuffer") return absl::OkStatus();
  if (target == "GetRngSeed") {
    if (!context.operands.empty())
      return OpError(context, "GetRngSeed takes 0 operands, but has %d", context.operands.size());
    if (!result.IsScalar() || result.element_type() != ElementType::kU64)
      return OpError(context, "GetRngSeed gives u64[], but is declared %s", result.ToString());
  }
  return CheckBuffers(context, result, aliases);
}

absl::StatusOr<Shape> InferCustomCall(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  const auto& attributes = context.attr<CustomCallAttributes>();
  absl::Span<const Shape> operands = context.operands;
  if (attributes.operand_layout_constraints &&
      attributes.custom_call_target != "LayoutConstraint") {
    EQSAT_RETURN_IF_ERROR(CheckLayoutConstraints(context, *attributes.operand_layout_constraints));
    // Compilation gives the operands these layouts.
    operands = *attributes.operand_layout_constraints;
  }
  EQSAT_RETURN_IF_ERROR(
      CheckAliases(context, *context.declared, operands, attributes.output_to_operand_aliasing));
  if (attributes.dim_labels) EQSAT_RETURN_IF_ERROR(CheckLabels(context, *attributes.dim_labels));
  EQSAT_RETURN_IF_ERROR(CheckTarget(context, declared));
  return declared;
}

}  // namespace

OpInfo DefinekCustomCall() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "The result of code outside the program, found by its name.",
          .attributes = CustomCallAttributes{},
          .regions = {{.name = "called_computations",
                       .presence = Presence::kOptional,
                       .is_list = true}},
          .infer = InferCustomCall,
          .work = MovementWork};
}

}  // namespace eqsat::ir
