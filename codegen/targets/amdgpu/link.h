// Links a relocatable AMDGPU object into the code object that the ROCm runtime loads.
#ifndef EQSAT_CODEGEN_TARGETS_AMDGPU_LINK_H_
#define EQSAT_CODEGEN_TARGETS_AMDGPU_LINK_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace eqsat::codegen {

// Runs LLD inside this process; calls exclude each other.
absl::StatusOr<std::string> LinkSharedObject(std::string_view object);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_AMDGPU_LINK_H_
