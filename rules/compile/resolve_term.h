// Terms: from names to ops, operands and attributes.
#ifndef EQSAT_RULES_COMPILE_RESOLVE_TERM_H_
#define EQSAT_RULES_COMPILE_RESOLVE_TERM_H_

#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/compile/scope.h"

namespace eqsat::rules {

enum class Side : uint8_t {
  kPattern,   // new names are variables
  kTemplate,  // every name is known
};

absl::StatusOr<Term> ResolveTerm(Scope& scope, const Expr& expr, Side side);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_RESOLVE_TERM_H_
