// Kernels as functions over a range of their points.
//
// The entry is `void name(void** buffers, int64_t begin, int64_t end)`: it runs the points whose
// position in the outermost dimensions - the split - is in [begin, end). Ranges that do not meet
// may run at once in different threads.
#ifndef EQSAT_CODEGEN_TARGETS_CPU_RANGE_FUNCTION_H_
#define EQSAT_CODEGEN_TARGETS_CPU_RANGE_FUNCTION_H_

#include <cstdint>

#include "codegen/kernel_ir/kernel.h"
#include "llvm/IR/Module.h"

namespace eqsat::codegen {

// Which dimensions the range covers: the shortest prefix that gives kEnoughPieces or more, without
// the innermost one that is longer than 1, unless it is the only such.
struct RangeSplit {
  size_t outer_rank = 0;  // extents [0, outer_rank) are covered by the range
  int64_t length = 1;     // their product
};

inline constexpr int64_t kEnoughPieces = 64;

RangeSplit SplitOf(const Kernel& kernel);

// Adds `kernel` to `module`; it must be a kItem kernel.
void EmitRangeFunction(llvm::Module& module, const Kernel& kernel);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_CPU_RANGE_FUNCTION_H_
