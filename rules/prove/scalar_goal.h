// What is left to prove once both sides are elements: that two scalar terms agree for all values of
// their reads and folds.
#ifndef EQSAT_RULES_PROVE_SCALAR_GOAL_H_
#define EQSAT_RULES_PROVE_SCALAR_GOAL_H_

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rules/prove/element.h"
#include "rules/prove/tensor.h"

namespace eqsat::rules {

// A value about which only its type and these facts are known.
struct FreeValue {
  ProofType type;
  bool is_input = false;  // an element of an operand
  std::vector<ElementFact> facts;
  // Of an integer that counts in a goal: it is known to be no less and no more.
  std::optional<int64_t> at_least;
  std::optional<int64_t> at_most;
};

// One value is known to be at most another, or below it, in the order of their type; of floats, -0
// is below +0 and neither is NaN.
struct ValueOrder {
  size_t smaller;
  size_t larger;
  bool strictly;
};

// Reads of kind kRead stand for free values by their operand number; there is nothing else but
// numbers, extremes and operations.
struct ScalarGoal {
  Element left;
  Element right;
  std::vector<FreeValue> values;
  std::vector<ValueOrder> orders;
  Numerics numerics = Numerics::kExact;

  // Equal goals have equal text.
  std::string Text() const;
};

// Decides goals and remembers the answers.
class GoalProver {
 public:
  // Whether the two elements agree on the path's facts.
  bool Prove(const Element& left, const Element& right, const Assumptions& assumptions,
             const std::deque<Leaf>& leaves, Numerics numerics);

  // The goals so far, in order, with whether each was proved; for explanations.
  const std::vector<std::pair<ScalarGoal, bool>>& goals() const { return goals_; }

 private:
  std::map<std::string, bool> known_;
  std::vector<std::pair<ScalarGoal, bool>> goals_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SCALAR_GOAL_H_
