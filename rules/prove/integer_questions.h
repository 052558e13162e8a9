// Whether one inequality between integers follows from others: by a few syntactic tests, else by
// Z3 under a limit of its steps.
//
// Only the facts that share variables with the question count, directly or through other facts:
// what is said of other dims cannot matter unless it is contradictory. Variables are then named in
// the order in which they are met, so that the same question about another dim, or on another path,
// is one question, and answers are remembered.
#ifndef EQSAT_RULES_PROVE_INTEGER_QUESTIONS_H_
#define EQSAT_RULES_PROVE_INTEGER_QUESTIONS_H_

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/prove/poly.h"

namespace eqsat::rules {

// What is known: each of `non_negative` is >= 0, and so are the variables that are marked so.
struct IntegerFacts {
  std::vector<const Poly*> non_negative;
  const std::vector<bool>* non_negative_variables;  // by VarId
};

class IntegerQuestions {
 public:
  // Whether p >= 0 always or never, if that is seen without a solver.
  static std::optional<bool> QuickSign(const Poly& p, const IntegerFacts& facts);
  // The same with a solver. What its limit leaves open is open.
  std::optional<bool> Sign(const Poly& p, const IntegerFacts& facts);
  // Whether the facts are shown to contradict each other.
  bool Contradictory(const IntegerFacts& facts);

 private:
  // Whether the solver shows that p >= 0.
  bool Solve(const Poly& p, const IntegerFacts& facts);

  std::unordered_map<std::string, bool> answers_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_INTEGER_QUESTIONS_H_
