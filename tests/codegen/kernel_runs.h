// Running one kernel on buffers, by the kernel evaluator and by generated code, for comparison.
#ifndef EQSAT_TESTS_CODEGEN_KERNEL_RUNS_H_
#define EQSAT_TESTS_CODEGEN_KERNEL_RUNS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

using Bytes = std::vector<uint8_t>;

// Bytes of each parameter, in and out.
using Buffers = std::vector<Bytes>;

// As EvaluateKernel leaves the buffers.
absl::StatusOr<Buffers> EvaluateOn(const Kernel& kernel, Buffers buffers);

// As generated code leaves them: compiled for `target`'s machine if that is this host's family,
// else the GPU module on the host.
absl::StatusOr<Buffers> RunOn(std::string_view target, const Kernel& kernel, Buffers buffers);

// Names of targets that RunOn takes and that differ in what is emitted.
std::vector<std::string> TargetsToRun();

// A buffer of `size` elements: the corners of the type first, random bits after them.
Bytes Corners(Scalar element, int64_t size, uint32_t seed);

// Where two buffers of `element` differ; all NaNs are equal. Empty if nowhere.
std::string Difference(Scalar element, const Bytes& expected, const Bytes& actual);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_KERNEL_RUNS_H_
