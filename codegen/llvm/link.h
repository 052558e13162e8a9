// Links what LLVM emits, with LLD inside this process.
#ifndef EQSAT_CODEGEN_LLVM_LINK_H_
#define EQSAT_CODEGEN_LLVM_LINK_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace eqsat::codegen {

enum class LinkedFile : uint8_t {
  kRelocatable,   // one ELF object that holds all of them
  kSharedObject,  // with every symbol defined; on AMDGPU the code object that ROCm's runtime loads
};

// `objects`: relocatable ELF files of one machine, no two of which define a symbol. Calls exclude
// each other. Deterministic.
absl::StatusOr<std::string> Link(absl::Span<const std::string> objects, LinkedFile file);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_LINK_H_
