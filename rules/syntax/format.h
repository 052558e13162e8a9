// The canonical layout of rule files.
//
// Like gofmt, it leaves the choice of where a term is broken to its writer and decides all else:
// one statement and one field a line, spaces, indentation, single empty lines, no line of code
// above kMaxColumns where a comma allows a break. Comments stay where they are. Formatting is
// idempotent, and the tokens before and after are the same.
#ifndef EQSAT_RULES_SYNTAX_FORMAT_H_
#define EQSAT_RULES_SYNTAX_FORMAT_H_

#include <string>

#include "absl/status/statusor.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

inline constexpr size_t kMaxColumns = 100;

// The error is that of the parser where the file is not one of rules.
absl::StatusOr<std::string> FormatRuleFile(const SourceText& source);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_SYNTAX_FORMAT_H_
