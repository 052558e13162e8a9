// Z3 under limits that do not depend on the clock: a bound on its memory and on its own count of
// steps. What the limits cut off is an open question, never an answer.
#ifndef EQSAT_RULES_PROVE_Z3_LIMITS_H_
#define EQSAT_RULES_PROVE_Z3_LIMITS_H_

#include <z3++.h>

#include <cstdint>

namespace eqsat::rules {

// One a thread, made on first use.
z3::context& SharedZ3();
// Which of Z3's solvers: one that is quickly made, or one that takes bits and floats apart first.
enum class SolverKind : uint8_t { kIntegers, kBits };
// A solver that gives up after `effort` of Z3's steps.
z3::solver NewSolver(z3::context& context, SolverKind kind, unsigned effort);
// Whether the solver shows its assertions contradictory within its limits.
bool IsUnsatisfiable(z3::solver& solver);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_Z3_LIMITS_H_
