// The meaning of kernel IR's pure operations on one element, for constant folding and evaluation.
#ifndef EQSAT_CODEGEN_KERNEL_IR_SCALAR_H_
#define EQSAT_CODEGEN_KERNEL_IR_SCALAR_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "codegen/kernel_ir/op.h"
#include "codegen/kernel_ir/type.h"

namespace eqsat::codegen {

// Values are bit patterns in the low BitWidth bits, the others 0.
uint64_t LowBits(Scalar type, uint64_t bits);
int64_t SignExtend(Scalar type, uint64_t bits);
// f32 and f64 exactly, f16 and bf16 too.
double ToDouble(Scalar type, uint64_t bits);
// The nearest value of `type`, ties to even.
uint64_t FromDouble(Scalar type, double value);

// `op` of families kInteger … kConvert on operands of type `from` (the last operand's), giving
// `to`. nullopt where the operation is undefined: division by zero or overflowing, long shifts.
std::optional<uint64_t> EvaluateScalar(Op op, Scalar from, Scalar to,
                                       absl::Span<const uint64_t> operands);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_SCALAR_H_
