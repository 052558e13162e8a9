// From equations to a proof.
#ifndef EQSAT_ENGINE_EXPLAIN_PROVE_H_
#define EQSAT_ENGINE_EXPLAIN_PROVE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/explain/congruence_closure.h"
#include "engine/explain/proof.h"

namespace eqsat::engine {

// The equations that the proof of a = b needs, in their order. `closure` says that a and b are the
// same.
std::vector<uint32_t> EquationsUsed(const CongruenceClosure& closure, const TermBank& bank,
                                    TermId a, TermId b);

// A proof of a = b from the equations that `used` numbers, or nothing if they do not say so. Small:
// while that is cheap to find out, no equation is kept that could be left out.
std::optional<Proof> Prove(const TermBank& bank, const Signature& signature,
                           std::span<const GroundEquation> equations,
                           std::span<const uint32_t> used, TermId a, TermId b);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_PROVE_H_
