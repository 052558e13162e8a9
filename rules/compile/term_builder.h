// Builds the right side of a rule in an e-graph.
#ifndef EQSAT_RULES_COMPILE_TERM_BUILDER_H_
#define EQSAT_RULES_COMPILE_TERM_BUILDER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "rules/compile/evaluate.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// Shapes are inferred. Where an op's shape cannot be, it is what the term states with `shape=` and
// `dtype=`, and else, for the outermost operation, the shape of what it equals. A number takes the
// shape of the operands beside it, or is a scalar where the op wants one.
class TermBuilder {
 public:
  // `bindings` outlives the builder and may gain values between calls.
  TermBuilder(const HloGraph& graph, engine::EGraph& egraph, const Bindings& bindings)
      : graph_(graph), egraph_(egraph), bindings_(bindings), facts_(graph, egraph) {}

  // `whole`: the shape that the term must have, if known. InvalidArgument says what does not fit.
  absl::StatusOr<engine::ClassId> Build(const Term& term, const ir::Shape* whole);

 private:
  absl::StatusOr<engine::ClassId> BuildOperation(const Term& term, const ir::Shape* whole);
  absl::StatusOr<std::vector<engine::ClassId>> BuildChildren(const Term& term, ir::OpCode opcode,
                                                             const ir::Shape* whole);
  absl::Status BuildSequence(const Term& term, std::vector<engine::ClassId>* children);
  absl::StatusOr<ir::Shape> NumberShape(const Term& term, ir::OpCode opcode, size_t position,
                                        const std::vector<engine::ClassId>& children,
                                        const ir::Shape* whole) const;
  absl::StatusOr<ir::Attributes> MakeAttributes(const Term& term, ir::OpCode opcode) const;
  absl::StatusOr<std::vector<ir::ComputationId>> MakeRegions(
      const Term& term, const std::vector<engine::ClassId>& children) const;
  absl::StatusOr<std::optional<ir::Shape>> DeclaredShape(
      const Term& term, ir::OpCode opcode, const ir::Attributes& attributes,
      const std::vector<engine::ClassId>& children, const ir::Shape* whole) const;
  absl::StatusOr<engine::ClassId> BuildFill(const Term& term, const ir::Shape& shape);
  absl::StatusOr<engine::ClassId> BuildStatedFill(const Term& term);
  absl::StatusOr<engine::ClassId> BuildPick(const Term& term) const;
  absl::StatusOr<std::optional<ir::ElementType>> StatedType(const Term& term) const;

  const HloGraph& graph_;
  engine::EGraph& egraph_;
  const Bindings& bindings_;
  GraphFacts facts_;
  Bindings each_;  // bindings_ with the element of a sequence; empty outside of `each`
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_TERM_BUILDER_H_
