// The LAPACK routines that frameworks call for factorizations on CPUs.
#ifndef EQSAT_IR_INTERPRET_FACTORIZATIONS_H_
#define EQSAT_IR_INTERPRET_FACTORIZATIONS_H_

#include <string_view>

#include "ir/interpret/evaluator.h"

namespace eqsat::ir {

// The evaluation of the custom call `lapack_<type><routine>_ffi`, the type one of s, d, c, z and
// the routine one of getrf, geqrf, orgqr, ungqr, potrf and trsm, or of jaxlib's older
// `blas_<type>trsm`; null for other targets. Operands and results are as in LAPACK, with leading
// batch dimensions: the part of a triangle that a routine leaves alone is the operand's, pivots
// count from 1, and `info` is the first pivot that fails. Computed in complex f64 and rounded at
// the end.
EvaluateFn LapackRoutine(std::string_view target);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_FACTORIZATIONS_H_
