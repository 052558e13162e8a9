#include "engine/rewrite/term.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "engine/rewrite/multiset.h"
#include "ir/base/check.h"
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
    if (node.is_root) continue;
    if (node.op.value() >= signature.op_count())
      return base::InvalidArgument("operator %d is not in the signature", node.op.value());
    int arity = signature.arity(node.op);
    if (arity != Signature::kVariadic && node.children.size() != static_cast<size_t>(arity))
      return base::InvalidArgument("operator '%s' has %d operands, but is given %d",
                                   std::string(signature.name(node.op)), arity,
                                   node.children.size());
    bool multiset = signature.commutativity(node.op) == Commutativity::kMultiset;
    if (node.rest.valid() && (!multiset || !pattern.op(node.rest).captures_rest))
      return base::InvalidArgument("operator '%s' can take no rest of that kind",
                                   std::string(signature.name(node.op)));
    for (size_t child : node.children)
      if (child >= i)
        return base::InvalidArgument("node %d of the right-hand side uses the later node %d", i,
                                     child);
  }
  return absl::OkStatus();
}

// One batch of matches on its way through the nodes of a term, which are built one after the other
// for all matches.
class Batch {
 public:
  Batch(EGraph& egraph, const Term& term, const MatchList& matches, size_t first, size_t count)
      : egraph_(egraph),
        term_(term),
        matches_(matches),
        first_(first),
        count_(count),
        classes_(term.nodes.size() * count) {
    for (size_t m = 0; m < count; ++m) roots_[m] = matches[first + m].root_class();
  }

  std::bitset<TermApplier::kBatch> Run() {
    for (size_t i = 0; i + 1 < term_.nodes.size(); ++i) Build(i, /*into_root=*/false);
    Build(term_.nodes.size() - 1, /*into_root=*/true);
    return changed_;
  }

 private:
  // The classes of a node, by match.
  std::span<ClassId> classes(size_t node) { return {classes_.data() + node * count_, count_}; }
  std::span<const ClassId> roots() const { return {roots_.data(), count_}; }

  void Build(size_t index, bool into_root) {
    const Term::Node& node = term_.nodes[index];
    if (node.variable.valid() || node.is_root) return Take(index, into_root);
    if (!node.attrs.valid())
      for (size_t m = 0; m < count_; ++m) own_attrs_[m] = AttrId(roots_[m].value());
    egraph_.AddBatch(
        {.op = node.op,
         .count = count_,
         .arity = node.children.size(),
         .attrs = node.attrs.valid() ? std::span<const AttrId>(&node.attrs, 1)
                                     : std::span<const AttrId>(own_attrs_.data(), count_),
         .into = into_root ? roots() : std::span<const ClassId>(),
         .children = Children(node)},
        classes(index), &changed_);
  }

  // The children of a node, match by match.
  std::span<ClassId> Children(const Term::Node& node) {
    const size_t arity = node.children.size();
    children_.resize(arity * count_);
    for (size_t i = 0; i < arity; ++i) {
      ClassId* child = children_.data() + i;
      for (ClassId cls : classes(node.children[i])) {
        *child = cls;
        child += arity;
      }
    }
    return {children_.data(), children_.size()};
  }

  void Take(size_t index, bool into_root) {
    const Term::Node& node = term_.nodes[index];
    std::span<ClassId> taken = classes(index);
    for (size_t m = 0; m < count_; ++m) {
      taken[m] = node.is_root ? roots_[m] : matches_[first_ + m].variable(node.variable);
      if (into_root && egraph_.Union(roots_[m], taken[m])) changed_.set(m);
    }
  }

  EGraph& egraph_;
  const Term& term_;
  const MatchList& matches_;
  size_t first_;
  size_t count_;
  absl::InlinedVector<ClassId, 4 * TermApplier::kBatch> classes_;   // by node, then by match
  absl::InlinedVector<ClassId, 2 * TermApplier::kBatch> children_;  // of one node, by match
  std::array<ClassId, TermApplier::kBatch> roots_;
  std::array<AttrId, TermApplier::kBatch> own_attrs_;  // of one node that each match has alone
  std::bitset<TermApplier::kBatch> changed_;
};

}  // namespace

size_t TermApplier::operator_count() const {
  return static_cast<size_t>(std::ranges::count_if(
      term_.nodes, [](const Term::Node& n) { return !n.variable.valid() && !n.is_root; }));
}

std::bitset<TermApplier::kBatch> TermApplier::Apply(EGraph& egraph, const MatchList& matches,
                                                    size_t first, size_t count) const {
  EQSAT_CHECK(count <= kBatch && matches.rows_kept() == MatchRows::kRootClass);
  return Batch(egraph, term_, matches, first, count).Run();
}

absl::StatusOr<Rewrite> MakeTermRewrite(std::string name, const Pattern& pattern, Term term,
                                        const Signature& signature) {
  EQSAT_ASSIGN_OR_RETURN(std::shared_ptr<const Plan> plan, Plan::Compile(pattern, signature));
  EQSAT_RETURN_IF_ERROR(CheckTerm(term, pattern, signature));
  Rewrite rewrite;
  rewrite.name = std::move(name);
  bool has_multiset = std::ranges::any_of(term.nodes, [&](const Term::Node& node) {
    return node.op.valid() && signature.commutativity(node.op) == Commutativity::kMultiset;
  });
  if (has_multiset) {
    rewrite.applier = MultisetTermApplier(plan, std::move(term));
  } else {
    rewrite.term = std::make_shared<const TermApplier>(std::move(term));
  }
  rewrite.plan = std::move(plan);
  rewrite.sensitivity = Sensitivity::kPatternOnly;
  return rewrite;
}

}  // namespace eqsat::engine
