// Expressions: from names to symbols, functions and literals.
#ifndef EQSAT_RULES_COMPILE_RESOLVE_CODE_H_
#define EQSAT_RULES_COMPILE_RESOLVE_CODE_H_

#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/compile/scope.h"

namespace eqsat::rules {

// Every name must be a symbol, an element type or a truth value. Checks arities and, where they are
// known, the kinds of arguments.
absl::StatusOr<Code> ResolveCode(Scope& scope, const Expr& expr);
// As ResolveCode, of a kind.
absl::StatusOr<Code> ResolveCodeOf(Scope& scope, const Expr& expr, ValueKind kind);
// A number written with literals and + - * / ^ alone.
absl::StatusOr<double> ResolveNumber(const Scope& scope, const Expr& expr);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_RESOLVE_CODE_H_
