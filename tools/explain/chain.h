// The chain of rules from the input to each instruction of a result.
#ifndef EQSAT_TOOLS_EXPLAIN_CHAIN_H_
#define EQSAT_TOOLS_EXPLAIN_CHAIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/rule_set.h"
#include "tools/optimize.h"

namespace eqsat::tools {

// One use of a rule, from `before` to `after`. Operands are named by the input's instructions.
struct ChainStep {
  std::string rule;     // its name, or constant_folding
  std::string source;   // file:line; empty for constant_folding
  bool forward = true;  // or the rule was read from right to left
  std::string before;
  std::string after;
  // Whether the checker found the rule to say this of the two terms alone. It cannot where the rule
  // rests on what several equal terms show together.
  bool checked = true;
};

struct Chain {
  std::string name;         // of the instruction of the result
  std::string instruction;  // as HLO text
  // The input's instructions that compute the same value. If there are none, the instruction is
  // explained with those of the result that use it, and this names them.
  std::vector<std::string> same_as;
  std::vector<std::string> part_of;
  std::vector<ChainStep> steps;  // none: the instruction is as it was
};

// The chains of a search's result, in the order of its instructions; of those that rules changed,
// or, unless empty, of the one called `at` (in the result or in the input) alone. Each proof has
// been through the checker; Internal if it refuses one.
absl::StatusOr<std::vector<Chain>> ExplainResult(const SearchRecord& record,
                                                 const rules::RuleSet& rules,
                                                 rules::Numerics numerics, std::string_view at);

// `FILE:LINE` of the rule that a report calls `rewrite`; empty if there is none.
std::string SourceOf(const rules::RuleSet& rules, std::string_view rewrite);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EXPLAIN_CHAIN_H_
