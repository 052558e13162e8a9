// Proves that the two sides of a rule are equal, for every rank and every size where its operators
// allow.
//
// All instances up to a rank are made with symbolic sizes, and in each the elements of both sides
// at a symbolic index are shown equal. docs/decisions.md says why that rank is enough for all.
#ifndef EQSAT_RULES_PROVE_PROVE_RULE_H_
#define EQSAT_RULES_PROVE_PROVE_RULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule_set.h"

namespace eqsat::rules {

enum class ProofStatus : uint8_t {
  kAny,      // for any rank and any size
  kBounded,  // for any size, up to a rank
  kTested,   // not proved; random programs found nothing
  kRefuted,  // wrong: there is a program on which the sides differ
};
// "any", "bounded", "tested", "refuted".
std::string_view NameOf(ProofStatus status);
std::optional<ProofStatus> ProofStatusFromName(std::string_view name);

struct ProofReport {
  ProofStatus status = ProofStatus::kTested;
  // The bound, what is missing for a proof, or the counterexample.
  std::string detail;
  // What elements the proof is over: "any type", or the types, or "real numbers".
  std::string elements;
  int max_rank = 0;
  int instances = 0;  // that exist, over all ranks, dimension lists and types
  int goals = 0;      // of them, what was left for a solver
  // What Z3 counts of its own work, the same each time.
  uint64_t solver_steps = 0;
  // The goals as text, if asked for.
  std::vector<std::string> obligations;
};

// The same rule gives the same report. A rule that is not proved is tested on random programs, and
// a failing one is its refutation.
ProofReport ProveRule(const RuleSet::Entry& entry);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_PROVE_RULE_H_
