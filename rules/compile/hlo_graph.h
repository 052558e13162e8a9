// The HLO e-graph that rules are compiled for: its terms and what is known of its classes.
#ifndef EQSAT_RULES_COMPILE_HLO_GRAPH_H_
#define EQSAT_RULES_COMPILE_HLO_GRAPH_H_

#include <optional>

#include "engine/egraph/egraph.h"
#include "rules/functions/value.h"
#include "rules/hlo/constant_analysis.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/range_analysis.h"
#include "rules/hlo/shape_analysis.h"

namespace eqsat::rules {

// All outlive what is made with them.
struct HloGraph {
  HloTerms* terms;
  const ShapeAnalysis* shapes;
  const ConstantAnalysis* constants;
  const RangeAnalysis* ranges;
};

// Facts read from the analyses of an e-graph.
class GraphFacts : public Facts {
 public:
  // A search for a dependence that passes more classes than this gives up.
  static constexpr size_t kMaxVisited = 4096;

  GraphFacts(const HloGraph& graph, const engine::EGraph& egraph)
      : graph_(graph), egraph_(egraph) {}

  const ir::Shape& shape(engine::ClassId operand) const override {
    return graph_.shapes->shape(egraph_.Find(operand));
  }
  const ir::Literal* literal(engine::ClassId operand) const override {
    return graph_.constants->literal(egraph_.Find(operand));
  }
  const ir::Literal* splat(engine::ClassId operand) const override {
    return graph_.constants->splat(egraph_.Find(operand));
  }
  std::optional<ValueRange> range(engine::ClassId operand) const override {
    return graph_.ranges->range(egraph_.Find(operand));
  }
  bool HasTerm(engine::ClassId operand, ir::OpCode opcode) const override;
  bool MayDependOn(engine::ClassId operand, engine::ClassId other) const override;

 private:
  const HloGraph& graph_;
  const engine::EGraph& egraph_;
};

// The computation as a reducer: of a kind if it is one commutative op on its two parameters.
Reducer ReducerOf(const HloTerms& terms, ir::ComputationId computation);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_HLO_GRAPH_H_
