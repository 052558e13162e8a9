// What to show for an optimization that changed what a program computes.
#ifndef EQSAT_TOOLS_COUNTEREXAMPLE_H_
#define EQSAT_TOOLS_COUNTEREXAMPLE_H_

#include <functional>
#include <string>
#include <vector>

#include "tools/equivalence.h"
#include "tools/optimize.h"
#include "tools/reduce/reduce.h"

namespace eqsat::tools {

struct Counterexample {
  ir::Module module;  // as small as was found
  Difference difference;
  std::vector<std::string> rules;  // that had a part in its result

  // HLO text, with what differs in comments before it.
  std::string ToText() const;
};

// The smallest program found that `optimize` changes beyond the class that its result claims.
// `input` is one, with `found` for its difference. Candidates get what is set for `input`, but only
// a few seconds each.
Counterexample FindCounterexample(const ir::Module& input, const Difference& found,
                                  const rules::RuleSet& rules, const cost_models::Target& target,
                                  const OptimizeOptions& optimize,
                                  const EquivalenceOptions& equivalence,
                                  const ReduceOptions& reduce);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_COUNTEREXAMPLE_H_
