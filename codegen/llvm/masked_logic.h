// A way round an error in LLVM's instruction selection for AVX-512 (llvm/llvm-project issue 157929,
// present in 22.1): of `select(mask, logic of three operands, one of them)`, with an operand in
// memory or a constant, it makes a masked VPTERNLOG whose truth table has two operands exchanged.
#ifndef EQSAT_CODEGEN_LLVM_MASKED_LOGIC_H_
#define EQSAT_CODEGEN_LLVM_MASKED_LOGIC_H_

namespace llvm {
class Module;
}  // namespace llvm

namespace eqsat::codegen {

// Keeps bitwise logic on vectors and the selects of its results apart, so that no masked
// VPTERNLOG is formed. For x86 only, after all other passes; costs one blend where it applies.
void SeparateLogicFromSelects(llvm::Module& module);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_MASKED_LOGIC_H_
