// HLO terms as an e-graph in which nothing is equal but what is the same: where a rule is applied
// to concrete terms, away from the graph of a search and all that was merged in it.
#ifndef EQSAT_RULES_EXPLAIN_TERM_GRAPH_H_
#define EQSAT_RULES_EXPLAIN_TERM_GRAPH_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/explain/term_bank.h"
#include "engine/rewrite/rewrite.h"
#include "rules/compile/hlo_graph.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/rule_set.h"

namespace eqsat::rules {

class TermGraph {
 public:
  // What a rule says of terms: `left` is one of the roots.
  struct Instance {
    std::vector<engine::ClassId> roots;
    engine::ClassId left;
    engine::ClassId right;
    // What the match bound, by the pattern's variables.
    std::vector<engine::ClassId> variables;
  };

  // All outlive this. `terms` may gain payloads and reducers.
  TermGraph(HloTerms* terms, const RuleSet* rules, Numerics allowed);
  TermGraph(const TermGraph&) = delete;
  TermGraph& operator=(const TermGraph&) = delete;

  // The class of a term, with all its parts. All calls are with one bank.
  engine::ClassId Add(const engine::TermBank& bank, engine::TermId term);
  // The term of a class.
  engine::TermId Read(engine::ClassId cls, engine::TermBank* bank);
  // Whether the values of both are known, and the same.
  bool SameConstant(engine::ClassId a, engine::ClassId b) const;

  // What the rewrite, named as in reports, says of the terms of class `root` (as its first root).
  absl::StatusOr<std::vector<Instance>> Apply(std::string_view rewrite, engine::ClassId root);

 private:
  // Values are known here, but add no nodes: each class keeps its one term.
  class QuietConstants : public ConstantAnalysis {
   public:
    using ConstantAnalysis::ConstantAnalysis;
    absl::Status Modify(engine::EGraph&, engine::ClassId) override { return absl::OkStatus(); }
  };

  absl::StatusOr<const engine::Rewrite*> Find(std::string_view rewrite);

  HloTerms* terms_;
  const RuleSet& rules_;
  Numerics allowed_;
  HloSignature signature_;
  ShapeAnalysis shapes_;
  QuietConstants constants_;
  RangeAnalysis ranges_;
  engine::EGraph egraph_;
  HloGraph parts_;
  RuleFaults faults_;
  std::vector<engine::ClassId> classes_;  // by term
  absl::flat_hash_map<engine::ClassId, engine::TermId> read_;
  std::map<std::string, engine::Rewrite, std::less<>> rewrites_;  // those asked for, by name
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_EXPLAIN_TERM_GRAPH_H_
