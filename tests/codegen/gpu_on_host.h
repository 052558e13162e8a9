// GPU kernels on the host, work-item by work-item: a check of what our emitters make, without a
// GPU. It says nothing of LLVM's GPU back ends.
#ifndef EQSAT_TESTS_CODEGEN_GPU_ON_HOST_H_
#define EQSAT_TESTS_CODEGEN_GPU_ON_HOST_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/runtime/device.h"
#include "cost_models/targets/target.h"

namespace eqsat::codegen {

// A Device that runs the LLVM module which `target`'s family emits for `kernels`. Work-items of a
// group are fibers of the calling thread; a barrier or an exchange of registers that not all of
// them reach is an Internal error of Launch.
absl::StatusOr<std::unique_ptr<Device>> LoadGpuOnHost(absl::Span<const Kernel> kernels,
                                                      const cost_models::Target& target);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_GPU_ON_HOST_H_
