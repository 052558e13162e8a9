// Collectives whose result is known at compile time.
#ifndef EQSAT_RULES_HLO_KNOWN_COLLECTIVE_H_
#define EQSAT_RULES_HLO_KNOWN_COLLECTIVE_H_

#include <optional>

#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::rules {

// The scalar that every element of the result equals: for an all-gather, all-to-all, all-reduce or
// reduce-scatter of one array, whose elements are one known number on every device. nullopt where
// that is not known, or where devices could be left out.
std::optional<ir::Literal> KnownResult(const ir::Module& module, const ir::Computation& computation,
                                       const ir::Instruction& instruction);

// Whether a collective of one array has each device in a group of its own, so that its result is
// its operand.
bool IsAlone(const ir::Module& module, const ir::Instruction& instruction);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_KNOWN_COLLECTIVE_H_
