// What the rest of the program sees of a target family: kernels in, one artifact out.
//
// Each family is a folder beside this file that defines one Backend; backend.cc lists them. Nothing
// outside a family's folder depends on which family it is.
#ifndef EQSAT_CODEGEN_TARGETS_BACKEND_H_
#define EQSAT_CODEGEN_TARGETS_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/runtime/artifact.h"
#include "codegen/runtime/device.h"
#include "codegen/schedule/schedule.h"
#include "cost_models/targets/target.h"

namespace eqsat::codegen {

enum class ModuleText : uint8_t { kIntermediate, kAssembly };

class Backend {
 public:
  virtual ~Backend() = default;

  // "cpu", as Target::family says.
  virtual std::string_view family() const = 0;

  // What lowering must know of the machine to write kernels that suit it.
  virtual ScheduleTarget Schedule(const cost_models::Target& target) const = 0;

  // Kernel names must be distinct. `threads`: that may generate code, 0 for as many as there are
  // processors; the artifact is the same for any number. Errors: the target's isa is unknown, or a
  // back end cannot generate code for a kernel (Internal).
  virtual absl::StatusOr<Artifact> Compile(absl::Span<const Kernel> kernels,
                                           const cost_models::Target& target,
                                           size_t threads) const = 0;

  // The LLVM module that Compile starts from, as LLVM bitcode, and how its kernels are launched.
  virtual absl::StatusOr<Artifact> EmitBitcode(absl::Span<const Kernel> kernels,
                                               const cost_models::Target& target) const = 0;

  // Human-readable text: the LLVM module before optimization, or what the machine is given.
  virtual absl::StatusOr<std::string> EmitText(absl::Span<const Kernel> kernels,
                                               const cost_models::Target& target,
                                               ModuleText text) const = 0;

  // The machine that an artifact of `target` runs on, with its kernels loaded. Unavailable if there
  // is none here.
  virtual absl::StatusOr<std::unique_ptr<Device>> Load(const Artifact& artifact,
                                                       const cost_models::Target& target) const = 0;
};

// Null if no such family is built in.
const Backend* FindBackend(std::string_view family);

// Executed statements of a kernel over all its points, loops counted by their bounds where those
// are constants and once where not.
int64_t CountOperations(const Kernel& kernel);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_BACKEND_H_
