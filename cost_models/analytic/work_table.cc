#include "cost_models/analytic/work_table.h"

#include "absl/container/inlined_vector.h"
#include "ir/graph/bound_op.h"

namespace eqsat::cost_models {

WorkTable::WorkTable(const ir::Module& module) : module_(module) {
  // Callees have smaller ids than their callers.
  for (const ir::Computation& computation : module.computations()) {
    double flops = 0;
    for (const ir::Instruction& instruction : computation.instructions()) {
      ir::Work work = Of(computation, instruction);
      flops += work.flops + kFlopsPerTranscendental * work.transcendentals;
    }
    region_flops_.push_back(flops);
  }
}

ir::Work WorkTable::Of(const ir::Computation& computation,
                       const ir::Instruction& instruction) const {
  absl::InlinedVector<double, 2> regions;
  for (ir::ComputationId callee : instruction.called) regions.push_back(RegionFlops(callee));
  ir::BoundOp op(module_, computation, instruction);
  return op.info().work(op.context(), regions);
}

}  // namespace eqsat::cost_models
