// From an LLVM module to machine code or assembly text. An operation that a back end cannot select
// is an error here, not an abort.
#ifndef EQSAT_CODEGEN_LLVM_COMPILE_MODULE_H_
#define EQSAT_CODEGEN_LLVM_COMPILE_MODULE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace eqsat::codegen {

enum class Effort {
  kVectorize,  // LLVM's O3
  kScalar,     // simplification and loop passes only: a GPU's threads are its vectors
};

enum class OutputKind { kObject, kAssembly };

// Internal if the module does not verify; the message names the first problem.
absl::Status VerifyLlvm(const llvm::Module& module);

// Optimizes `module` in place for the machine that it was made for.
absl::Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, Effort effort);

// The bytes of an object file or of assembly text. `module` must not be used afterwards.
absl::StatusOr<std::string> EmitCode(llvm::Module& module, llvm::TargetMachine& machine,
                                     OutputKind kind);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_COMPILE_MODULE_H_
