// Builds a module out of another's computations, some of them replaced.
#ifndef EQSAT_RULES_HLO_MODULE_ASSEMBLER_H_
#define EQSAT_RULES_HLO_MODULE_ASSEMBLER_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::rules {

// `pool` outlives this. Replacements call computations of `pool`, without cycles.
class ModuleAssembler {
 public:
  explicit ModuleAssembler(const ir::Module& pool) : pool_(pool) {}

  void Replace(ir::ComputationId id, ir::Computation computation);
  // The computation that stands for `id`.
  const ir::Computation& Get(ir::ComputationId id) const;

  // What `entry` reaches, callees first, with it as the entry.
  absl::StatusOr<ir::Module> Assemble(ir::ModuleHeader header, ir::ComputationId entry) const;

 private:
  const ir::Module& pool_;
  std::vector<std::optional<ir::Computation>> replacements_;  // by computation id
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_MODULE_ASSEMBLER_H_
