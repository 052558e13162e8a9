// The shape of each class. All terms of a class have one shape; a merge that breaks this is the
// fault of a rule, and the e-graph's report names both sides.
#ifndef EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_
#define EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_

#include <optional>

#include "engine/analysis/analysis.h"
#include "engine/analysis/class_facts.h"
#include "engine/egraph/egraph.h"
#include "ir/shape/shape.h"
#include "rules/hlo/hlo_signature.h"

namespace eqsat::rules {

class ShapeAnalysis : public engine::Analysis {
 public:
  explicit ShapeAnalysis(const HloTerms* terms) : terms_(terms) {}

  // `cls` is a canonical class with a node.
  const ir::Shape& shape(engine::ClassId cls) const { return *shapes_[cls]; }

  absl::StatusOr<bool> Make(const engine::EGraph& egraph, const engine::NodeView& node,
                            engine::ClassId cls) override;
  absl::StatusOr<engine::MergeOutcome> Merge(engine::ClassId into, engine::ClassId from) override;
  void Push() override { shapes_.Push(); }
  void Pop() override { shapes_.Pop(); }

 private:
  const HloTerms* terms_;
  engine::ClassFacts<std::optional<ir::Shape>> shapes_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_SHAPE_ANALYSIS_H_
