#include "rules/hlo/shape_analysis.h"

#include "ir/base/status.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {

absl::StatusOr<bool> ShapeAnalysis::Make(const engine::EGraph& egraph, const engine::NodeView& node,
                                         engine::ClassId cls) {
  const std::optional<ir::Shape>& known = shapes_[cls];
  const Payload& payload = terms_->payload(node.attrs);
  // A known shape of a class needs no second proof: rules check what they build (AddNode).
  if (known && !payload.declared) return false;
  ir::Shape shape;
  if (payload.declared) {
    shape = *payload.declared;
  } else {
    std::vector<ir::Shape> operands;
    for (engine::ClassId child : node.children) operands.push_back(*shapes_[egraph.Find(child)]);
    std::vector<ir::ProgramShape> regions;
    for (ir::ComputationId id : payload.called)
      regions.push_back(terms_->module()[id].program_shape());
    EQSAT_ASSIGN_OR_RETURN(shape, ir::InferShape({.opcode = OpCodeOf(node.op),
                                                  .operands = operands,
                                                  .attributes = *payload.attributes,
                                                  .regions = regions}));
    shape = shape.WithoutLayout();
  }
  if (!known) {
    shapes_.Edit(cls) = std::move(shape);
    return true;
  }
  if (*known == shape) return false;
  return base::InvalidArgument("%s has the shape %s in a class of shape %s",
                               ir::Name(OpCodeOf(node.op)), shape.ToString(), known->ToString());
}

absl::StatusOr<engine::MergeOutcome> ShapeAnalysis::Merge(engine::ClassId into,
                                                          engine::ClassId from) {
  const ir::Shape& a = shape(into);
  const ir::Shape& b = shape(from);
  if (a == b) return engine::MergeOutcome{};
  return base::InvalidArgument("classes of the shapes %s and %s are made equal", a.ToString(),
                               b.ToString());
}

}  // namespace eqsat::rules
