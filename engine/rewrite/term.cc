#include "engine/rewrite/term.h"

#include <utility>

#include "absl/container/inlined_vector.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

absl::Status CheckTerm(const Term& term, const Pattern& pattern, const Signature& signature) {
  if (term.nodes.empty()) return base::InvalidArgument("the right-hand side is empty");
  for (size_t i = 0; i < term.nodes.size(); ++i) {
    const Term::Node& node = term.nodes[i];
    if (node.variable.valid()) {
      if (node.variable.value() >= pattern.variable_count())
        return base::InvalidArgument("variable %d is not bound by the pattern",
                                     node.variable.value());
      continue;
    }
    if (node.op.value() >= signature.op_count())
      return base::InvalidArgument("operator %d is not in the signature", node.op.value());
    int arity = signature.arity(node.op);
    if (arity != Signature::kVariadic && node.children.size() != static_cast<size_t>(arity))
      return base::InvalidArgument("operator '%s' has %d operands, but is given %d",
                                   std::string(signature.name(node.op)), arity,
                                   node.children.size());
    for (size_t child : node.children)
      if (child >= i)
        return base::InvalidArgument("node %d of the right-hand side uses the later node %d", i,
                                     child);
  }
  return absl::OkStatus();
}

class TermApplier {
 public:
  TermApplier(Term term, SlotId root) : term_(std::move(term)), root_(root) {}

  absl::Status operator()(EGraph& egraph, const Match& match,
                          std::vector<Equation>* equations) const {
    ClassId root = match.cls(egraph, root_);
    absl::InlinedVector<ClassId, 16> classes;
    absl::InlinedVector<ClassId, 8> children;
    for (size_t i = 0; i < term_.nodes.size(); ++i) {
      const Term::Node& node = term_.nodes[i];
      if (node.variable.valid()) {
        classes.push_back(match.variable(node.variable));
        continue;
      }
      children.clear();
      for (size_t child : node.children) children.push_back(classes[child]);
      std::span<const ClassId> span(children.data(), children.size());
      bool last = i + 1 == term_.nodes.size();
      classes.push_back(last ? egraph.AddInto(root, node.op, node.attrs, span)
                             : egraph.Add(node.op, node.attrs, span));
    }
    if (term_.nodes.back().variable.valid()) equations->push_back({root, classes.back()});
    return absl::OkStatus();
  }

 private:
  Term term_;
  SlotId root_;
};

}  // namespace

absl::StatusOr<Rewrite> MakeTermRewrite(std::string name, const Pattern& pattern, Term term,
                                        const Signature& signature) {
  EQSAT_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, Plan::Compile(pattern, signature));
  EQSAT_RETURN_IF_ERROR(CheckTerm(term, pattern, signature));
  Rewrite rewrite;
  rewrite.name = std::move(name);
  rewrite.applier = TermApplier(std::move(term), pattern.slot(pattern.roots()[0]));
  rewrite.plan = std::move(plan);
  rewrite.sensitivity = Sensitivity::kPatternOnly;
  return rewrite;
}

}  // namespace eqsat::engine
