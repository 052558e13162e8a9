// Instruction names that are distinct in a whole module, as XLA demands of its protos.
#ifndef EQSAT_IMPORTERS_UNIQUE_NAMES_H_
#define EQSAT_IMPORTERS_UNIQUE_NAMES_H_

#include <optional>

#include "ir/graph/module.h"

namespace eqsat::importers {

// The module with the names that HLO text, StableHLO and the optimizer use again in another
// computation made distinct: the first instruction keeps its name, the others get `.1`, `.2`, …
// after it. Nullopt if there are none.
std::optional<ir::Module> WithUniqueNames(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_UNIQUE_NAMES_H_
