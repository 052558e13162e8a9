// Reads the syntax of a rule file.
#ifndef EQSAT_RULES_LANGUAGE_PARSER_H_
#define EQSAT_RULES_LANGUAGE_PARSER_H_

#include "absl/status/statusor.h"
#include "rules/language/ast.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

// An error names the place, what stands there and what was expected. Terms nest at most
// kMaxNesting deep.
inline constexpr int kMaxNesting = 64;
absl::StatusOr<RuleFile> ParseRuleFile(const SourceText& source);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_PARSER_H_
