// The solvers of linear algebra that frameworks call by name: LAPACK's on CPUs, cuSOLVER's and
// hipSOLVER's on GPUs, XLA's own on TPUs.
#ifndef EQSAT_IR_INTERPRET_SOLVERS_SOLVERS_H_
#define EQSAT_IR_INTERPRET_SOLVERS_SOLVERS_H_

#include <string_view>

#include "ir/interpret/evaluator.h"

namespace eqsat::ir {

// The evaluation of the custom call `target`; null if it is no solver's. Known are
//
//   lapack_<type><routine>_ffi      the type one of s, d, c, z
//   cusolver_<routine>_ffi, hipsolver_<routine>_ffi, cusparse_gtsv2_ffi, hipsparse_gtsv2_ffi
//   the same without _ffi, with scalar operands before the matrix or a structure as configuration,
//   and blas_<type>trsm             as JAX exported some until 2024
//   Eigh, LuDecomposition, Qr       XLA's
//
// for the routines in solvers.cc. Operands and results are as in LAPACK, with leading batch
// dimensions: the part of a triangle that a routine leaves alone is the operand's, pivots count
// from 1, and `info` is LAPACK's. LAPACK computes them, in the type of the operands; where GPUs
// have other algorithms, vectors may differ from theirs by a factor of absolute value 1.
EvaluateFn Solver(std::string_view target);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SOLVERS_SOLVERS_H_
