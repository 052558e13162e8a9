// Instruction names that are distinct in a whole module, as XLA demands of its protos.
#ifndef EQSAT_IMPORTERS_UNIQUE_NAMES_H_
#define EQSAT_IMPORTERS_UNIQUE_NAMES_H_

#include "ir/graph/module.h"

namespace eqsat::importers {

// HLO text, StableHLO and what the optimizer writes use a name again in another computation.
bool HasUniqueNames(const ir::Module& module);

// Of instructions that share a name the first keeps it; the others get `.1`, `.2`, … after it. As
// it is where they are unique.
ir::Module WithUniqueNames(ir::Module module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_UNIQUE_NAMES_H_
