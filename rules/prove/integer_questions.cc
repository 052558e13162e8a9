#include "rules/prove/integer_questions.h"

#include <z3++.h>

#include <algorithm>
#include <map>

#include "ir/base/strings.h"
#include "rules/prove/z3_limits.h"

namespace eqsat::rules {
namespace {

// What one question may cost Z3. Most cost far less.
constexpr unsigned kEffort = 300000;

bool SyntacticallyNonNegative(const Poly& p, const IntegerFacts& facts) {
  return std::ranges::all_of(p.terms(), [&](const auto& term) {
    return term.second > 0 && std::ranges::all_of(term.first, [&](VarId var) {
             return (*facts.non_negative_variables)[var];
           });
  });
}

// One fact or the sum of two is enough for most questions.
bool Entails(const Poly& p, const IntegerFacts& facts) {
  if (SyntacticallyNonNegative(p, facts)) return true;
  std::vector<Poly> rests;
  for (const Poly* fact : facts.non_negative) {
    rests.push_back(p - *fact);
    if (SyntacticallyNonNegative(rests.back(), facts)) return true;
  }
  for (const Poly& rest : rests)
    for (const Poly* fact : facts.non_negative)
      if (SyntacticallyNonNegative(rest - *fact, facts)) return true;
  return false;
}

// The facts that are tied to p by variables, and the names of those by the order of meeting them.
class Cone {
 public:
  Cone(const Poly& p, const IntegerFacts& facts) {
    Meet(p);
    std::vector<const Poly*> rest = facts.non_negative;
    size_t before = 0;
    do {
      before = rest.size();
      std::erase_if(rest, [&](const Poly* fact) {
        if (!IsMet(*fact)) return false;
        Meet(*fact);
        facts_.push_back(fact);
        return true;
      });
    } while (rest.size() < before);
  }

  const std::vector<const Poly*>& facts() const { return facts_; }
  const std::map<VarId, int>& names() const { return names_; }

 private:
  void Meet(const Poly& p) {
    for (const auto& [monomial, coefficient] : p.terms())
      for (VarId var : monomial) names_.try_emplace(var, static_cast<int>(names_.size()));
  }
  bool IsMet(const Poly& p) const {
    return std::ranges::any_of(p.terms(), [&](const auto& term) {
      return std::ranges::any_of(term.first, [&](VarId var) { return names_.contains(var); });
    });
  }

  std::vector<const Poly*> facts_;
  std::map<VarId, int> names_;
};

// Equal questions have equal text.
std::string TextOf(const std::vector<Poly>& facts, const Poly& p,
                   const std::vector<bool>& non_negative) {
  std::string text;
  for (bool sign : non_negative) text += sign ? '+' : '?';
  for (const Poly& fact : facts) base::StrAppend(&text, ";", fact.ToString());
  return base::StrCat(text, "|", p.ToString());
}

bool SolveIntegers(const std::vector<Poly>& facts, const Poly& p,
                   const std::vector<bool>& non_negative) {
  Z3Session& session = Z3Session::Current();
  z3::context& context = session.context();
  z3::solver solver = NewSolver(context, SolverKind::kIntegers, kEffort);
  auto variable = [&](VarId var) { return context.int_const(base::StrCat("v", var).c_str()); };
  auto translate = [&](const Poly& q) {
    z3::expr sum = context.int_val(0);
    for (const auto& [monomial, coefficient] : q.terms()) {
      z3::expr product = context.int_val(coefficient);
      for (VarId var : monomial) product = product * variable(var);
      sum = sum + product;
    }
    return sum;
  };
  for (size_t var = 0; var < non_negative.size(); ++var)
    if (non_negative[var]) solver.add(variable(static_cast<VarId>(var)) >= 0);
  for (const Poly& fact : facts) solver.add(translate(fact) >= 0);
  solver.add(translate(p) < 0);
  return session.IsUnsatisfiable(solver);
}

}  // namespace

bool IntegerQuestions::Solve(const Poly& p, const IntegerFacts& facts) {
  const Cone cone(p, facts);
  std::vector<bool> non_negative(cone.names().size());
  for (const auto& [var, name] : cone.names())
    non_negative[name] = (*facts.non_negative_variables)[var];
  auto renamed = [&](const Poly& q) {
    Poly result;
    for (const auto& [monomial, coefficient] : q.terms()) {
      Poly product(coefficient);
      for (VarId var : monomial) product = product * Poly::Var(cone.names().at(var));
      result = result + product;
    }
    return result;
  };
  std::vector<Poly> known;
  for (const Poly* fact : cone.facts()) known.push_back(renamed(*fact));
  const Poly asked = renamed(p);
  auto [answer, is_new] = answers_.try_emplace(TextOf(known, asked, non_negative), false);
  if (is_new) answer->second = SolveIntegers(known, asked, non_negative);
  return answer->second;
}

std::optional<bool> IntegerQuestions::QuickSign(const Poly& p, const IntegerFacts& facts) {
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant >= 0;
  if (SyntacticallyNonNegative(p, facts)) return true;
  const Cone cone(p, facts);
  const IntegerFacts near{cone.facts(), facts.non_negative_variables};
  if (Entails(p, near)) return true;
  if (Entails(-p - 1, near)) return false;
  return std::nullopt;
}

std::optional<bool> IntegerQuestions::Sign(const Poly& p, const IntegerFacts& facts) {
  if (std::optional<bool> quick = QuickSign(p, facts)) return quick;
  if (Solve(p, facts)) return true;
  if (Solve(-p - 1, facts)) return false;
  return std::nullopt;
}

bool IntegerQuestions::Contradictory(const IntegerFacts& facts) {
  // A fact that its neighbours contradict is one that cannot hold.
  return std::ranges::any_of(facts.non_negative,
                             [&](const Poly* fact) { return Solve(-*fact - 1, facts); });
}

}  // namespace eqsat::rules
