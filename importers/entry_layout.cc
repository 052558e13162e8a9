#include "importers/entry_layout.h"

#include <optional>

#include "ir/base/status.h"

namespace eqsat::importers {

absl::Status SettleEntryLayout(ir::Module* module) {
  std::optional<ir::ProgramShape>& layout = module->mutable_header().entry_layout;
  if (!layout) return absl::OkStatus();
  ir::ProgramShape entry = module->entry().program_shape();
  if (layout->parameters.size() != entry.parameters.size()) {
    return base::InvalidArgument(
        "entry_computation_layout has %d parameters, the entry computation %s has %d",
        layout->parameters.size(), module->entry().name(), entry.parameters.size());
  }
  if (*layout == entry) layout.reset();
  return absl::OkStatus();
}

}  // namespace eqsat::importers
