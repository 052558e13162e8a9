// What to look for: operator nodes and variables, with one root or several.
//
// A Pattern is built bottom-up and then compiled (engine/pattern/plan.h). Invariants: ids are dense
// and a node's children have smaller ids; every variable occurs below some root.
#ifndef EQSAT_ENGINE_PATTERN_PATTERN_H_
#define EQSAT_ENGINE_PATTERN_PATTERN_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/egraph/ids.h"

namespace eqsat::engine {

// A variable stands for a class; all its occurrences for the same class.
using VarId = base::Id<struct VarTag>;
// Each operator of a pattern has a slot of its own, which holds the e-node that it matched.
using SlotId = base::Id<struct SlotTag>;
// A part of a pattern: an operator or a variable. A part that is used twice is one class (and, for
// an operator, one e-node) in both places.
using PartId = base::Id<struct PartTag>;

// Whether an e-node may fill a slot: a guard that is asked as soon as its node is seen. It may read
// the node and the analysis data of its class and of its children, nothing further away.
using NodePredicate = std::function<bool(const EGraph&, const NodeView&)>;

class Match;

// A guard that is asked as soon as its variables stand for classes: where several roots are joined,
// what does not hold of the first need not be tried with all of the second. It may read the
// variables of the match and nothing else of it.
struct VariableCondition {
  std::vector<VarId> variables;
  std::function<bool(const EGraph&, const Match&)> holds;
};

enum class OperandOrder {
  kAsSignature,  // both orders if the signature says that the operator is commutative
  kAsWritten,
};

// An operator to look for.
struct OperatorPattern {
  std::vector<OpId> ops;         // any of these; one, or several for an operator variable
  std::optional<AttrId> attrs;   // exactly these attributes, if given
  std::vector<PartId> children;  // the first children; of a multiset, any different elements
  // Whether more children may follow; they are read as Match::rest(slot). With no `children`, all.
  bool captures_rest = false;
  // Whether only one node of each class fills the slot: for patterns that mean the class.
  bool once_per_class = false;
  NodePredicate predicate;  // may be empty
  OperandOrder order = OperandOrder::kAsSignature;
};

class Pattern {
 public:
  // The variable of this name, made at first use.
  PartId Variable(std::string_view name);
  PartId Operator(OperatorPattern op);
  // Shorthand for one operator with exact attributes.
  PartId Operator(OpId op, AttrId attrs, std::vector<PartId> children);
  // A root must be an operator. Roots are joined on the variables they share.
  void AddRoot(PartId part) { roots_.push_back(part); }
  void AddCondition(VariableCondition condition) { conditions_.push_back(std::move(condition)); }

  struct Part {
    VarId variable;  // valid for a variable
    SlotId slot;     // valid for an operator
  };
  const Part& part(PartId id) const { return parts_[id.value()]; }
  size_t part_count() const { return parts_.size(); }
  const std::vector<PartId>& roots() const { return roots_; }
  const std::vector<VariableCondition>& conditions() const { return conditions_; }
  size_t variable_count() const { return variables_.size(); }
  size_t slot_count() const { return operators_.size(); }
  const std::string& variable_name(VarId id) const { return variables_[id.value()]; }
  const OperatorPattern& op(SlotId slot) const { return operators_[slot.value()]; }
  // The id of a variable part; the slot of an operator part.
  VarId variable(PartId id) const { return parts_[id.value()].variable; }
  SlotId slot(PartId id) const { return parts_[id.value()].slot; }

 private:
  std::vector<Part> parts_;
  std::vector<std::string> variables_;
  std::vector<PartId> variable_parts_;
  std::vector<OperatorPattern> operators_;
  std::vector<PartId> roots_;
  std::vector<VariableCondition> conditions_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_PATTERN_H_
