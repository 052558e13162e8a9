// From what a user writes after --target= to a Target.
#ifndef EQSAT_COST_MODELS_TARGETS_FIND_TARGET_H_
#define EQSAT_COST_MODELS_TARGETS_FIND_TARGET_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cost_models/targets/target.h"

namespace eqsat::cost_models {

// `spec` is "cpu" (this host, detected), a name that a shipped file carries ("amdgpu:gfx942"), a
// family alone (its documented default, said in the note), or "file:PATH". An unknown name is an
// error with the nearest known one.
absl::StatusOr<Target> FindTarget(std::string_view spec);

// Every shipped target, by name, and the host.
absl::StatusOr<std::vector<Target>> AllTargets();

}  // namespace eqsat::cost_models

#endif  // EQSAT_COST_MODELS_TARGETS_FIND_TARGET_H_
