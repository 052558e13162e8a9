// Routines that bring a matrix into triangular form, and solve with it.
#ifndef EQSAT_IR_INTERPRET_SOLVERS_FACTORIZATIONS_H_
#define EQSAT_IR_INTERPRET_SOLVERS_FACTORIZATIONS_H_

#include "absl/status/statusor.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// In brackets what the custom call's results are, for operands as LAPACK has them.
absl::StatusOr<Literal> Potrf(const OpCall& call);            // (triangle, info)
absl::StatusOr<Literal> Getrf(const OpCall& call);            // (lu, pivots, info)
absl::StatusOr<Literal> LuDecomposition(const OpCall& call);  // (lu, pivots from 0, permutation)
absl::StatusOr<Literal> PivotsToPermutation(const OpCall& call);
absl::StatusOr<Literal> Geqrf(const OpCall& call);  // (r and reflectors, factors)
absl::StatusOr<Literal> Geqp3(const OpCall& call);  // (r and reflectors, columns, factors)
absl::StatusOr<Literal> Gtsv(const OpCall& call);   // (diagonals, solution, info), or solution
absl::StatusOr<Literal> Trsm(const OpCall& call);
absl::StatusOr<Literal> BlasTrsm(const OpCall& call);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SOLVERS_FACTORIZATIONS_H_
