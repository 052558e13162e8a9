// Arguments for testing: the same on every machine for the same computation and seed.
#ifndef EQSAT_IR_INTERPRET_RANDOM_INPUTS_H_
#define EQSAT_IR_INTERPRET_RANDOM_INPUTS_H_

#include <cstdint>
#include <vector>

#include "ir/graph/computation.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// One value of `shape`. Floats are multiples of 1/64 in about [-2, 2], dense near 0 and some of
// them 0, so that no format from bf16 on rounds them; integers are in [0, 8), to serve as indices;
// preds are fair. Tokens and opaques hold nothing.
Literal RandomLiteral(const Shape& shape, uint64_t seed);

// One value a parameter, in order; different parameters get different values.
std::vector<Literal> RandomInputs(const Computation& computation, uint64_t seed);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_RANDOM_INPUTS_H_
