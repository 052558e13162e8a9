// A Backend that goes through LLVM. Where the family can join objects, the kernels are split among
// modules that are optimized and emitted on several threads.
#ifndef EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
                                   const cost_models::Target& target, size_t threads) const final;
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
    // Whether Finish can join the code of several modules.
    bool joins_modules = false;
  };
  virtual Output output() const = 0;
  virtual absl::StatusOr<Machine> MachineOf(const cost_models::Target& target) const = 0;
  // Flags and globals that the family needs beside the kernels.
  virtual void PrepareModule(llvm::Module& module) const = 0;
  virtual LaunchShape EmitKernel(llvm::Module& module, const Kernel& kernel,
                                 const cost_models::Target& target) const = 0;
  // From what LLVM emits to the artifact's bytes. `code`: of each module in order, at least one.
  virtual absl::StatusOr<std::string> Finish(std::vector<std::string> code) const = 0;

 private:
  struct Built;
  struct Compiled;
  absl::StatusOr<Built> Build(absl::Span<const Kernel> kernels,
                              const cost_models::Target& target) const;
  // The code of one module that holds `kernels`.
  absl::StatusOr<Compiled> CompileTogether(absl::Span<const Kernel> kernels,
                                           const cost_models::Target& target) const;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_LLVM_BACKEND_H_
