// Decides scalar goals with Z3 over exact element semantics.
//
// pred is Bool, integers are bit-vectors of their width, floats are IEEE floats of their format
// with one NaN. Under `reassoc` and `approx` floats are real numbers, and a goal is: where every
// division and root of the left side is defined, the two sides are equal. Transcendental functions
// are uninterpreted but for the facts in scalar_float.cc, which tests check against the
// interpreter.
#ifndef EQSAT_RULES_PROVE_SCALAR_SOLVER_H_
#define EQSAT_RULES_PROVE_SCALAR_SOLVER_H_

#include "rules/prove/scalar_goal.h"

namespace eqsat::rules {

// False also where the goal is open: no meaning for an operation, or the limits reached.
bool SolveScalar(const ScalarGoal& goal);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SCALAR_SOLVER_H_
