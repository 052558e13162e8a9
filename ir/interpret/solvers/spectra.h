// Routines that find eigenvalues and singular values, and the forms that lead to them.
#ifndef EQSAT_IR_INTERPRET_SOLVERS_SPECTRA_H_
#define EQSAT_IR_INTERPRET_SOLVERS_SPECTRA_H_

#include "absl/status/statusor.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// In brackets what the custom call's results are. Real matrices with complex eigenvalues have
// their real and imaginary parts apart.
absl::StatusOr<Literal> Syevd(const OpCall& call);   // (vectors, values, info)
absl::StatusOr<Literal> Eigh(const OpCall& call);    // (vectors, values), of XLA
absl::StatusOr<Literal> Geev(const OpCall& call);    // (values, left, right vectors, info)
absl::StatusOr<Literal> Gees(const OpCall& call);    // (triangle, vectors, values, selected, info)
absl::StatusOr<Literal> Gehrd(const OpCall& call);   // (hessenberg and reflectors, factors, info)
absl::StatusOr<Literal> Sytrd(const OpCall& call);   // (a, diagonal, beside it, factors, info)
absl::StatusOr<Literal> Gesdd(const OpCall& call);   // (a, values, u, vᴴ, info)
absl::StatusOr<Literal> Gesvd(const OpCall& call);   // the same
absl::StatusOr<Literal> Gesvdj(const OpCall& call);  // (a, values, u, v, info)

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SOLVERS_SPECTRA_H_
