// Values that follow from shapes and constants alone.
#ifndef EQSAT_RULES_HLO_KNOWN_VALUE_H_
#define EQSAT_RULES_HLO_KNOWN_VALUE_H_

#include <optional>

#include "ir/graph/computation.h"
#include "ir/shape/literal.h"

namespace eqsat::rules {

// The value of an instruction that
//   - has no elements;
//   - asks for a size that is no run-time one;
//   - gives a small constant another shape.
// Nullopt for others, and where the instruction has an effect or a sharding of its own.
std::optional<ir::Literal> KnownValue(const ir::Computation& computation,
                                      const ir::Instruction& instruction);

// Does the instruction return its only operand, whatever the sizes are at run time? Of arrays whose
// sizes are known the rules see that.
bool ReturnsItsOperand(const ir::Computation& computation, const ir::Instruction& instruction);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_KNOWN_VALUE_H_
