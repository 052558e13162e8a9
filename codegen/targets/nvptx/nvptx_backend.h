// NVIDIA GPUs: PTX text, which the CUDA driver assembles for the GPU at hand.
#ifndef EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_BACKEND_H_

#include "codegen/targets/backend.h"

namespace eqsat::codegen {

const Backend& NvptxBackend();

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_NVPTX_NVPTX_BACKEND_H_
