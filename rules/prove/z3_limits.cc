#include "rules/prove/z3_limits.h"

#include <algorithm>

#include "ir/base/check.h"

namespace eqsat::rules {
namespace {

constexpr char kMegabytes[] = "1000";

thread_local Z3Session* current = nullptr;

// Sets Z3's own limits before the first context is made.
uint64_t WithLimitedMemory(uint64_t max_steps) {
  static const bool limited = [] {
    z3::set_param("memory_max_size", kMegabytes);
    return true;
  }();
  EQSAT_CHECK(limited);
  return max_steps;
}

// All that the solver's context has counted.
uint64_t StepsOf(const z3::solver& solver) {
  const z3::stats stats = solver.statistics();
  for (unsigned i = 0; i < stats.size(); ++i)
    if (stats.key(i) == "rlimit count" && stats.is_uint(i)) return stats.uint_value(i);
  return 0;
}

}  // namespace

Z3Session::Z3Session(uint64_t max_steps)
    : max_steps_(WithLimitedMemory(max_steps)), outer_(current) {
  current = this;
}

Z3Session::~Z3Session() { current = outer_; }

Z3Session& Z3Session::Current() {
  EQSAT_CHECK(current != nullptr);
  return *current;
}

bool Z3Session::IsUnsatisfiable(z3::solver& solver) {
  if (exhausted()) return false;
  try {
    const bool unsatisfiable = solver.check() == z3::unsat;
    steps_ = std::max(steps_, StepsOf(solver));
    return unsatisfiable;
  } catch (const z3::exception&) {
    return false;
  }
}

z3::solver NewSolver(z3::context& context, SolverKind kind, unsigned effort) {
  z3::solver solver = kind == SolverKind::kIntegers ? z3::solver(context, z3::solver::simple())
                                                    : z3::solver(context);
  z3::params params(context);
  params.set("rlimit", effort);
  solver.set(params);
  return solver;
}

}  // namespace eqsat::rules
