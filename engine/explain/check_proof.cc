#include "engine/explain/check_proof.h"

#include <algorithm>
#include <vector>

#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

class Checker {
 public:
  Checker(const Proof& proof, const Signature& signature) : proof_(proof), signature_(signature) {}

  absl::Status CheckLemma(size_t number) const {
    const Lemma& lemma = proof_.lemmas[number];
    if (!IsTerm(lemma.left) || !IsTerm(lemma.right))
      return base::InvalidArgument("lemma %d is about a term that is not there", number);
    TermId at = lemma.left;
    for (size_t i = 0; i < lemma.steps.size(); ++i) {
      absl::Status status = CheckStep(at, lemma.steps[i], number);
      if (!status.ok())
        return base::Annotate(status, absl::StrFormat("lemma %d, step %d: ", number, i));
      at = lemma.steps[i].to;
    }
    if (at != lemma.right) return base::InvalidArgument("lemma %d ends at another term", number);
    return absl::OkStatus();
  }

 private:
  bool IsTerm(TermId id) const { return id.valid() && id.value() < proof_.terms.size(); }

  absl::Status CheckStep(TermId from, const ProofStep& step, size_t lemma) const {
    if (!IsTerm(step.to)) return base::InvalidArgument("it leads to a term that is not there");
    if (step.reason == CongruenceClosure::kCongruence) return CheckParts(from, step, lemma, false);
    if (step.reason == CongruenceClosure::kExchanged) {
      if (signature_.commutativity(proof_.terms.op(from)) == Commutativity::kOrdered)
        return base::InvalidArgument("the operands of '%s' may not be exchanged",
                                     std::string(signature_.name(proof_.terms.op(from))));
      return CheckParts(from, step, lemma, true);
    }
    if (step.reason >= proof_.equations.size())
      return base::InvalidArgument("equation %d is not there", step.reason);
    const GroundEquation& equation = proof_.equations[step.reason];
    bool fits = step.forward ? equation.left == from && equation.right == step.to
                             : equation.right == from && equation.left == step.to;
    if (!fits) return base::InvalidArgument("equation %d is about other terms", step.reason);
    return absl::OkStatus();
  }

  // Both terms have one operator, and their children are equal by earlier lemmas.
  absl::Status CheckParts(TermId from, const ProofStep& step, size_t lemma, bool exchanged) const {
    const TermBank& terms = proof_.terms;
    std::span<const TermId> parts = terms.children(from);
    std::span<const TermId> goals = terms.children(step.to);
    if (terms.op(from) != terms.op(step.to) || terms.attrs(from) != terms.attrs(step.to) ||
        parts.size() != goals.size() || step.children.size() != goals.size())
      return base::InvalidArgument("the two terms are not of one form");
    if (exchanged && parts.size() != 2)
      return base::InvalidArgument("only two operands can be exchanged");
    for (size_t i = 0; i < goals.size(); ++i)
      EQSAT_RETURN_IF_ERROR(
          CheckUse(parts[exchanged ? 1 - i : i], goals[i], step.children[i], lemma));
    return absl::OkStatus();
  }

  absl::Status CheckUse(TermId from, TermId to, const LemmaUse& use, size_t lemma) const {
    if (use.lemma == LemmaUse::kSameTerm) {
      if (from != to) return base::InvalidArgument("two operands differ without a lemma");
      return absl::OkStatus();
    }
    if (use.lemma >= lemma)
      return base::InvalidArgument("lemma %d is not an earlier one", use.lemma);
    const Lemma& used = proof_.lemmas[use.lemma];
    bool fits =
        use.forward ? used.left == from && used.right == to : used.right == from && used.left == to;
    if (!fits) return base::InvalidArgument("lemma %d is about other terms", use.lemma);
    return absl::OkStatus();
  }

  const Proof& proof_;
  const Signature& signature_;
};

// Finds the terms that a pattern's variables stand for by going down both at once.
class InstanceMatcher {
 public:
  InstanceMatcher(const TermBank& bank, const Pattern& pattern)
      : bank_(bank), pattern_(pattern), variables_(pattern.variable_count()) {}

  bool Match(PartId part, TermId term) {
    VarId variable = pattern_.variable(part);
    if (variable.valid()) {
      TermId& bound = variables_[variable.value()];
      if (!bound.valid()) bound = term;
      return bound == term;
    }
    const OperatorPattern& op = pattern_.op(pattern_.slot(part));
    if (!std::ranges::count(op.ops, bank_.op(term))) return false;
    if (op.attrs && *op.attrs != bank_.attrs(term)) return false;
    size_t count = bank_.children(term).size();
    if (op.captures_rest ? count < op.children.size() : count != op.children.size()) return false;
    for (size_t i = 0; i < op.children.size(); ++i)
      if (!Match(op.children[i], bank_.children(term)[i])) return false;
    return true;
  }

  // Whether `term` is the node `index` of the right side, with what the variables stand for.
  bool Is(const Term& right, size_t index, TermId term, TermId root) const {
    const Term::Node& node = right.nodes[index];
    if (node.variable.valid()) return variables_[node.variable.value()] == term;
    if (node.is_root) return term == root;
    // Attributes of the match's own are a name that nothing else has: any will do.
    bool same_attrs = !node.attrs.valid() || bank_.attrs(term) == node.attrs;
    std::span<const TermId> children = bank_.children(term);
    if (bank_.op(term) != node.op || !same_attrs || children.size() != node.children.size())
      return false;
    for (size_t i = 0; i < children.size(); ++i)
      if (!Is(right, node.children[i], children[i], root)) return false;
    return true;
  }

 private:
  const TermBank& bank_;
  const Pattern& pattern_;
  std::vector<TermId> variables_;
};

}  // namespace

absl::Status CheckProof(const Proof& proof, const Signature& signature,
                        const EquationJudge& judge) {
  if (proof.lemmas.empty()) return base::InvalidArgument("the proof is empty");
  for (size_t i = 0; i < proof.equations.size(); ++i) {
    absl::Status status = judge(proof.terms, proof.equations[i]);
    if (!status.ok()) return base::Annotate(status, absl::StrFormat("equation %d: ", i));
  }
  Checker checker(proof, signature);
  for (size_t i = 0; i < proof.lemmas.size(); ++i) EQSAT_RETURN_IF_ERROR(checker.CheckLemma(i));
  return absl::OkStatus();
}

absl::Status CheckInstance(const TermBank& bank, const Pattern& pattern, const Term& term,
                           const GroundEquation& equation) {
  std::vector<TermId> roots = equation.roots;
  if (roots.empty()) roots = {equation.left};
  if (roots.size() != pattern.roots().size() || roots[0] != equation.left)
    return base::InvalidArgument("the rule has another number of roots");
  InstanceMatcher matcher(bank, pattern);
  for (size_t i = 0; i < roots.size(); ++i)
    if (!matcher.Match(pattern.roots()[i], roots[i]))
      return base::InvalidArgument("root %d is not an instance of the left side", i);
  if (!matcher.Is(term, term.nodes.size() - 1, equation.right, equation.left))
    return base::InvalidArgument("the right term is not an instance of the right side");
  return absl::OkStatus();
}

}  // namespace eqsat::engine
