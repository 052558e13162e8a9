#include "codegen/targets/nvptx/nvptx_backend.h"

#include <utility>

#include "codegen/runtime/driver_device.h"
#include "codegen/targets/gpu_schedule.h"
#include "codegen/targets/llvm_backend.h"
#include "codegen/targets/nvptx/nvptx_dialect.h"

namespace eqsat::codegen {
namespace {

constexpr DriverNames kCudaDriver = {
    .title = "CUDA driver",
    .libraries = {"libcuda.so.1"},
    .initialize = "cuInit",
    .retain_context = "cuDevicePrimaryCtxRetain",
    .release_context = "cuDevicePrimaryCtxRelease_v2",
    .set_context = "cuCtxSetCurrent",
    .set_device = nullptr,
    .load_module = "cuModuleLoadData",
    .unload_module = "cuModuleUnload",
    .find_function = "cuModuleGetFunction",
    .allocate = "cuMemAlloc_v2",
    .free = "cuMemFree_v2",
    .copy_in = "cuMemcpyHtoD_v2",
    .copy_out = "cuMemcpyDtoH_v2",
    .copy_within = "cuMemcpyDtoD_v2",
    .launch = "cuLaunchKernel",
    .synchronize = "cuCtxSynchronize",
    .error_name = "cuGetErrorName",
    .error_name_returned = nullptr,
};

class NvptxFamily : public LlvmBackend {
 public:
  std::string_view family() const override { return "nvptx"; }

  ScheduleTarget Schedule(const cost_models::Target& target) const override {
    return GpuSchedule(target);
  }

  absl::StatusOr<std::unique_ptr<Device>> Load(const Artifact& artifact,
                                               const cost_models::Target&) const override {
    return LoadOnDriver(kCudaDriver, artifact);
  }

 protected:
  Output output() const override { return {Effort::kScalar, OutputKind::kAssembly, ".ptx"}; }

  absl::StatusOr<Machine> MachineOf(const cost_models::Target& target) const override {
    return Machine{"nvptx64-nvidia-cuda", target.isa, ""};
  }

  void PrepareModule(llvm::Module&) const override {}

  LaunchShape EmitKernel(llvm::Module& module, const Kernel& kernel,
                         const cost_models::Target&) const override {
    NvptxDialect dialect;
    EmitGpuKernel(module, kernel, dialect);
    GpuGrid grid = GridOf(kernel, dialect);
    return {kernel.name, grid.groups, grid.group_size, 0};
  }

  absl::StatusOr<std::string> Finish(std::vector<std::string> code) const override {
    return std::move(code.front());
  }
};

}  // namespace

const Backend& NvptxBackend() {
  static const NvptxFamily backend;
  return backend;
}

}  // namespace eqsat::codegen
