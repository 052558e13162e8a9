// How HLO's element types are stored in buffers and computed with in kernels.
//
//   pred          a byte 0 or 1        i1
//   s8 … u64      iN                   iN
//   f16, bf16     as they are          f32, rounded to the type after each operation
//   f8…           i8                   f32, likewise
//   f32, f64      as they are          as they are
#ifndef EQSAT_CODEGEN_LOWER_ELEMENT_H_
#define EQSAT_CODEGEN_LOWER_ELEMENT_H_

#include "codegen/kernel_ir/builder.h"
#include "ir/shape/element_type.h"

namespace eqsat::codegen {

// Can kernels compute with the type?
bool HasKernelType(ir::ElementType type);
// These need HasKernelType.
Scalar StorageScalar(ir::ElementType type);
Scalar ComputeScalar(ir::ElementType type);
// Floats narrower than the f32 that they are computed in.
inline bool RoundsAfterOps(ir::ElementType type) {
  return ir::IsFloat(type) && ir::BitWidth(type) < 32;
}

// Between the stored and the computed form of an element, of any width.
ValueId FromStorage(KernelBuilder& b, ir::ElementType type, ValueId stored);
ValueId ToStorage(KernelBuilder& b, ir::ElementType type, ValueId value);
// An f32 rounded to a narrower float type; others as they are.
ValueId RoundTo(KernelBuilder& b, ir::ElementType type, ValueId value);

// HLO's convert between computed forms: saturating from float to integer, NaN to 0.
ValueId ConvertElement(KernelBuilder& b, ir::ElementType from, ir::ElementType to, ValueId value);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_ELEMENT_H_
