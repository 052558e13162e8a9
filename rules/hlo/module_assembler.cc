#include "rules/hlo/module_assembler.h"

#include <utility>

#include "ir/base/check.h"

namespace eqsat::rules {

void ModuleAssembler::Replace(ir::ComputationId id, ir::Computation computation) {
  if (id.value() >= replacements_.size()) replacements_.resize(id.value() + 1);
  replacements_[id.value()] = std::move(computation);
}

const ir::Computation& ModuleAssembler::Get(ir::ComputationId id) const {
  if (id.value() < replacements_.size() && replacements_[id.value()])
    return *replacements_[id.value()];
  return pool_[id];
}

absl::StatusOr<ir::Module> ModuleAssembler::Assemble(ir::ModuleHeader header,
                                                     ir::ComputationId entry) const {
  ir::Module module(std::move(header));
  std::vector<ir::ComputationId> placed(pool_.computations().size());

  // Depth first with an explicit stack: (computation, next instruction to look at).
  std::vector<std::pair<ir::ComputationId, size_t>> stack = {{entry, 0}};
  while (!stack.empty()) {
    auto [id, next] = stack.back();
    const ir::Computation& computation = Get(id);
    ir::ComputationId missing;
    for (; next < computation.size() && !missing.valid(); ++next) {
      for (ir::ComputationId callee : computation.instructions()[next].called)
        if (!placed[callee.value()].valid()) missing = callee;
      if (missing.valid()) break;
    }
    stack.back().second = next;
    if (missing.valid()) {
      EQSAT_CHECK(stack.size() <= placed.size());  // no cycles
      stack.push_back({missing, 0});
      continue;
    }
    std::vector<ir::Instruction> instructions(computation.instructions().begin(),
                                              computation.instructions().end());
    for (ir::Instruction& instruction : instructions)
      for (ir::ComputationId& callee : instruction.called) callee = placed[callee.value()];
    absl::StatusOr<ir::Computation> copy =
        ir::Computation::Make(computation.name(), std::move(instructions), computation.root());
    if (!copy.ok()) return copy.status();
    copy->set_execution_thread(computation.execution_thread());
    placed[id.value()] = module.Add(*std::move(copy));
    stack.pop_back();
  }
  module.set_entry(placed[entry.value()]);
  return module;
}

}  // namespace eqsat::rules
