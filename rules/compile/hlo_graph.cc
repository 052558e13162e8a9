#include "rules/compile/hlo_graph.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "ir/graph/computation.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {

namespace {

// A set of classes that is emptied in no time: a search for a dependence is asked for often, and
// most are short.
class Visited {
 public:
  void Clear(size_t class_count) {
    if (marks_.size() < class_count) marks_.resize(class_count, 0);
    count_ = 0;
    if (++mark_ != 0) return;
    std::ranges::fill(marks_, 0);
    mark_ = 1;
  }
  bool Insert(engine::ClassId cls) {
    if (std::exchange(marks_[cls.value()], mark_) == mark_) return false;
    ++count_;
    return true;
  }
  size_t size() const { return count_; }

 private:
  std::vector<uint32_t> marks_;  // by class: `mark_` where it is in the set
  uint32_t mark_ = 0;
  size_t count_ = 0;
};

}  // namespace

bool GraphFacts::HasTerm(engine::ClassId operand, ir::OpCode opcode) const {
  for (engine::NodeId node : egraph_.class_nodes(egraph_.Find(operand)))
    if (egraph_.node(node).op == OpIdOf(opcode)) return true;
  return false;
}

bool GraphFacts::MayDependOn(engine::ClassId operand, engine::ClassId other) const {
  other = egraph_.Find(other);
  thread_local Visited seen;
  seen.Clear(egraph_.class_id_limit());
  std::vector<engine::ClassId> open = {egraph_.Find(operand)};
  seen.Insert(open[0]);
  while (!open.empty()) {
    engine::ClassId cls = open.back();
    open.pop_back();
    if (cls == other) return true;
    for (engine::NodeId node : egraph_.class_nodes(cls)) {
      for (engine::ClassId child : egraph_.node(node).children) {
        child = egraph_.Find(child);
        if (seen.Insert(child)) open.push_back(child);
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
