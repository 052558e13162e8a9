// What LLVM generates code for: a triple, a processor and its features.
#ifndef EQSAT_CODEGEN_LLVM_MACHINE_H_
#define EQSAT_CODEGEN_LLVM_MACHINE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace llvm {
class TargetMachine;
}  // namespace llvm

namespace eqsat::codegen {

struct Machine {
  std::string triple;
  std::string cpu;
  std::string features;  // "+a,-b"
};

// The processor that this process runs on.
Machine HostMachine();

// Can this process run code that is generated for `machine`?
bool RunsOnHost(const Machine& machine);

// InvalidArgument if LLVM does not know the triple or the processor.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> CreateTargetMachine(const Machine& machine);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_MACHINE_H_
