#include "codegen/targets/amdgpu/amdgpu_backend.h"

#include <utility>

#include "codegen/llvm/link.h"
#include "codegen/runtime/driver_device.h"
#include "codegen/targets/amdgpu/amdgpu_dialect.h"
#include "codegen/targets/gpu_schedule.h"
#include "codegen/targets/llvm_backend.h"
#include "llvm/IR/Module.h"

namespace eqsat::codegen {
namespace {

// Code object version 5: the one that ROCm 5 and later load.
constexpr uint32_t kCodeObjectVersion = 500;

constexpr DriverNames kHipDriver = {
    .title = "HIP runtime",
    .libraries = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"},
    .initialize = "hipInit",
    .retain_context = nullptr,
    .release_context = nullptr,
    .set_context = nullptr,
    .set_device = "hipSetDevice",
    .load_module = "hipModuleLoadData",
    .unload_module = "hipModuleUnload",
    .find_function = "hipModuleGetFunction",
    .allocate = "hipMalloc",
    .free = "hipFree",
    .copy_in = "hipMemcpyHtoD",
    .copy_out = "hipMemcpyDtoH",
    .copy_within = "hipMemcpyDtoD",
    .launch = "hipModuleLaunchKernel",
    .synchronize = "hipDeviceSynchronize",
    .error_name = nullptr,
    .error_name_returned = "hipGetErrorName",
};

class AmdgpuFamily : public LlvmBackend {
 public:
  std::string_view family() const override { return "amdgpu"; }

  ScheduleTarget Schedule(const cost_models::Target& target) const override {
    return GpuSchedule(target);
  }

  absl::StatusOr<std::unique_ptr<Device>> Load(const Artifact& artifact,
                                               const cost_models::Target&) const override {
    return LoadOnDriver(kHipDriver, artifact);
  }

 protected:
  Output output() const override { return {Effort::kScalar, OutputKind::kObject, ".hsaco"}; }

  absl::StatusOr<Machine> MachineOf(const cost_models::Target& target) const override {
    return Machine{"amdgcn-amd-amdhsa", target.isa, ""};
  }

  void PrepareModule(llvm::Module& module) const override {
    module.addModuleFlag(llvm::Module::Error, "amdhsa_code_object_version", kCodeObjectVersion);
  }

  LaunchShape EmitKernel(llvm::Module& module, const Kernel& kernel,
                         const cost_models::Target& target) const override {
    AmdgpuDialect dialect(static_cast<int64_t>(target.wave_size.value));
    EmitGpuKernel(module, kernel, dialect);
    GpuGrid grid = GridOf(kernel, dialect);
    return {kernel.name, grid.groups, grid.group_size, 0};
  }

  // The runtime reads the metadata of one object alone, so there is one module.
  absl::StatusOr<std::string> Finish(std::vector<std::string> code) const override {
    return Link(code, LinkedFile::kSharedObject);
  }
};

}  // namespace

const Backend& AmdgpuBackend() {
  static const AmdgpuFamily backend;
  return backend;
}

}  // namespace eqsat::codegen
