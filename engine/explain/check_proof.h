// The proof checker. It trusts neither the e-graph nor whatever made the proof: it walks each chain
// and compares terms, and asks for each equation whether its rule says it.
#ifndef EQSAT_ENGINE_EXPLAIN_CHECK_PROOF_H_
#define EQSAT_ENGINE_EXPLAIN_CHECK_PROOF_H_

#include <functional>

#include "absl/status/status.h"
#include "engine/egraph/signature.h"
#include "engine/explain/proof.h"
#include "engine/pattern/pattern.h"
#include "engine/rewrite/term.h"

namespace eqsat::engine {

// Whether an equation holds on the grounds that it states. Its terms are in the bank.
using EquationJudge = std::function<absl::Status(const TermBank&, const GroundEquation&)>;

// An error names the lemma and the step that are wrong.
absl::Status CheckProof(const Proof& proof, const Signature& signature, const EquationJudge& judge);

// Whether `left = right` is an instance of "the pattern's first root equals the term": some terms
// for the variables make the pattern's roots `roots` (the first being `left`) and the term `right`.
absl::Status CheckInstance(const TermBank& bank, const Pattern& pattern, const Term& term,
                           const GroundEquation& equation);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_CHECK_PROOF_H_
