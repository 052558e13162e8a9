// Spells loops of few iterations out, so that rules and fusion see across iterations.
#ifndef EQSAT_RULES_HLO_UNROLL_H_
#define EQSAT_RULES_HLO_UNROLL_H_

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::rules {

// `flat` (flatten.h) with each counting loop (ir/graph/trip_count.h) replaced by as many copies of
// its body, where these have no more than `max_instructions` in all and nothing in the loop is
// unique (side effects, random numbers, collectives); inner loops first. Flat again. nullopt if
// there is no such loop. Every value is computed as before, bit for bit.
absl::StatusOr<std::optional<ir::Module>> Unroll(const ir::Module& flat, size_t max_instructions);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_UNROLL_H_
