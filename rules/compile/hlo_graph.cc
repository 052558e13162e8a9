#include "rules/compile/hlo_graph.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "ir/graph/computation.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {

bool GraphFacts::HasTerm(engine::ClassId operand, ir::OpCode opcode) const {
  for (engine::NodeId node : egraph_.class_nodes(egraph_.Find(operand)))
    if (egraph_.node(node).op == OpIdOf(opcode)) return true;
  return false;
}

bool GraphFacts::MayDependOn(engine::ClassId operand, engine::ClassId other) const {
  other = egraph_.Find(other);
  absl::flat_hash_set<engine::ClassId> seen;
  std::vector<engine::ClassId> open = {egraph_.Find(operand)};
  seen.insert(open[0]);
  while (!open.empty()) {
    engine::ClassId cls = open.back();
    open.pop_back();
    if (cls == other) return true;
    for (engine::NodeId node : egraph_.class_nodes(cls)) {
      for (engine::ClassId child : egraph_.node(node).children) {
        child = egraph_.Find(child);
        if (seen.insert(child).second) open.push_back(child);
      }
    }
    if (seen.size() > kMaxVisited) return true;
  }
  return false;
}

Reducer ReducerOf(const HloTerms& terms, ir::ComputationId id) {
  Reducer reducer{.computation = id};
  const ir::Computation& computation = terms.module()[id];
  const ir::Instruction& root = computation[computation.root()];
  bool binary =
      computation.parameters().size() == 2 && root.operands.size() == 2 && computation.size() == 3;
  if (!binary || root.operands[0] == root.operands[1]) return reducer;
  const ir::OpInfo& info = ir::GetOpInfo(root.opcode);
  bool elementwise = info.Has(ir::OpTrait::kElementwise) && info.Has(ir::OpTrait::kCommutative);
  if (elementwise && root.Attrs() == info.attributes) reducer.kind = root.opcode;
  return reducer;
}

}  // namespace eqsat::rules
