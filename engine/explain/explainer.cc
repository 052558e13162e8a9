#include "engine/explain/explainer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/explain/congruence_closure.h"
#include "engine/explain/prove.h"
#include "engine/rewrite/term.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

using Basis = GroundEquation::Basis;

// Whether the variables alone say what the pattern matched.
bool IsGround(const Pattern& pattern) {
  for (size_t i = 0; i < pattern.slot_count(); ++i) {
    const OperatorPattern& op = pattern.op(SlotId(i));
    if (op.ops.size() != 1 || !op.attrs || op.captures_rest) return false;
  }
  return true;
}

// Whether a pattern is one root that any term matches.
bool MatchesAnyTerm(const Pattern& pattern) {
  if (pattern.part_count() != 1) return false;
  const OperatorPattern& op = pattern.op(SlotId(0));
  return op.captures_rest && !op.attrs && !op.predicate;
}

// The terms of the pattern's parts.
std::vector<TermId> LeftTerms(TermBank& bank, const Pattern& pattern,
                              std::span<const TermId> variables) {
  std::vector<TermId> terms;
  for (size_t i = 0; i < pattern.part_count(); ++i) {
    const Pattern::Part& part = pattern.part(PartId(i));
    if (part.variable.valid()) {
      terms.push_back(variables[part.variable.value()]);
      continue;
    }
    const OperatorPattern& op = pattern.op(part.slot);
    std::vector<TermId> children;
    for (PartId child : op.children) children.push_back(terms[child.value()]);
    terms.push_back(bank.Add(op.ops[0], *op.attrs, children));
  }
  return terms;
}

TermId RightTerm(TermBank& bank, const Term& term, std::span<const TermId> variables, TermId left,
                 ClassId root_class) {
  std::vector<TermId> terms;
  for (const Term::Node& node : term.nodes) {
    if (node.variable.valid()) {
      terms.push_back(variables[node.variable.value()]);
    } else if (node.is_root) {
      terms.push_back(left);
    } else {
      std::vector<TermId> children;
      for (size_t child : node.children) children.push_back(terms[child]);
      AttrId attrs = node.attrs.valid() ? node.attrs : AttrId(root_class.value());
      terms.push_back(bank.Add(node.op, attrs, children));
    }
  }
  return terms.back();
}

}  // namespace

Explainer::Explainer(const EGraph* egraph, const ApplicationLog* log,
                     std::vector<NamedRewrite> rules, Instantiate instantiate)
    : egraph_(*egraph),
      log_(*log),
      rules_(egraph->reason_count()),
      instantiate_(std::move(instantiate)),
      instantiated_(log->size()) {
  for (const NamedRewrite& rule : rules) rules_[rule.reason.value()] = rule.rewrite;
  MakeBirthTerms();
  ReadGiven();
  ReadLog();
}

void Explainer::MakeBirthTerms() {
  class_terms_.resize(egraph_.class_id_limit());
  std::vector<TermId> children;
  for (size_t i = 0; i < egraph_.node_id_limit(); ++i) {
    NodeId node(i);
    children.clear();
    for (ClassId child : egraph_.birth_children(node)) children.push_back(TermOf(child));
    node_terms_.push_back(bank_.Add(egraph_.op(node), egraph_.attrs(node), children));
    TermId& own = class_terms_[egraph_.original_class(node).value()];
    if (!own.valid()) own = node_terms_.back();
  }
}

// What neither a rule's application nor congruence made equal.
void Explainer::ReadGiven() {
  size_t node = 0;
  size_t merge = 0;
  for (const AppliedRange& range : log_.ranges()) {
    AddGivenBetween(&node, range.first_node, &merge, range.first_union);
    node = range.end_node;
    merge = range.end_union;
  }
  AddGivenBetween(&node, egraph_.node_id_limit(), &merge, egraph_.unions().size());
}

void Explainer::AddGivenBetween(size_t* node, size_t end_node, size_t* merge, size_t end_merge) {
  for (; *node < end_node; ++*node) {
    NodeId id(*node);
    TermId own = TermOf(egraph_.original_class(id));
    if (own != TermOf(id))
      given_.push_back({.left = own,
                        .right = TermOf(id),
                        .basis = Basis::kFact,
                        .reason = egraph_.node(id).created_by,
                        .roots = {}});
  }
  for (; *merge < end_merge; ++*merge) {
    const UnionRecord& record = egraph_.unions()[*merge];
    if (!record.congruence)
      given_.push_back({.left = TermOf(record.left),
                        .right = TermOf(record.right),
                        .basis = Basis::kFact,
                        .reason = record.reason,
                        .roots = {}});
  }
}

void Explainer::ReadLog() {
  for (size_t i = 0; i < log_.size(); ++i) {
    const Rewrite* rewrite = rule(log_[i].rule);
    if (rewrite && rewrite->term &&
        (IsGround(rewrite->plan->pattern()) || MatchesAnyTerm(rewrite->plan->pattern()))) {
      AddInstance(i, *rewrite);
      instantiated_[i] = true;
    } else {
      AddRecorded(i);
    }
  }
}

void Explainer::AddInstance(size_t application, const Rewrite& rule) {
  Application applied = log_[application];
  const Pattern& pattern = rule.plan->pattern();
  std::vector<TermId> variables;
  for (size_t i = 0; i < pattern.variable_count(); ++i)
    variables.push_back(TermOf(ClassId(applied.row[i])));
  const ClassId root_class(applied.row[pattern.variable_count()]);
  std::vector<TermId> parts = MatchesAnyTerm(pattern) ? std::vector<TermId>{TermOf(root_class)}
                                                      : LeftTerms(bank_, pattern, variables);
  GroundEquation equation{.left = parts[pattern.roots()[0].value()],
                          .basis = Basis::kRule,
                          .reason = applied.rule,
                          .application = static_cast<uint32_t>(application),
                          .roots = {}};
  equation.right = RightTerm(bank_, rule.term->term(), variables, equation.left, root_class);
  if (pattern.roots().size() > 1)
    for (PartId root : pattern.roots()) equation.roots.push_back(parts[root.value()]);
  instances_.push_back(std::move(equation));
}

void Explainer::AddRecorded(size_t application) {
  Application applied = log_[application];
  for (const Equation& equation : applied.equations)
    recorded_.push_back({.left = TermOf(equation.left),
                         .right = TermOf(equation.right),
                         .basis = Basis::kRecorded,
                         .reason = applied.rule,
                         .application = static_cast<uint32_t>(application),
                         .roots = {}});
}

std::vector<GroundEquation> Explainer::AllEquations() const {
  std::vector<GroundEquation> all = facts_;
  all.insert(all.end(), instances_.begin(), instances_.end());
  all.insert(all.end(), given_.begin(), given_.end());
  all.insert(all.end(), recorded_.begin(), recorded_.end());
  return all;
}

// Returns whether there are new instances.
bool Explainer::InstantiateUsed(std::span<const GroundEquation> equations,
                                std::span<const uint32_t> used) {
  bool found = false;
  for (uint32_t i : used) {
    if (equations[i].basis != Basis::kRecorded || !instantiate_) continue;
    size_t application = equations[i].application;
    if (instantiated_[application]) continue;
    instantiated_[application] = true;
    for (GroundEquation& instance : instantiate_(application, *this)) {
      instances_.push_back(std::move(instance));
      found = true;
    }
  }
  return found;
}

absl::StatusOr<std::vector<Proof>> Explainer::Explain(
    std::span<const std::pair<TermId, TermId>> goals) {
  std::vector<GroundEquation> equations;
  std::vector<std::vector<uint32_t>> used;
  for (bool found = true; found;) {
    equations = AllEquations();
    CongruenceClosure closure(&bank_, &egraph_.signature());
    for (uint32_t i = 0; i < equations.size(); ++i)
      closure.Merge(equations[i].left, equations[i].right, i);
    used.clear();
    for (const auto& [a, b] : goals) {
      if (!closure.Same(a, b)) return absl::NotFoundError("the terms were not found equal");
      used.push_back(EquationsUsed(closure, bank_, a, b));
    }
    found = false;
    for (const std::vector<uint32_t>& numbers : used) found |= InstantiateUsed(equations, numbers);
  }
  std::vector<Proof> proofs;
  for (size_t i = 0; i < goals.size(); ++i) {
    std::optional<Proof> proof =
        Prove(bank_, egraph_.signature(), equations, used[i], goals[i].first, goals[i].second);
    EQSAT_CHECK(proof.has_value());
    proofs.push_back(*std::move(proof));
  }
  return proofs;
}

absl::StatusOr<Proof> Explainer::Explain(TermId a, TermId b) {
  std::array<std::pair<TermId, TermId>, 1> goals = {{{a, b}}};
  EQSAT_ASSIGN_OR_RETURN(std::vector<Proof> proofs, Explain(goals));
  return std::move(proofs[0]);
}

}  // namespace eqsat::engine
