// The rule functions (rules/functions) over lists of symbolic integers.
#ifndef EQSAT_RULES_PROVE_SYMBOLIC_FUNCTIONS_H_
#define EQSAT_RULES_PROVE_SYMBOLIC_FUNCTIONS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "rules/functions/function.h"
#include "rules/prove/symbolic_code.h"

namespace eqsat::rules {

// What a plain value is to a proof; Undefined if it is none, Unknown if it has no name here.
SymbolicValue SymbolicOf(const Value& value);

// Unknown where the prover has no such function; Undefined where the function has no value.
absl::StatusOr<SymbolicValue> CallSymbolic(const Function& function,
                                           const std::vector<SymbolicValue>& arguments,
                                           ProofScope& scope);

// The fact that a function of an operand's value states of it when it holds.
std::optional<ElementFact> ElementFactOf(std::string_view function);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SYMBOLIC_FUNCTIONS_H_
