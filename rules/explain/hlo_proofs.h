// What explaining needs to know of HLO: rules as instances on concrete terms, folding as facts, and
// the judge that checks both.
#ifndef EQSAT_RULES_EXPLAIN_HLO_PROOFS_H_
#define EQSAT_RULES_EXPLAIN_HLO_PROOFS_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "engine/explain/check_proof.h"
#include "engine/explain/explainer.h"
#include "rules/explain/term_graph.h"
#include "rules/hlo/hlo_egraph.h"
#include "rules/rule_set.h"

namespace eqsat::rules {

// Makes the equations of applications in a search of `graph`. All outlive this.
class HloInstances {
 public:
  HloInstances(HloEGraph* graph, const RuleSet* rules, Numerics allowed)
      : graph_(*graph), scratch_(&graph->terms(), rules, allowed) {}

  // The rule again, on the terms that it matched: their birth terms, or where the rule asks for
  // what these do not show (a constant, an operator), other terms of their classes that do. Empty
  // if it holds on none of those tried.
  std::vector<engine::GroundEquation> Instantiate(size_t application, engine::Explainer& explainer);

  // For each node of the graph that folds: the node on constants is a constant.
  void AddFoldedConstants(engine::Explainer& explainer);

 private:
  struct Choice;
  std::vector<engine::GroundEquation> Try(const Choice& choice, size_t application,
                                          engine::Explainer& explainer);
  // The class as a constant, or a broadcast one; invalid if it has none.
  engine::TermId ConstantTerm(engine::ClassId cls, engine::TermBank* bank) const;
  std::vector<Choice> Choices(size_t application, engine::Explainer& explainer) const;

  HloEGraph& graph_;
  TermGraph scratch_;
};

// Whether an equation is what its rule says of its terms, or what folding makes of its left side;
// decided on the terms alone. One for each proof. All outlive this.
class HloJudge {
 public:
  HloJudge(HloTerms* terms, const RuleSet* rules, Numerics allowed, const engine::EGraph* names)
      : names_(*names), graph_(terms, rules, allowed) {}
  absl::Status Judge(const engine::TermBank& bank, const engine::GroundEquation& equation);

 private:
  const engine::EGraph& names_;
  TermGraph graph_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_EXPLAIN_HLO_PROOFS_H_
