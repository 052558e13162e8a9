// Why a rule did not change an instruction.
#ifndef EQSAT_TOOLS_EXPLAIN_WHY_NOT_H_
#define EQSAT_TOOLS_EXPLAIN_WHY_NOT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/rule_set.h"
#include "tools/optimize.h"

namespace eqsat::tools {

enum class WhyNot {
  kOff,         // the rule takes no part: numerics class, effort, target, group
  kNoMatch,     // a premise does not hold
  kNotReached,  // all premises hold, but the search ended, or let the rule rest, before
  kKnown,       // all premises hold, but other rules had said the same before
  kTooDear,     // it was applied, and the result is cheaper without what it made
  kUsed,        // it was applied, and the result has what it made
};
std::string_view NameOf(WhyNot answer);

struct WhyNotAnswer {
  WhyNot answer = WhyNot::kNoMatch;
  std::string text;                 // a sentence or two, without a final period
  std::string premise;              // kNoMatch: the premise, as the rule writes it; may be empty
  std::vector<std::string> values;  // "name = value" of what the premise reads
  // kTooDear, kUsed: predicted seconds of the result, and of the program with what the rule made.
  std::optional<double> seconds;
  std::optional<double> seconds_with;
};

// What keeps the rule out of every search, if anything does.
std::optional<WhyNotAnswer> WhyOff(const rules::Rule& rule, const rules::RuleFilter& filter);

// The answer for the instruction `at` of the searched computation.
absl::StatusOr<WhyNotAnswer> WhyNotAt(const SearchRecord& record, const rules::Rule& rule,
                                      rules::Numerics numerics, ir::InstructionId at);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EXPLAIN_WHY_NOT_H_
