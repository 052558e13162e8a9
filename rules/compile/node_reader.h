// Reads one e-node against an operation of a pattern, which the node is known to fit
// (rules/compile/operation_check.h).
#ifndef EQSAT_RULES_COMPILE_NODE_READER_H_
#define EQSAT_RULES_COMPILE_NODE_READER_H_

#include "engine/egraph/egraph.h"
#include "rules/compile/evaluate.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

class NodeReader {
 public:
  NodeReader(const Rule& rule, const HloGraph& graph, const engine::EGraph& egraph)
      : rule_(rule), graph_(graph), facts_(graph, egraph), egraph_(egraph) {}

  const GraphFacts& facts() const { return facts_; }

  // Reads operator, region, capture, and readable attributes into `bindings`; false where a symbol
  // has another value already.
  bool Read(const Term& term, const engine::NodeView& node, Bindings* bindings) const;
  // Compares the attributes that are computed.
  bool CheckComputed(const Term& term, const engine::NodeView& node,
                     const Bindings& bindings) const;

  // Gives the operand to the symbol and reads its declared type; false where it does not fit.
  bool ReadOperand(SymbolId symbol, engine::ClassId operand, Bindings* bindings) const;
  // Gives a value to a symbol, or compares with the one it has.
  bool Assign(SymbolId symbol, Value value, Bindings* bindings) const;
  // Whether every element of `operand` is the number that `term` (kNumber, kIdentity, kFill) says;
  // reads its element type.
  bool ReadNumber(const Term& term, engine::ClassId operand, Bindings* bindings) const;

 private:
  bool ReadValue(const Code& pattern, const Value& actual, Bindings* bindings) const;
  bool ReadType(const TypePattern& type, const ir::Shape& shape, Bindings* bindings) const;
  bool ReadDims(const TypePattern& type, const ir::Shape& shape, Bindings* bindings) const;
  bool ReadCapture(const Term& term, const engine::NodeView& node, Bindings* bindings) const;

  const Rule& rule_;
  const HloGraph& graph_;
  GraphFacts facts_;
  const engine::EGraph& egraph_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_NODE_READER_H_
