// Finds rules that a library lacks.
//
// Small terms that compute the same on sample inputs are candidates. A candidate that follows from
// the library and from the rules found before it (the engine finds both sides equal) is dropped; so
// is one that a test or the prover refutes. What is left is minimal in that order: no rule follows
// from the smaller ones before it.
#ifndef EQSAT_RULES_DISCOVER_DISCOVER_H_
#define EQSAT_RULES_DISCOVER_DISCOVER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/discover/term_table.h"
#include "rules/prove/prove_rule.h"
#include "rules/rule_set.h"

namespace eqsat::rules {

struct FoundRule {
  std::string name;
  std::string text;  // one short rule
  ProofStatus status = ProofStatus::kTested;
};

struct Discovery {
  size_t terms = 0;
  size_t candidates = 0;  // pairs of terms alike on the samples
  size_t implied = 0;     // by the library, or by rules found
  size_t refuted = 0;     // by tests or the prover
  std::vector<FoundRule> rules;
  bool finished = true;  // else the interrupt or the limit of rules ended the search

  // A rule file, in the canonical layout.
  absl::StatusOr<std::string> ToText() const;
};

struct DiscoverOptions {
  TermSpace space;
  size_t max_rules = 100;
  size_t max_nodes = 50'000;  // of the e-graph in which candidates are compared
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(std::string_view)> progress = {};  // may be empty
};

// Exact rules only. The same library and options give the same result. An error means that the
// space is too large or an op does not fit.
absl::StatusOr<Discovery> Discover(const RuleSet& library, const DiscoverOptions& options);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_DISCOVER_DISCOVER_H_
