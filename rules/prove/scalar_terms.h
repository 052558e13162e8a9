// Translates scalar terms to Z3, one table a kind of element type.
#ifndef EQSAT_RULES_PROVE_SCALAR_TERMS_H_
#define EQSAT_RULES_PROVE_SCALAR_TERMS_H_

#include <z3++.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/prove/scalar_goal.h"

namespace eqsat::rules {

using MaybeExpr = std::optional<z3::expr>;

class ScalarTerms {
 public:
  ScalarTerms(z3::context* context, const ScalarGoal& goal) : c(*context), goal_(goal) {}

  // Takes remainders of wide integers for functions of which some facts are known, since their bits
  // are too much for solvers.
  void AbstractRemainders() { abstracts_remainders_ = true; }

  // Nothing if an operation has no meaning here.
  MaybeExpr Translate(const Element& element);
  z3::expr Value(size_t id);
  z3::expr Ordered(const ValueOrder& order);
  // What is true of the values met so far.
  const std::vector<z3::expr>& facts() const { return facts_; }

  z3::context& c;

 private:
  struct Call {
    const ElementNode& node;
    std::vector<z3::expr> args;
    ProofType operand;  // the type of the elements that are computed with
  };
  z3::sort SortOf(ProofType type);
  MaybeExpr Number(ProofType type, double number);
  MaybeExpr Extreme(ProofType type, bool highest);
  MaybeExpr Apply(const Call& call);
  // A function of which nothing is known but that it is one.
  z3::expr Uninterpreted(const Call& call);
  MaybeExpr Compare(const Call& call);

  MaybeExpr ApplyPred(const Call& call);  // scalar_integer.cc
  MaybeExpr ApplyInteger(const Call& call);
  MaybeExpr AbstractRemainder(const Call& call);
  MaybeExpr ApplyFloat(const Call& call);  // scalar_float.cc
  MaybeExpr FloatFunction(const Call& call);
  MaybeExpr CompareFloat(std::string_view direction, const z3::expr& a, const z3::expr& b);
  MaybeExpr Convert(const Call& call);  // scalar_convert.cc
  z3::expr NotAbove(ProofType type, const z3::expr& a, const z3::expr& b);
  z3::expr FactOf(ElementFact fact, ProofType type, const z3::expr& value);

  const ScalarGoal& goal_;
  bool abstracts_remainders_ = false;
  std::map<size_t, z3::expr> values_;
  std::vector<z3::expr> facts_;
};

// IEEE operations, which the C++ interface of Z3 4.8.12 has only in part. One rounding mode each:
// nearest, ties to even.
namespace fp {
z3::sort SortOf(z3::context& c, ir::ElementType type);
z3::expr Number(z3::context& c, ir::ElementType type, double value);
z3::expr Is(Z3_ast (*test)(Z3_context, Z3_ast), const z3::expr& x);
z3::expr RoundToIntegral(Z3_ast (*mode)(Z3_context), const z3::expr& x);
z3::expr IsFinite(const z3::expr& x);
}  // namespace fp

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SCALAR_TERMS_H_
