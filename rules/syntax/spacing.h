// Which tokens of a rule file have a space between them.
#ifndef EQSAT_RULES_SYNTAX_SPACING_H_
#define EQSAT_RULES_SYNTAX_SPACING_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "rules/language/lexer.h"

namespace eqsat::rules {

bool IsSymbol(const Token& token, std::string_view symbol);
// A name that is an operator or begins a condition: what follows is no argument list.
bool IsWordOperator(const Token& token);

// What spacing needs to know of a token's surroundings.
struct TokenContext {
  bool in_rule_name = false;    // joined by '-' without spaces
  bool in_parentheses = false;  // the innermost bracket is '('
  bool in_tight_list = false;   // the innermost bracket is '[' and holds plain numbers alone
  bool opens_header = false;    // the '[' of a short rule
};

// By token of a whole file.
std::vector<TokenContext> ContextsOf(absl::Span<const Token> tokens);

// Is there a space before token `i`, where it does not begin a line?
bool HasSpaceBefore(absl::Span<const Token> tokens, absl::Span<const TokenContext> contexts,
                    size_t i);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_SYNTAX_SPACING_H_
