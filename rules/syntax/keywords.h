// The words of the rule language that have a meaning of their own.
#ifndef EQSAT_RULES_SYNTAX_KEYWORDS_H_
#define EQSAT_RULES_SYNTAX_KEYWORDS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace eqsat::rules {

enum class KeywordUse : uint8_t {
  kStatement,  // begins a statement of a file
  kField,      // begins a field of a rule
  kOperator,   // stands between or before expressions
  kNumerics,   // a numerics class
  kPhase,
  kValue,  // what a test expects
};

bool IsKeyword(std::string_view word, KeywordUse use);
std::vector<std::string_view> KeywordsFor(KeywordUse use);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_SYNTAX_KEYWORDS_H_
