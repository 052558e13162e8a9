// A compiled module on a device, ready to run.
#ifndef EQSAT_CODEGEN_RUNTIME_EXECUTABLE_H_
#define EQSAT_CODEGEN_RUNTIME_EXECUTABLE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/runtime/device.h"
#include "codegen/runtime/launch_plan.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::codegen {

// Invariant: the device holds the plan's kernels and constants. Running is const and thread-safe.
class Executable {
 public:
  // Copies the constants to the device. InvalidArgument for a constant whose text was elided.
  static absl::StatusOr<std::unique_ptr<Executable>> Create(ir::Module module, LaunchPlan plan,
                                                            std::unique_ptr<Device> device);
  ~Executable();

  // Arguments have the shapes of the entry's parameters, layouts aside. The result's shape has
  // default layouts.
  absl::StatusOr<ir::Literal> Run(absl::Span<const ir::Literal> arguments) const;

 private:
  Executable(ir::Module module, LaunchPlan plan, std::unique_ptr<Device> device);

  ir::Module module_;
  LaunchPlan plan_;
  std::unique_ptr<Device> device_;
  uint8_t* constant_memory_ = nullptr;
  std::vector<uint8_t*> constants_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_EXECUTABLE_H_
