// Which instructions the code generators lower: the contract between the fusion planner, which puts
// them into kernels, and codegen/lower, which must then accept them. What is known of single ops
// and types stands in lowering's own tables (scalar_ops.h, irregular.h, element.h); this joins
// them.
#ifndef EQSAT_CODEGEN_FUSION_LOWERABLE_H_
#define EQSAT_CODEGEN_FUSION_LOWERABLE_H_

#include "ir/graph/module.h"

namespace eqsat::codegen {

// True if the instruction can be a member of a kernel: it and its operands are arrays of static
// size and of a type that kernels compute with, and its op is one that codegen/lower knows. The
// result of a reduction of several inputs is a tuple of such arrays. Constants are lowerable only
// where they are immediates: see IsImmediate.
bool IsLowerable(const ir::Module& module, const ir::Computation& computation,
                 const ir::Instruction& instruction);

// Array constants that are members of the kernels that read them, instead of memory: those with
// one value throughout.
bool IsImmediate(const ir::Instruction& instruction);

// True if the instruction's value is some operand's or caller's buffer, so that it needs no code:
// see GroupKind::kAlias. (A constant is the image that the executable holds.)
bool IsAlias(const ir::Computation& computation, const ir::Instruction& instruction);

// True if result element i is operand 0's element i in row-major order: reshape, and a bitcast
// between default layouts.
bool KeepsLinearOrder(const ir::Computation& computation, const ir::Instruction& instruction);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_LOWERABLE_H_
