// The shapes that a module's header states for its entry computation.
#ifndef EQSAT_IMPORTERS_ENTRY_LAYOUT_H_
#define EQSAT_IMPORTERS_ENTRY_LAYOUT_H_

#include "absl/status/status.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Drops an entry layout that only repeats the entry computation's own shapes, so that inputs that
// spell it out and inputs that do not give equal modules. An error if the parameters differ in
// number.
absl::Status SettleEntryLayout(ir::Module* module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_ENTRY_LAYOUT_H_
