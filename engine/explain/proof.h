// A proof that two ground terms are equal: plain data, meaningful without any e-graph.
#ifndef EQSAT_ENGINE_EXPLAIN_PROOF_H_
#define EQSAT_ENGINE_EXPLAIN_PROOF_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/egraph/ids.h"
#include "engine/explain/congruence_closure.h"
#include "engine/explain/term_bank.h"

namespace eqsat::engine {

// An equation between terms, and why it holds.
struct GroundEquation {
  enum class Basis : uint8_t {
    kRule,      // the two sides are an instance of the rule `reason`
    kFact,      // given: by the input, or computed by the analysis `reason`
    kRecorded,  // the rule `reason` was applied, but to other terms of the same classes
  };
  static constexpr uint32_t kNoApplication = ~uint32_t{0};

  TermId left;
  TermId right;
  Basis basis = Basis::kFact;
  ReasonId reason;
  uint32_t application = kNoApplication;  // in the log
  std::vector<TermId> roots;  // kRule: of a rule with several roots, the terms they matched
};

// A lemma by its number, read from left to right or back.
struct LemmaUse {
  static constexpr uint32_t kSameTerm = ~uint32_t{0};  // no lemma needed
  uint32_t lemma = kSameTerm;
  bool forward = true;
};

struct ProofStep {
  TermId to;
  // A number of Proof::equations, or CongruenceClosure::kCongruence or kExchanged.
  uint32_t reason = CongruenceClosure::kCongruence;
  bool forward = true;  // of the equation
  std::vector<LemmaUse>
      children;  // why the children are equal, in the order of the term stepped to
};

// A chain of steps from `left` to `right`.
struct Lemma {
  TermId left;
  TermId right;
  std::vector<ProofStep> steps;
};

// Lemmas use earlier ones; the last is what was to be proved.
struct Proof {
  TermBank terms;
  std::vector<GroundEquation> equations;
  std::vector<Lemma> lemmas;

  const Lemma& goal() const { return lemmas.back(); }
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_PROOF_H_
