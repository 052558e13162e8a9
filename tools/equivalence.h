// Whether two programs compute the same, tried on the reference interpreter.
#ifndef EQSAT_TOOLS_EQUIVALENCE_H_
#define EQSAT_TOOLS_EQUIVALENCE_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"
#include "ir/interpret/compare.h"
#include "rules/compile/rule.h"

namespace eqsat::tools {

struct EquivalenceOptions {
  // How far results may differ, which also decides what inputs are tried
  // (rules/testing/program_inputs.h).
  rules::Numerics numerics = rules::Numerics::kReassoc;
  // From kReassoc on; without one, each element type has its own.
  std::optional<ir::Tolerance> tolerance;
  uint64_t seed = 1;  // of the first run's inputs; each run adds one
  int runs = 1;
  const std::atomic<bool>* interrupt = nullptr;  // ends with a Cancelled error
};

struct Difference {
  uint64_t seed = 0;
  std::string text;  // where, and both values
};

// True where a value of the program is too large to be computed in full: a sample of its result's
// elements is compared then, if what they are made of can be computed one by one
// (ir/interpret/element_evaluator.h).
bool IsSampled(const ir::Module& module);

// The first difference between the results of `a` and `b`, if there is one. Both have one
// interface. Collectives run on as many devices as `a` names; custom calls of unknown code are
// uninterpreted functions. An error means that `a` or `b` cannot be run.
absl::StatusOr<std::optional<Difference>> FindDifference(const ir::Module& a, const ir::Module& b,
                                                         const EquivalenceOptions& options);

// The same parameters and result, layouts aside?
bool SameInterface(const ir::Module& a, const ir::Module& b);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EQUIVALENCE_H_
