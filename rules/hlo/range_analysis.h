// What is known of the elements of a class without knowing its value: signs and bounds.
//
// The facts of a class hold for every element; what its nodes say is joined by keeping all of it.
// They are few, and integer bounds narrow a bounded number of times, so that propagation ends.
#ifndef EQSAT_RULES_HLO_RANGE_ANALYSIS_H_
#define EQSAT_RULES_HLO_RANGE_ANALYSIS_H_

#include "engine/analysis/analysis.h"
#include "engine/analysis/class_facts.h"
#include "rules/hlo/constant_analysis.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/shape_analysis.h"
#include "rules/hlo/value_range.h"

namespace eqsat::rules {

class RangeAnalysis : public engine::Analysis {
 public:
  RangeAnalysis(const HloTerms* terms, const ShapeAnalysis* shapes,
                const ConstantAnalysis* constants)
      : terms_(terms), shapes_(shapes), constants_(constants) {}

  // Of integers of 64 bits without a sign, only ranges below 2^63 are known.
  ValueRange range(engine::ClassId cls) const;

  absl::StatusOr<bool> Make(const engine::EGraph& egraph, const engine::NodeView& node,
                            engine::ClassId cls) override;
  absl::StatusOr<engine::MergeOutcome> Merge(engine::ClassId into, engine::ClassId from) override;
  void Push() override { held_.Push(); }
  void Pop() override { held_.Pop(); }

 private:
  // How often a class's bounds may narrow: rules can build e-graphs whose cycles narrow for ever.
  static constexpr int kMaxNarrowings = 8;

  struct Held {
    ValueRange range;
    int narrowings = 0;
  };

  bool Learn(engine::ClassId cls, const ValueRange& range);

  const HloTerms* terms_;
  const ShapeAnalysis* shapes_;
  const ConstantAnalysis* constants_;
  engine::ClassFacts<Held> held_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_RANGE_ANALYSIS_H_
