// A Backend that goes through LLVM: one module of all kernels, optimized and emitted as a whole.
#ifndef EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_

#include <memory>
#include <string>
#include <string_view>

#include "codegen/llvm/compile_module.h"
#include "codegen/llvm/machine.h"
#include "codegen/targets/backend.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace eqsat::codegen {

class LlvmBackend : public Backend {
 public:
  absl::StatusOr<Artifact> Compile(absl::Span<const Kernel> kernels,
                                   const cost_models::Target& target) const final;
  absl::StatusOr<Artifact> EmitBitcode(absl::Span<const Kernel> kernels,
                                       const cost_models::Target& target) const final;
  absl::StatusOr<std::string> EmitText(absl::Span<const Kernel> kernels,
                                       const cost_models::Target& target,
                                       ModuleText text) const final;

 protected:
  struct Output {
    Effort effort;
    OutputKind kind;
    std::string_view extension;
  };
  virtual Output output() const = 0;
  virtual absl::StatusOr<Machine> MachineOf(const cost_models::Target& target) const = 0;
  // Flags and globals that the family needs beside the kernels.
  virtual void PrepareModule(llvm::Module& module) const = 0;
  virtual LaunchShape EmitKernel(llvm::Module& module, const Kernel& kernel,
                                 const cost_models::Target& target) const = 0;
  // From what LLVM emits to the artifact's bytes.
  virtual absl::StatusOr<std::string> Finish(std::string code) const = 0;

 private:
  struct Built;
  absl::StatusOr<Built> Build(absl::Span<const Kernel> kernels,
                              const cost_models::Target& target) const;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_
