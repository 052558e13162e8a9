// Decides scalar goals over the real numbers by normal forms of rational functions.
#ifndef EQSAT_RULES_PROVE_SCALAR_REAL_H_
#define EQSAT_RULES_PROVE_SCALAR_REAL_H_

#include "rules/prove/scalar_goal.h"

namespace eqsat::rules {

// Whether numbers of the type, taken as exact, are added, multiplied and divided as reals are.
bool IsField(ProofType type);

// Whether the right side is defined and equal to the left one wherever the left one is defined.
// exp(-x) is 1/exp(x), rsqrt(x) is 1/sqrt(x), logistic(x) is 1/(1+exp(-x)), a whole constant power
// is a product; whatever else is not rational is a value of its own, known by its arguments.
bool SolveReal(const ScalarGoal& goal);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SCALAR_REAL_H_
