// AMD GPUs: code objects (version 5) for one gfx architecture.
#ifndef EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_BACKEND_H_

#include "codegen/targets/backend.h"

namespace eqsat::codegen {

const Backend& AmdgpuBackend();

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_AMDGPU_AMDGPU_BACKEND_H_
