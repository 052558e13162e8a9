// The 8-bit float formats, which no target computes with, in integer arithmetic.
#ifndef EQSAT_CODEGEN_LOWER_FLOAT8_H_
#define EQSAT_CODEGEN_LOWER_FLOAT8_H_

#include "codegen/kernel_ir/builder.h"
#include "ir/shape/element_type.h"

namespace eqsat::codegen {

// f8 types with a sign, an exponent and a mantissa (all but f8e8m0fnu).
bool IsFloat8(ir::ElementType type);

// i8 bits to the f32 of the same value.
ValueId DecodeFloat8(KernelBuilder& b, ir::ElementType type, ValueId bits);

// The nearest value's bits, ties to even, of an f32 or f64; as ir::EncodeFloat beyond the range.
ValueId EncodeFloat8(KernelBuilder& b, ir::ElementType type, ValueId value);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_FLOAT8_H_
