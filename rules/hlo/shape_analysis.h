// The shape of each class. All terms of a class have one shape; a merge that breaks this is the
// fault of a rule, and the e-graph's report names both sides.
#ifndef EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_
#define EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_

#include <optional>
#include <vector>

#include "engine/analysis/analysis.h"
#include "engine/egraph/egraph.h"
#include "ir/shape/shape.h"
#include "rules/hlo/hlo_signature.h"

namespace eqsat::rules {

class ShapeAnalysis : public engine::Analysis {
 public:
  explicit ShapeAnalysis(const HloTerms* terms) : terms_(terms) {}

  // `cls` is a canonical class with a node.
  const ir::Shape& shape(engine::ClassId cls) const { return *shapes_[cls.value()]; }

  absl::StatusOr<bool> Make(const engine::EGraph& egraph, const engine::NodeView& node,
                            engine::ClassId cls) override;
  absl::StatusOr<engine::MergeOutcome> Merge(engine::ClassId into, engine::ClassId from) override;

 private:
  const HloTerms* terms_;
  std::vector<std::optional<ir::Shape>> shapes_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_
