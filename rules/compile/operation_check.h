// What a node must be, whatever the symbols of a pattern stand for, to match one of its operations.
#ifndef EQSAT_RULES_COMPILE_OPERATION_CHECK_H_
#define EQSAT_RULES_COMPILE_OPERATION_CHECK_H_

#include <vector>

#include "engine/egraph/egraph.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// Opcode, purity, region, literal attributes, silence of the rest. A search asks it of every node
// of the operators, so the attributes are looked up by their names once, when it is made. `rule`
// and `term`, a part of it, outlive this.
class OperationCheck {
 public:
  OperationCheck(const Rule& rule, const Term& term);

  bool Fits(const HloGraph& graph, const engine::EGraph& egraph,
            const engine::NodeView& node) const;

 private:
  struct FieldCheck {
    const AttributeField* field;
    const Value* literal;  // null: the field must say nothing
  };
  struct Operator {
    ir::OpCode opcode;
    std::vector<FieldCheck> fields;
  };
  Operator ChecksOf(ir::OpCode opcode) const;
  bool FitsPayload(const HloTerms& terms, const Payload& payload, ir::OpCode opcode) const;

  const Term& term_;
  std::vector<Operator> operators_;  // that the term allows
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_OPERATION_CHECK_H_
