// The way a rule's pattern goes at one place before it fails.
#ifndef EQSAT_TOOLS_EXPLAIN_PREMISE_SEARCH_H_
#define EQSAT_TOOLS_EXPLAIN_PREMISE_SEARCH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rules/compile/pattern_compiler.h"
#include "rules/compile/rule.h"
#include "rules/hlo/hlo_egraph.h"
#include "tools/explain/names.h"

namespace eqsat::tools {

// The attempt that came furthest, and what stopped it.
struct Nearest {
  size_t matched = 0;  // premises that held
  std::string text;
  std::string premise;
  std::vector<std::string> values;
};

// Tries one direction of a rule with its first root in a class. Like the matcher it follows all
// nodes of all classes, but it stops at nothing in order to find what failed last.
class PremiseSearch {
 public:
  // All outlive this.
  PremiseSearch(const rules::Rule& rule, const rules::Direction& direction, rules::HloEGraph& graph,
                const Names& names, rules::Numerics numerics);

  // Nothing if everything holds.
  std::optional<Nearest> Run(engine::ClassId root);

 private:
  // A part of the pattern that must be found in a class; none for a further root, which may be
  // anywhere.
  struct Goal {
    engine::PartId part;
    engine::ClassId cls;
    std::string where;  // "operand 1 of dot", for messages
  };
  static constexpr size_t kMaxTries = 20'000;

  void Advance(std::vector<Goal> open);
  void TryVariable(engine::VarId variable, const Goal& goal, std::vector<Goal> open);
  void TryOperator(engine::SlotId slot, const Goal& goal, const std::vector<Goal>& open);
  void TryNode(engine::SlotId slot, engine::NodeId node, const Goal& goal,
               const std::vector<Goal>& open);
  void Finish();
  void Note(Nearest attempt);
  const rules::Term& TermOf(engine::SlotId slot) const;
  // What keeps the node from filling its place.
  Nearest Misfit(const rules::Term& term, engine::NodeId node) const;
  Nearest TextOf(const rules::FailedPremise& failed) const;
  std::vector<std::string> ValuesIn(const rules::Code& code, const rules::Bindings& bindings) const;
  std::string Wanted(const engine::OperatorPattern& op) const;

  const rules::Rule& rule_;
  rules::HloEGraph& graph_;
  const Names& names_;
  rules::Numerics numerics_;
  rules::HloGraph parts_;
  rules::CompiledPattern compiled_;
  std::vector<uint32_t> row_;
  size_t matched_ = 0;
  size_t tries_ = 0;
  bool holds_ = false;
  std::optional<Nearest> nearest_;
};

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EXPLAIN_PREMISE_SEARCH_H_
