// What is known of each class of a program's terms: its constant value, and its free variables.
#ifndef EQSAT_RULES_PROGRAMS_TERM_FACTS_H_
#define EQSAT_RULES_PROGRAMS_TERM_FACTS_H_

#include <optional>
#include <span>
#include <vector>

#include "engine/analysis/analysis.h"
#include "engine/analysis/class_facts.h"
#include "engine/egraph/egraph.h"
#include "rules/programs/term_language.h"

namespace eqsat::rules {

// A class has the constant that one of its nodes folds to; two constants are a conflict. Free in it
// is what is free in all of its nodes.
class TermFacts : public engine::Analysis {
 public:
  // What becomes of the other terms of a class that has a constant.
  enum class OtherTerms { kKeep, kHide };

  explicit TermFacts(TermLanguage* language, OtherTerms other_terms = OtherTerms::kKeep)
      : language_(language), other_terms_(other_terms) {}

  const std::optional<Constant>& constant(engine::ClassId cls) const {
    return facts_[cls].constant;
  }
  // The value of an operator that folds, given those of its operands.
  static std::optional<Constant> Fold(const OperatorDecl& op,
                                      std::span<const std::optional<Constant>> operands);
  bool IsFree(const engine::EGraph& egraph, engine::ClassId variable, engine::ClassId cls) const;

  absl::StatusOr<bool> Make(const engine::EGraph& egraph, const engine::NodeView& node,
                            engine::ClassId cls) override;
  absl::StatusOr<engine::MergeOutcome> Merge(engine::ClassId into, engine::ClassId from) override;
  absl::Status Modify(engine::EGraph& egraph, engine::ClassId cls) override;
  void Push() override { facts_.Push(); }
  void Pop() override { facts_.Pop(); }

 private:
  struct Facts {
    bool known = false;  // whether a node was seen
    std::optional<Constant> constant;
    std::vector<engine::ClassId> free;  // sorted
  };
  Facts FactsOf(const engine::EGraph& egraph, const engine::NodeView& node) const;
  std::vector<engine::ClassId> FreeIn(const engine::EGraph& egraph,
                                      const engine::NodeView& node) const;
  static absl::StatusOr<engine::MergeOutcome> Join(Facts* into, const Facts& from);

  TermLanguage* language_;
  OtherTerms other_terms_;
  engine::ClassFacts<Facts> facts_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_TERM_FACTS_H_
