#include "rules/hlo/add_node.h"

#include <vector>

#include "ir/base/status.h"

namespace eqsat::rules {

absl::StatusOr<engine::ClassId> AddNode(engine::EGraph& egraph, HloTerms& terms,
                                        const ShapeAnalysis& shapes, const NodeSpec& spec) {
  std::vector<ir::Shape> operands;
  std::vector<engine::ClassId> children;
  for (engine::ClassId child : spec.children) {
    children.push_back(egraph.Find(child));
    operands.push_back(shapes.shape(children.back()));
  }
  std::vector<ir::ProgramShape> regions;
  for (ir::ComputationId id : spec.called) regions.push_back(terms.module()[id].program_shape());
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::InferShape({.opcode = spec.opcode,
                                                          .operands = operands,
                                                          .attributes = spec.attributes,
                                                          .regions = regions,
                                                          .declared = spec.declared}));
  if (spec.declared && !ir::Shape::Compatible(shape, *spec.declared)) {
    return base::InvalidArgument("%s infers the shape %s, not %s", ir::Name(spec.opcode),
                                 shape.ToString(), spec.declared->ToString());
  }
  Payload payload;
  payload.attributes = std::make_shared<const ir::Attributes>(spec.attributes);
  payload.called.assign(spec.called.begin(), spec.called.end());
  // A dot may choose its element type: what is not inferred from the operands alone is stated.
  bool stated = ir::GetOpInfo(spec.opcode).Has(ir::OpTrait::kShapeDeclared);
  if (spec.declared && !stated) {
    auto unaided = ir::InferShape({.opcode = spec.opcode,
                                   .operands = operands,
                                   .attributes = spec.attributes,
                                   .regions = regions});
    stated = !unaided.ok() || !ir::Shape::Compatible(*unaided, shape);
  }
  if (stated) payload.declared = shape.WithoutLayout();
  return egraph.Add(OpIdOf(spec.opcode), terms.Intern(payload), children);
}

}  // namespace eqsat::rules
