// The settings of a case, read from `key=value` pairs.
#ifndef EQSAT_RULES_PROGRAMS_CASE_SETTINGS_H_
#define EQSAT_RULES_PROGRAMS_CASE_SETTINGS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/saturate/backoff.h"
#include "engine/saturate/limits.h"
#include "rules/language/source_text.h"
#include "rules/programs/program.h"

namespace eqsat::rules {

// `run`: iterations, nodes, seconds, matches (of one rule before it rests), rest (its length in
// iterations), scheduler (backoff or none), search (incremental or full), constants (shared: beside
// other terms in their classes; or alone), guards (early: asked in the search, so that only matches
// for which they hold count; or late: when a match is applied), rounds (a new graph for what is not
// proved yet, at most so many times).
struct CaseSettings {
  engine::Limits limits;
  engine::BackoffOptions backoff;
  bool incremental = true;
  bool constants_alone = false;
  bool late_guards = false;
  size_t rounds = 1;
};
absl::StatusOr<CaseSettings> ReadSettings(const SourceText& source,
                                          const std::vector<Setting>& settings);

// `expect`: nodes and classes (at the end, or a list: after each iteration), iterations, proofs.
using Expectations = std::map<std::string, std::vector<size_t>>;
absl::StatusOr<Expectations> ReadExpectations(const SourceText& source,
                                              const std::vector<Setting>& settings);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_CASE_SETTINGS_H_
