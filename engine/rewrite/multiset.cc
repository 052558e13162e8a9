#include "engine/rewrite/multiset.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

// Whether a class has nodes of `op` alone.
bool IsCompound(const EGraph& egraph, OpId op, ClassId cls) {
  return std::ranges::all_of(egraph.class_nodes(egraph.Find(cls)),
                             [&](NodeId id) { return !egraph.alive(id) || egraph.op(id) == op; });
}

// The smallest sum of atoms in a class, of which the class itself is none; invalid if there is
// none.
NodeId FlatSum(const EGraph& egraph, OpId op, AttrId attrs, ClassId cls) {
  NodeId best;
  cls = egraph.Find(cls);
  for (NodeId id : egraph.class_nodes(cls)) {
    if (!egraph.alive(id) || egraph.op(id) != op || egraph.attrs(id) != attrs) continue;
    std::span<const ClassId> elements = egraph.children(id);
    if (best.valid() && egraph.children(best).size() <= elements.size()) continue;
    bool flat = std::ranges::all_of(elements, [&](ClassId element) {
      return egraph.Find(element) != cls && !IsCompound(egraph, op, element);
    });
    if (flat) best = id;
  }
  return best;
}

// Replaces elements by the sums that they are. Returns whether there was one.
bool Expand(const EGraph& egraph, OpId op, AttrId attrs, bool compounds_alone,
            std::vector<ClassId>* elements) {
  std::vector<ClassId> expanded;
  for (ClassId element : *elements) {
    bool open = !compounds_alone || IsCompound(egraph, op, element);
    NodeId sum = open ? FlatSum(egraph, op, attrs, element) : NodeId();
    if (sum.valid()) {
      std::ranges::copy(egraph.children(sum), std::back_inserter(expanded));
    } else {
      expanded.push_back(element);
    }
  }
  bool changed = expanded.size() != elements->size();
  *elements = std::move(expanded);
  return changed;
}

// What flattening makes of a node; nothing where it is flat, or where the result is there already.
std::optional<std::vector<ClassId>> Flattened(const EGraph& egraph, const NodeView& node,
                                              const std::string& rewrite) {
  std::vector<ClassId> elements(node.children.begin(), node.children.end());
  bool derived = egraph.reason_name(node.created_by) == rewrite;
  if (!Expand(egraph, node.op, node.attrs, /*compounds_alone=*/derived, &elements))
    return std::nullopt;
  std::optional<ClassId> there = egraph.LookUp(node.op, node.attrs, elements);
  if (there && *there == egraph.Find(node.cls)) return std::nullopt;
  return elements;
}

// Builds a term for one match.
class TermBuilding {
 public:
  TermBuilding(EGraph& egraph, const Pattern& pattern, const Match& match)
      : egraph_(egraph), pattern_(pattern), match_(match) {}

  // Invalid if a multiset would be empty.
  ClassId Build(const Term& term) {
    for (const Term::Node& node : term.nodes) {
      classes_.push_back(Build(node));
      if (!classes_.back().valid()) return ClassId();
    }
    return classes_.back();
  }

 private:
  ClassId root() const { return match_.cls(egraph_, pattern_.slot(pattern_.roots()[0])); }

  ClassId Build(const Term::Node& node) {
    if (node.variable.valid()) return match_.variable(node.variable);
    if (node.is_root) return root();
    AttrId attrs = node.attrs.valid() ? node.attrs : AttrId(root().value());
    std::vector<ClassId> children;
    for (size_t child : node.children) children.push_back(classes_[child]);
    if (node.rest.valid()) {
      std::vector<ClassId> rest = RestOfMultiset(egraph_, pattern_, match_, node.rest);
      std::ranges::copy(rest, std::back_inserter(children));
    }
    if (egraph_.signature().commutativity(node.op) != Commutativity::kMultiset)
      return egraph_.Add(node.op, attrs, children);
    return children.empty() ? ClassId() : AddMultiset(egraph_, node.op, attrs, std::move(children));
  }

  EGraph& egraph_;
  const Pattern& pattern_;
  const Match& match_;
  std::vector<ClassId> classes_;
};

}  // namespace

ClassId AddMultiset(EGraph& egraph, OpId op, AttrId attrs, std::vector<ClassId> elements) {
  EQSAT_CHECK(!elements.empty());
  if (elements.size() == 1) return egraph.Find(elements[0]);
  Expand(egraph, op, attrs, /*compounds_alone=*/true, &elements);
  return egraph.Add(op, attrs, elements);
}

std::vector<ClassId> RestOfMultiset(const EGraph& egraph, const Pattern& pattern,
                                    const Match& match, SlotId slot) {
  std::span<const ClassId> elements = egraph.children(match.node(slot));
  std::vector<ClassId> rest(elements.begin(), elements.end());
  for (PartId part : pattern.op(slot).children) {
    VarId variable = pattern.variable(part);
    ClassId named =
        variable.valid() ? match.variable(variable) : match.cls(egraph, pattern.slot(part));
    auto found = std::ranges::find_if(
        rest, [&](ClassId element) { return egraph.Find(element) == egraph.Find(named); });
    EQSAT_CHECK(found != rest.end());
    rest.erase(found);
  }
  return rest;
}

Applier MultisetTermApplier(std::shared_ptr<const Plan> plan, Term term) {
  return [plan = std::move(plan), term = std::move(term)](EGraph& egraph, const Match& match,
                                                          std::vector<Equation>* equations) {
    ClassId built = TermBuilding(egraph, plan->pattern(), match).Build(term);
    if (built.valid()) equations->push_back({match.cls(egraph, plan->root(0)), built});
    return absl::OkStatus();
  };
}

absl::StatusOr<Rewrite> MakeFlattenRewrite(std::string name, OpId op, const Signature& signature) {
  Pattern pattern;
  OperatorPattern any;
  any.ops = {op};
  any.captures_rest = true;
  PartId root = pattern.Operator(std::move(any));
  SlotId slot = pattern.slot(root);
  pattern.AddRoot(root);
  Rewrite rewrite;
  EQSAT_ASSIGN_OR_RETURN(rewrite.plan, Plan::Compile(std::move(pattern), signature));
  rewrite.guard = [slot, name](const EGraph& egraph, const Match& match) {
    return Flattened(egraph, egraph.node(match.node(slot)), name).has_value();
  };
  rewrite.applier = [slot, name](EGraph& egraph, const Match& match, std::vector<Equation>*) {
    NodeView node = egraph.node(match.node(slot));
    if (std::optional<std::vector<ClassId>> elements = Flattened(egraph, node, name))
      egraph.AddInto(node.cls, node.op, node.attrs, *elements);
    return absl::OkStatus();
  };
  rewrite.name = std::move(name);
  // What the elements' classes hold is no data of theirs.
  rewrite.sensitivity = Sensitivity::kWholeGraph;
  rewrite.match_limit = std::numeric_limits<size_t>::max();
  return rewrite;
}

}  // namespace eqsat::engine
