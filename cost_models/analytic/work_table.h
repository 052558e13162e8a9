// What the instructions of a module cost whatever the machine, regions included.
#ifndef EQSAT_COST_MODELS_ANALYTIC_WORK_TABLE_H_
#define EQSAT_COST_MODELS_ANALYTIC_WORK_TABLE_H_

#include <vector>

#include "ir/graph/module.h"
#include "ir/ops/op_info.h"

namespace eqsat::cost_models {

// One evaluation of an elementary function in flops, where both must be one number: about the
// length of its polynomial.
inline constexpr double kFlopsPerTranscendental = 20;

// Knows the flops of one call of every computation; linear in the module's size to build. Refers
// to the module, which must outlive it.
class WorkTable {
 public:
  explicit WorkTable(const ir::Module& module);

  ir::Work Of(const ir::Computation& computation, const ir::Instruction& instruction) const;
  // Of one call, elementary functions included as flops. A loop in it counts once.
  double RegionFlops(ir::ComputationId id) const { return region_flops_[id.value()]; }

 private:
  const ir::Module& module_;
  std::vector<double> region_flops_;
};

}  // namespace eqsat::cost_models

#endif  // EQSAT_COST_MODELS_ANALYTIC_WORK_TABLE_H_
