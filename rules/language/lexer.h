// Cuts a rule file into tokens.
#ifndef EQSAT_RULES_LANGUAGE_LEXER_H_
#define EQSAT_RULES_LANGUAGE_LEXER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

struct Token {
  enum class Kind : uint8_t {
    kName,     // letters, digits, underscores; does not begin with a digit
    kInteger,  // fits int64
    kNumber,   // has a point or an exponent
    kString,   // between double quotes, no escapes, one line
    kSymbol,   // one of the operators and brackets
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text;  // a string without its quotes
  int64_t integer = 0;
  double number = 0;
  Place place;
  int32_t end_column = 1;  // the column after the token
};

// The tokens of the file, then one kEnd. Comments run from # to the end of the line.
absl::StatusOr<std::vector<Token>> Lex(const SourceText& source);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_LEXER_H_
