// This process as a Device: memory is the heap, kernels are functions that threads run.
#ifndef EQSAT_CODEGEN_TARGETS_CPU_CPU_DEVICE_H_
#define EQSAT_CODEGEN_TARGETS_CPU_CPU_DEVICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "codegen/runtime/artifact.h"
#include "codegen/runtime/device.h"

namespace eqsat::codegen {

// `artifact` holds an object file of range functions for this process.
absl::StatusOr<std::unique_ptr<Device>> LoadOnCpu(const Artifact& artifact);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_CPU_CPU_DEVICE_H_
