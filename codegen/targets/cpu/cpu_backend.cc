#include "codegen/targets/cpu/cpu_backend.h"

#include <utility>

#include "codegen/llvm/link.h"
#include "codegen/targets/cpu/cpu_device.h"
#include "codegen/targets/cpu/range_function.h"
#include "codegen/targets/llvm_backend.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

// What Target::isa says for the processor at hand.
constexpr std::string_view kNativeIsa = "native";

class CpuFamily : public LlvmBackend {
 public:
  std::string_view family() const override { return "cpu"; }

  ScheduleTarget Schedule(const cost_models::Target& target) const override {
    constexpr int kLaneBytes = 4;  // Target counts lanes of f32
    ScheduleTarget result;
    result.processor = Processor::kCpu;
    result.vector_bytes = static_cast<int>(target.wave_size.value) * kLaneBytes;
    // AVX-512 doubles the registers along with their width.
    if (result.vector_bytes >= 64) result.vector_registers = 32;
    return result;
  }

  absl::StatusOr<std::unique_ptr<Device>> Load(const Artifact& artifact,
                                               const cost_models::Target& target) const override {
    EQSAT_ASSIGN_OR_RETURN(Machine machine, MachineOf(target));
    if (!RunsOnHost(machine))
      return absl::UnavailableError(
          absl::StrFormat("this processor cannot run code for %s", target.name));
    return LoadOnCpu(artifact);
  }

 protected:
  Output output() const override {
    return {Effort::kVectorize, OutputKind::kObject, ".o", /*joins_modules=*/true};
  }

  absl::StatusOr<Machine> MachineOf(const cost_models::Target& target) const override {
    Machine machine = HostMachine();
    if (target.isa == kNativeIsa) return machine;
    return Machine{machine.triple, target.isa, ""};
  }

  void PrepareModule(llvm::Module&) const override {}

  LaunchShape EmitKernel(llvm::Module& module, const Kernel& kernel,
                         const cost_models::Target&) const override {
    EmitRangeFunction(module, kernel);
    return {kernel.name, SplitOf(kernel).length, 1, 0};
  }

  absl::StatusOr<std::string> Finish(std::vector<std::string> code) const override {
    if (code.size() == 1) return std::move(code.front());
    return Link(code, LinkedFile::kRelocatable);
  }
};

}  // namespace

const Backend& CpuBackend() {
  static const CpuFamily backend;
  return backend;
}

}  // namespace eqsat::codegen
