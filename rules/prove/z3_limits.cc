#include "rules/prove/z3_limits.h"

#include "ir/base/check.h"

namespace eqsat::rules {
namespace {

constexpr char kMegabytes[] = "1000";

}  // namespace

z3::context& SharedZ3() {
  static const bool limited = [] {
    z3::set_param("memory_max_size", kMegabytes);
    return true;
  }();
  thread_local z3::context context;
  EQSAT_CHECK(limited);
  return context;
}

z3::solver NewSolver(z3::context& context, SolverKind kind, unsigned effort) {
  z3::solver solver = kind == SolverKind::kIntegers ? z3::solver(context, z3::solver::simple())
                                                    : z3::solver(context);
  z3::params params(context);
  params.set("rlimit", effort);
  solver.set(params);
  return solver;
}

bool IsUnsatisfiable(z3::solver& solver) {
  try {
    return solver.check() == z3::unsat;
  } catch (const z3::exception&) {
    return false;
  }
}

}  // namespace eqsat::rules
