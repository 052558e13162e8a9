// Reads terms, expressions and types.
#ifndef EQSAT_RULES_LANGUAGE_EXPR_PARSER_H_
#define EQSAT_RULES_LANGUAGE_EXPR_PARSER_H_

#include "absl/status/statusor.h"
#include "rules/language/ast.h"
#include "rules/language/token_stream.h"

namespace eqsat::rules {

// `or` binds weakest, then `and`, `not`, comparisons and `in`, + -, * / %, ^, unary minus.
absl::StatusOr<Expr> ParseExpr(TokenStream& tokens);
// An expression without operators above the comparisons, so that it ends before `=>`.
absl::StatusOr<Expr> ParseTerm(TokenStream& tokens);
absl::StatusOr<TypeDecl> ParseType(TokenStream& tokens);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_EXPR_PARSER_H_
