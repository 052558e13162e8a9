// The operations of kernel IR, generated from op.def.
//
// They are what hardware has: no HLO opcode, no transcendental function (math.h expands those).
// f16 and bf16 values are only loaded, stored, selected, converted and bitcast; arithmetic on them
// is done in f32.
#ifndef EQSAT_CODEGEN_KERNEL_IR_OP_H_
#define EQSAT_CODEGEN_KERNEL_IR_OP_H_

#include <cstdint>
#include <string_view>

namespace eqsat::codegen {

enum class Op : uint8_t {
#define KERNEL_OP(enumerator, name, operands, family) enumerator,
#include "codegen/kernel_ir/op.def"
#undef KERNEL_OP
};

enum class OpFamily : uint8_t {
  kLeaf,
  kInteger,         // operands and result of one integer type
  kFloat,           // operands and result of one f32 or f64 type
  kCompareInteger,  // operands of one integer type, result i1
  kCompareFloat,    // operands of one f32 or f64 type, result i1
  kSelect,
  kConvert,
  kVector,
  kMemory,
  kControl,
};

std::string_view Name(Op op);
int Arity(Op op);  // -1: any number
OpFamily Family(Op op);
// No effect and no block: may be moved, merged or dropped (kLoad too reads memory, so is not).
bool IsPure(Op op);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_OP_H_
