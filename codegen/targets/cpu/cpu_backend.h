// The host CPU and its relatives: functions over a range of points, vectorized by LLVM, as an
// object file that this process can also load.
#ifndef EQSAT_CODEGEN_TARGETS_CPU_CPU_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_CPU_CPU_BACKEND_H_

#include "codegen/targets/backend.h"

namespace eqsat::codegen {

const Backend& CpuBackend();

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_CPU_CPU_BACKEND_H_
