// One run of a launch plan: the memory it needs and the steps it takes.
#ifndef EQSAT_CODEGEN_RUNTIME_EXECUTION_H_
#define EQSAT_CODEGEN_RUNTIME_EXECUTION_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/runtime/device.h"
#include "codegen/runtime/launch_plan.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::codegen {

using Addresses = std::vector<uint8_t*>;

// Used by one thread. What it allocates is freed with it.
class Execution {
 public:
  Execution(const ir::Module& module, const LaunchPlan& plan, Device& device,
            absl::Span<uint8_t* const> constants)
      : module_(module),
        plan_(plan),
        device_(device),
        constants_(constants),
        arenas_(plan.programs.size(), nullptr) {}
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // Memory that lives as long as this.
  absl::StatusOr<uint8_t*> Allocate(int64_t bytes);

  // Runs a program on its flattened parameters; the addresses of its results, which are good until
  // the program runs again.
  absl::StatusOr<Addresses> RunProgram(int64_t program, const Addresses& parameters);

  // A value of `shape` from its arrays.
  absl::StatusOr<ir::Literal> Read(const ir::Shape& shape, const Addresses& arrays) const;
  // The arrays of `value` into `arrays`.
  absl::Status Write(const ir::Literal& value, const Addresses& arrays) const;

 private:
  // Where a program's buffers are.
  struct Frame {
    uint8_t* arena;
    const Addresses& parameters;
  };

  uint8_t* Resolve(const Frame& frame, const BufferRef& ref) const;
  Addresses Resolve(const Frame& frame, absl::Span<const BufferRef> refs) const;
  absl::Status Copy(uint8_t* to, const uint8_t* from, int64_t bytes) const;

  absl::Status Take(const Frame& frame, const KernelStep& step);
  absl::Status Take(const Frame& frame, const CopyStep& step);
  absl::Status Take(const Frame& frame, const WhileStep& step);
  absl::Status Take(const Frame& frame, const CallStep& step);
  absl::Status Take(const Frame& frame, const ConditionalStep& step);
  // Runs a program and copies its results.
  absl::Status RunInto(const Frame& frame, int64_t program, const std::vector<BufferRef>& arguments,
                       const std::vector<BufferRef>& results);
  absl::Status Take(const Frame& frame, const InterpretedStep& step);
  absl::Status ReplaceState(const WhileStep& step, const Addresses& state, const Addresses& next);

  const ir::Module& module_;
  const LaunchPlan& plan_;
  Device& device_;
  absl::Span<uint8_t* const> constants_;
  Addresses arenas_;  // by program; null before its first run
  Addresses owned_;
};

// The array literals inside `value`, depth first.
void AppendArrays(const ir::Literal& value, std::vector<const ir::Literal*>* arrays);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_EXECUTION_H_
