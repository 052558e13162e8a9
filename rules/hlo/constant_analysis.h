// Which classes have a value known at compile time.
//
// The lattice is flat: unknown, or one value. A value is kept whole for small arrays, and as one
// scalar for arrays of any size whose elements are all alike. Values come from constants and from
// evaluating pure ops on known operands with the reference interpreter, within size limits.
#ifndef EQSAT_RULES_HLO_CONSTANT_ANALYSIS_H_
#define EQSAT_RULES_HLO_CONSTANT_ANALYSIS_H_

#include <cstdint>
#include <optional>

#include "engine/analysis/analysis.h"
#include "engine/analysis/class_facts.h"
#include "ir/shape/literal.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/shape_analysis.h"

namespace eqsat::rules {

class ConstantAnalysis : public engine::Analysis {
 public:
  enum class OnConflict {
    kStop,  // two different values in one class are the fault of a rule
    kKeep,  // rules that round differently are in use: the first value stands
  };
  // What the graph is for. Where rules are tried out, terms of known value are still looked at for
  // what a rule says about them. In a search for programs such a rule has nothing to say: short
  // iotas are constants, and other terms of what is written as a constant are hidden, but for the
  // program's own of an array: they lead nowhere, and would be combined with one another without
  // end.
  enum class Purpose { kTrial, kSearch };
  // Largest array, in elements, that folding makes.
  static constexpr int64_t kMaxFoldedElements = 1024;

  ConstantAnalysis(HloTerms* terms, const ShapeAnalysis* shapes, OnConflict on_conflict,
                   Purpose purpose = Purpose::kTrial)
      : terms_(terms), shapes_(shapes), on_conflict_(on_conflict), purpose_(purpose) {}

  // The whole value of `cls`, if it is known and kept whole (scalars always are).
  const ir::Literal* literal(engine::ClassId cls) const;
  // The scalar that all elements of `cls` equal, if that is known. Scalars are their own splat.
  const ir::Literal* splat(engine::ClassId cls) const;

  absl::StatusOr<bool> Make(const engine::EGraph& egraph, const engine::NodeView& node,
                            engine::ClassId cls) override;
  absl::StatusOr<engine::MergeOutcome> Merge(engine::ClassId into, engine::ClassId from) override;
  // Adds the constant itself (or the broadcast of the scalar) to a class whose value became known.
  absl::Status Modify(engine::EGraph& egraph, engine::ClassId cls) override;
  void Push() override { values_.Push(); }
  void Pop() override { values_.Pop(); }

 private:
  struct Value {
    std::optional<ir::Literal> whole;
    std::optional<ir::Literal> splat;  // scalar shape
    bool known() const { return whole.has_value() || splat.has_value(); }
  };

  static Value FromLiteral(const ir::Literal& literal);
  Value Evaluate(const engine::EGraph& egraph, const engine::NodeView& node,
                 engine::ClassId cls) const;
  Value EvaluateOnSplats(const engine::EGraph& egraph, const engine::NodeView& node,
                         const ir::Shape& result) const;
  Value EvaluateWhole(const engine::EGraph& egraph, const engine::NodeView& node,
                      const ir::Shape& result) const;
  engine::AttrId ConstantPayload(const ir::Literal& literal) const;
  void AddFill(engine::EGraph& egraph, engine::ClassId cls, const ir::Literal& element) const;

  HloTerms* terms_;
  const ShapeAnalysis* shapes_;
  OnConflict on_conflict_;
  Purpose purpose_;
  engine::ClassFacts<Value> values_;
  engine::ReasonId reason_;  // of the constants added; made at first use
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_CONSTANT_ANALYSIS_H_
