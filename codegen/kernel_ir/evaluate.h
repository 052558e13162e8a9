// Runs a kernel on the host, statement by statement: the meaning of kernel IR, without LLVM.
#ifndef EQSAT_CODEGEN_KERNEL_IR_EVALUATE_H_
#define EQSAT_CODEGEN_KERNEL_IR_EVALUATE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

// `buffers` holds the bytes of each parameter in order, as many as it needs. The work-items of a
// group run in lockstep. OutOfRange on an access out of bounds, Internal where a work-item divides
// by zero, shifts too far, or reaches a barrier alone.
absl::Status EvaluateKernel(const Kernel& kernel, absl::Span<const absl::Span<uint8_t>> buffers);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_EVALUATE_H_
