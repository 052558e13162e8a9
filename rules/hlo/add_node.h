// Builds HLO terms in an e-graph with their shapes checked.
#ifndef EQSAT_RULES_HLO_ADD_NODE_H_
#define EQSAT_RULES_HLO_ADD_NODE_H_

#include <span>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/egraph/egraph.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/shape_analysis.h"

namespace eqsat::rules {

struct NodeSpec {
  ir::OpCode opcode;
  ir::Attributes attributes;
  absl::Span<const engine::ClassId> children;
  absl::Span<const ir::ComputationId> called = {};
  // Needed where the op cannot infer its shape; checked where it can. Without layout.
  const ir::Shape* declared = nullptr;
};

// Adds a pure node. InvalidArgument if the shapes do not fit; the graph is then as before.
absl::StatusOr<engine::ClassId> AddNode(engine::EGraph& egraph, HloTerms& terms,
                                        const ShapeAnalysis& shapes, const NodeSpec& spec);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_ADD_NODE_H_
