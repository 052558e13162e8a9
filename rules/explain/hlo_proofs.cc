#include "rules/explain/hlo_proofs.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "ir/base/status.h"

namespace eqsat::rules {
namespace {

using Basis = engine::GroundEquation::Basis;
using engine::ClassId;
using engine::NodeId;
using engine::TermId;

constexpr char kFolding[] = "constant_folding";

// Members of a class that are tried in place of its birth term.
constexpr size_t kMaxMembers = 8;

// Builds the terms that a pattern matched, given terms for its variables and captured operands.
class MatchedTerms {
 public:
  MatchedTerms(engine::Explainer& explainer, const engine::Pattern& pattern,
               engine::Application applied)
      : explainer_(explainer), pattern_(pattern), applied_(applied) {}

  NodeId node(engine::SlotId slot) const { return NodeId(Word(slot) >> 1); }
  ClassId variable(size_t i) const { return ClassId(applied_.row[i]); }
  // The classes that the operator's further operands had when its node was made.
  std::span<const ClassId> rest(engine::SlotId slot) const {
    if (!pattern_.op(slot).captures_rest) return {};
    return explainer_.egraph()
        .birth_children(node(slot))
        .subspan(pattern_.op(slot).children.size());
  }

  template <typename TermOfClass>
  std::vector<TermId> Roots(const std::vector<TermId>& variables, TermOfClass term_of_rest) const {
    std::vector<TermId> parts;
    for (size_t i = 0; i < pattern_.part_count(); ++i) {
      const engine::Pattern::Part& part = pattern_.part(engine::PartId(i));
      if (part.variable.valid()) {
        parts.push_back(variables[part.variable.value()]);
        continue;
      }
      std::vector<TermId> children;
      for (engine::PartId child : pattern_.op(part.slot).children)
        children.push_back(parts[child.value()]);
      if ((Word(part.slot) & 1) != 0) std::swap(children[0], children[1]);
      for (ClassId cls : rest(part.slot)) children.push_back(term_of_rest(cls));
      const engine::EGraph& egraph = explainer_.egraph();
      parts.push_back(explainer_.bank().Add(egraph.op(node(part.slot)),
                                            egraph.attrs(node(part.slot)), children));
    }
    std::vector<TermId> roots;
    for (engine::PartId root : pattern_.roots()) roots.push_back(parts[root.value()]);
    return roots;
  }

 private:
  uint32_t Word(engine::SlotId slot) const {
    return applied_.row[pattern_.variable_count() + slot.value()];
  }

  engine::Explainer& explainer_;
  const engine::Pattern& pattern_;
  engine::Application applied_;
};

// The first node of the operator in the class, if there is one.
NodeId MemberOf(const engine::EGraph& egraph, ClassId cls, engine::OpId op) {
  for (NodeId node : egraph.class_nodes(egraph.Find(cls)))
    if (egraph.op(node) == op) return node;
  return NodeId();
}

}  // namespace

// Terms for the variables, and for captured operands the operator wanted of them, if any.
struct HloInstances::Choice {
  std::vector<TermId> variables;
  engine::OpId rest_op;
};

TermId HloInstances::ConstantTerm(ClassId cls, engine::TermBank* bank) const {
  const engine::EGraph& egraph = graph_.egraph();
  const engine::OpId constant = OpIdOf(ir::OpCode::kConstant);
  if (NodeId node = MemberOf(egraph, cls, constant); node.valid())
    return bank->Add(constant, egraph.attrs(node), {});
  for (NodeId node : egraph.class_nodes(egraph.Find(cls))) {
    if (egraph.op(node) != OpIdOf(ir::OpCode::kBroadcast)) continue;
    ClassId child = egraph.children(node)[0];
    NodeId scalar = MemberOf(egraph, child, constant);
    if (!scalar.valid() || graph_.shapes().shape(egraph.Find(child)).rank() > 0) continue;
    TermId operand = bank->Add(constant, egraph.attrs(scalar), {});
    return bank->Add(egraph.op(node), egraph.attrs(node), {&operand, 1});
  }
  return TermId();
}

std::vector<HloInstances::Choice> HloInstances::Choices(size_t application,
                                                        engine::Explainer& explainer) const {
  engine::Application applied = explainer.log()[application];
  const engine::Pattern& pattern = explainer.rule(applied.rule)->plan->pattern();
  MatchedTerms matched(explainer, pattern, applied);
  Choice births;
  for (size_t i = 0; i < pattern.variable_count(); ++i)
    births.variables.push_back(explainer.TermOf(matched.variable(i)));
  Choice constants = births;
  for (size_t i = 0; i < pattern.variable_count(); ++i) {
    TermId constant = ConstantTerm(matched.variable(i), &explainer.bank());
    if (constant.valid()) constants.variables[i] = constant;
  }
  std::vector<Choice> choices = {births, constants};
  const engine::EGraph& egraph = explainer.egraph();
  for (size_t i = 0; i < pattern.variable_count(); ++i) {
    std::span<const NodeId> members = egraph.class_nodes(egraph.Find(matched.variable(i)));
    for (NodeId node : members.first(std::min(members.size(), kMaxMembers))) {
      choices.push_back(constants);
      choices.back().variables[i] = explainer.TermOf(node);
    }
  }
  std::set<engine::OpId> rest_ops;
  for (size_t slot = 0; slot < pattern.slot_count(); ++slot)
    for (ClassId cls : matched.rest(engine::SlotId(slot)))
      for (NodeId node : egraph.class_nodes(egraph.Find(cls))) rest_ops.insert(egraph.op(node));
  for (engine::OpId op : rest_ops) choices.push_back({constants.variables, op});
  return choices;
}

std::vector<engine::GroundEquation> HloInstances::Try(const Choice& choice, size_t application,
                                                      engine::Explainer& explainer) {
  engine::Application applied = explainer.log()[application];
  const engine::EGraph& egraph = explainer.egraph();
  MatchedTerms matched(explainer, explainer.rule(applied.rule)->plan->pattern(), applied);
  std::vector<TermId> roots = matched.Roots(choice.variables, [&](ClassId cls) {
    NodeId member = choice.rest_op.valid() ? MemberOf(egraph, cls, choice.rest_op) : NodeId();
    return member.valid() ? explainer.TermOf(member) : explainer.TermOf(cls);
  });
  engine::TermBank& bank = explainer.bank();
  std::vector<ClassId> root_classes;
  for (TermId root : roots) root_classes.push_back(scratch_.Add(bank, root));
  std::vector<ClassId> variables;
  for (TermId variable : choice.variables) variables.push_back(scratch_.Add(bank, variable));
  auto instances = scratch_.Apply(egraph.reason_name(applied.rule), root_classes[0]);
  std::vector<engine::GroundEquation> equations;
  if (!instances.ok()) return equations;
  for (const TermGraph::Instance& instance : *instances) {
    if (instance.variables != variables || instance.roots != root_classes) continue;
    engine::GroundEquation equation{.left = scratch_.Read(instance.left, &bank),
                                    .right = scratch_.Read(instance.right, &bank),
                                    .basis = Basis::kRule,
                                    .reason = applied.rule,
                                    .application = static_cast<uint32_t>(application),
                                    .roots = {}};
    if (roots.size() > 1) equation.roots = roots;
    equations.push_back(std::move(equation));
  }
  return equations;
}

std::vector<engine::GroundEquation> HloInstances::Instantiate(size_t application,
                                                              engine::Explainer& explainer) {
  if (!explainer.rule(explainer.log()[application].rule)) return {};
  for (const Choice& choice : Choices(application, explainer)) {
    std::vector<engine::GroundEquation> equations = Try(choice, application, explainer);
    if (!equations.empty()) return equations;
  }
  return {};
}

void HloInstances::AddFoldedConstants(engine::Explainer& explainer) {
  const engine::EGraph& egraph = explainer.egraph();
  engine::TermBank& bank = explainer.bank();
  std::optional<engine::ReasonId> folding;
  for (size_t i = 0; i < egraph.reason_count(); ++i)
    if (egraph.reason_name(engine::ReasonId(i)) == kFolding) folding = engine::ReasonId(i);
  if (!folding) return;
  for (size_t i = 0; i < egraph.node_id_limit(); ++i) {
    NodeId node(i);
    std::span<const ClassId> births = egraph.birth_children(node);
    TermId value = births.empty() ? TermId() : ConstantTerm(egraph.node(node).cls, &bank);
    if (!value.valid()) continue;
    std::vector<TermId> children;
    for (ClassId child : births) children.push_back(ConstantTerm(child, &bank));
    if (!std::ranges::all_of(children, [](TermId child) { return child.valid(); })) continue;
    TermId folded = bank.Add(egraph.op(node), egraph.attrs(node), children);
    if (folded == value) continue;
    if (!scratch_.SameConstant(scratch_.Add(bank, folded), scratch_.Add(bank, value))) continue;
    explainer.AddFact(
        {.left = folded, .right = value, .basis = Basis::kFact, .reason = *folding, .roots = {}});
  }
}

absl::Status HloJudge::Judge(const engine::TermBank& bank, const engine::GroundEquation& equation) {
  const std::string& reason = names_.reason_name(equation.reason);
  std::vector<ClassId> roots;
  for (TermId root : equation.roots) roots.push_back(graph_.Add(bank, root));
  ClassId left = graph_.Add(bank, equation.left);
  ClassId right = graph_.Add(bank, equation.right);
  if (roots.empty()) roots = {left};
  if (equation.basis == Basis::kFact) {
    if (reason == kFolding && graph_.SameConstant(left, right)) return absl::OkStatus();
    return base::InvalidArgument("'%s' gives another value", reason);
  }
  if (equation.basis != Basis::kRule)
    return base::InvalidArgument("the terms are no instance of '%s'", reason);
  EQSAT_ASSIGN_OR_RETURN(std::vector<TermGraph::Instance> instances,
                         graph_.Apply(reason, roots[0]));
  for (const TermGraph::Instance& instance : instances)
    if (instance.roots == roots && instance.left == left && instance.right == right)
      return absl::OkStatus();
  return base::InvalidArgument("'%s' does not say this of its terms", reason);
}

}  // namespace eqsat::rules
