// The custom call ProductOfElementaryHouseholderReflectors.
#ifndef EQSAT_IR_INTERPRET_HOUSEHOLDER_H_
#define EQSAT_IR_INTERPRET_HOUSEHOLDER_H_

#include "absl/status/statusor.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Operands: matrices [..., m, n] whose columns hold the reflectors below the diagonal, as a QR
// factorization leaves them, and their factors tau [..., k]. The result is the first n columns of
// H1·H2·…·Hk with Hi = 1 - tau·v·vᴴ and v = (0, …, 0, 1, column i below the diagonal).
absl::StatusOr<Literal> ProductOfReflectors(const OpCall& call);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_HOUSEHOLDER_H_
