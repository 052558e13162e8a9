#include "rules/explain/term_graph.h"

#include <utility>

#include "engine/pattern/matcher.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "rules/compile/rewrite_compiler.h"

namespace eqsat::rules {
namespace {

constexpr size_t kMaxMatches = 256;
constexpr std::string_view kReverse = ".reverse";

}  // namespace

TermGraph::TermGraph(HloTerms* terms, const RuleSet* rules, Numerics allowed)
    : terms_(terms),
      rules_(*rules),
      allowed_(allowed),
      shapes_(terms),
      constants_(terms, &shapes_, ConstantAnalysis::OnConflict::kKeep),
      ranges_(terms, &shapes_, &constants_),
      egraph_(&signature_),
      parts_{terms_, &shapes_, &constants_, &ranges_} {
  egraph_.Register(&shapes_);
  egraph_.Register(&constants_);
  egraph_.Register(&ranges_);
}

engine::ClassId TermGraph::Add(const engine::TermBank& bank, engine::TermId term) {
  if (classes_.size() < bank.size()) classes_.resize(bank.size());
  auto make = [&](engine::TermId id, std::span<const engine::ClassId> children) {
    const engine::ClassId cls = egraph_.Add(bank.op(id), bank.attrs(id), children);
    read_.try_emplace(cls, id);
    return cls;
  };
  return engine::MakeOfTerm(bank, term, &classes_, make);
}

engine::TermId TermGraph::Read(engine::ClassId cls, engine::TermBank* bank) {
  // A class has the one node it was made for, whose children are older classes.
  std::vector<engine::ClassId> open = {cls};
  std::vector<engine::TermId> children;
  while (!open.empty()) {
    engine::ClassId id = open.back();
    engine::NodeView node = egraph_.node(egraph_.class_nodes(id)[0]);
    children.clear();
    size_t waiting = open.size();
    for (engine::ClassId child : node.children) {
      auto found = read_.find(child);
      if (found == read_.end()) {
        open.push_back(child);
      } else {
        children.push_back(found->second);
      }
    }
    if (open.size() > waiting) continue;
    open.pop_back();
    if (!read_.contains(id)) read_.emplace(id, bank->Add(node.op, node.attrs, children));
  }
  return read_.at(cls);
}

bool TermGraph::SameConstant(engine::ClassId a, engine::ClassId b) const {
  const ir::Literal* splat = constants_.splat(a);
  const ir::Literal* other_splat = constants_.splat(b);
  if (splat && other_splat) return *splat == *other_splat;
  const ir::Literal* whole = constants_.literal(a);
  const ir::Literal* other_whole = constants_.literal(b);
  return whole && other_whole && *whole == *other_whole;
}

absl::StatusOr<const engine::Rewrite*> TermGraph::Find(std::string_view rewrite) {
  if (auto found = rewrites_.find(rewrite); found != rewrites_.end()) return &found->second;
  std::string_view rule = rewrite;
  if (rule.ends_with(kReverse)) rule.remove_suffix(kReverse.size());
  const RuleSet::Entry* entry = rules_.Find(rule);
  if (!entry) return base::InvalidArgument("there is no rule '%s'", std::string(rule));
  EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> compiled,
                         CompileRule(entry->rule, parts_, allowed_, &faults_));
  for (engine::Rewrite& one : compiled) {
    std::string name = one.name;
    rewrites_.emplace(std::move(name), std::move(one));
  }
  auto found = rewrites_.find(rewrite);
  if (found == rewrites_.end())
    return base::InvalidArgument("there is no rule '%s'", std::string(rewrite));
  return &found->second;
}

absl::StatusOr<std::vector<TermGraph::Instance>> TermGraph::Apply(std::string_view rewrite,
                                                                  engine::ClassId root) {
  EQSAT_ASSIGN_OR_RETURN(const engine::Rewrite* rule, Find(rewrite));
  const engine::Plan& plan = *rule->plan;
  const engine::Pattern& pattern = plan.pattern();
  EQSAT_ASSIGN_OR_RETURN(engine::CleanView view, egraph_.Rebuild());
  engine::MatchList matches(pattern.variable_count(), pattern.slot_count());
  engine::Search(
      view, plan,
      {.max_matches = kMaxMatches, .should_stop = {}, .guard = rule->guard, .root_class = root},
      &matches);
  std::vector<Instance> instances;
  std::vector<engine::Equation> equations;
  for (size_t i = 0; i < matches.size(); ++i) {
    Instance instance;
    for (size_t r = 0; r < plan.root_count(); ++r)
      instance.roots.push_back(matches[i].cls(egraph_, plan.root(r)));
    for (size_t v = 0; v < pattern.variable_count(); ++v)
      instance.variables.push_back(matches[i].variable(engine::VarId(v)));
    equations.clear();
    EQSAT_RETURN_IF_ERROR(rule->applier(egraph_, matches[i], &equations));
    for (const engine::Equation& equation : equations) {
      instance.left = equation.left;
      instance.right = equation.right;
      instances.push_back(instance);
    }
  }
  EQSAT_RETURN_IF_ERROR(egraph_.Rebuild().status());
  return instances;
}

}  // namespace eqsat::rules
