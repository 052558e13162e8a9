// Z3 under limits that do not depend on the clock: bounds on its memory and on its own count of
// steps, of each question and of all that a session asks. What the limits cut off is an open
// question, never an answer.
#ifndef EQSAT_RULES_PROVE_Z3_LIMITS_H_
#define EQSAT_RULES_PROVE_Z3_LIMITS_H_

#include <z3++.h>

#include <cstdint>

namespace eqsat::rules {

// The Z3 of this thread while it lives. Sessions start alike, so that what is asked in one decides
// what it answers, on whichever thread and after whatever else.
class Z3Session {
 public:
  explicit Z3Session(uint64_t max_steps);
  ~Z3Session();
  Z3Session(const Z3Session&) = delete;
  Z3Session& operator=(const Z3Session&) = delete;

  // Of this thread; there is one.
  static Z3Session& Current();

  z3::context& context() { return context_; }
  // Z3's count of what it did.
  uint64_t steps() const { return steps_; }
  bool exhausted() const { return steps_ >= max_steps_; }
  // Whether the solver shows its assertions contradictory within its limits.
  bool IsUnsatisfiable(z3::solver& solver);

 private:
  uint64_t max_steps_;
  uint64_t steps_ = 0;
  z3::context context_;
  Z3Session* outer_;
};

// Which of Z3's solvers: one that is quickly made, or one that takes bits and floats apart first.
enum class SolverKind : uint8_t { kIntegers, kBits };
// A solver that gives up after `effort` of Z3's steps.
z3::solver NewSolver(z3::context& context, SolverKind kind, unsigned effort);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_Z3_LIMITS_H_
