// A pattern compiled to a search plan.
//
// A plan is a list of steps run with backtracking over registers that hold classes. The leading
// root's candidates come from the operator index; another root's from the uses of a class that is
// already bound, where the two share a child. Each operator can lead: a plan holds one list of
// steps per leading slot, so that what is new around any of them is found from there.
#ifndef EQSAT_ENGINE_PATTERN_PLAN_H_
#define EQSAT_ENGINE_PATTERN_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/signature.h"
#include "engine/pattern/pattern.h"

namespace eqsat::engine {

// Finds the e-nodes for one slot and binds or compares its children.
struct Step {
  enum class Kind {
    kAll,    // any node of the slot's operators
    kUses,   // a use of the class in one of the registers `inputs`: the one with the fewest
    kNodes,  // a node of the class in register `input`
  };
  // What an operator means to this step.
  enum Allowed : uint8_t { kNo, kInOrder, kBothOrders, kAnyElements };
  static constexpr uint32_t kNoRoot = ~uint32_t{0};
  static constexpr size_t kNoChild = ~size_t{0};
  struct Child {
    uint32_t reg;
    bool bind;  // or compare
  };

  Kind kind;
  SlotId slot;
  uint32_t root = kNoRoot;       // which root of the pattern this is, if any
  uint32_t input = 0;            // kNodes
  std::vector<uint32_t> inputs;  // kUses
  std::vector<Child> children;
  NodeColumns compared = 0;        // that are compared with other parts of the pattern
  AttrId attrs;                    // that a node must have, if valid
  bool plain = false;              // whether any node of the operators with them will do, in order
  size_t below = kNoChild;         // the child whose nodes the next step reads, if it reads some
  std::vector<size_t> conditions;  // of the pattern, whose last variable this step binds
  std::vector<Allowed> allowed;    // by operator
};

class Plan {
 public:
  // A pattern with more parts than this is refused: a search nests as deep as the pattern is big.
  static constexpr size_t kMaxParts = 1024;

  // Checks the pattern against the signature: operators exist, arities agree, roots are operators,
  // every part is below a root.
  static absl::StatusOr<std::shared_ptr<const Plan>> Compile(Pattern pattern,
                                                             const Signature& signature);

  const Pattern& pattern() const { return pattern_; }
  size_t root_count() const { return pattern_.roots().size(); }
  // The steps when `slot`, which is not a leaf, leads.
  const std::vector<Step>& steps(SlotId slot) const { return steps_[slot.value()]; }
  SlotId root(size_t i) const { return pattern_.slot(pattern_.roots()[i]); }
  // The slots without children and with exact attributes: each has one node, known beforehand.
  const std::vector<SlotId>& leaves() const { return leaves_; }

  // Registers: the variables, then one word per slot for its node, then the slots' classes. The
  // first two make a row of a MatchList.
  size_t register_count() const { return pattern_.variable_count() + 2 * pattern_.slot_count(); }
  size_t row_size() const { return pattern_.variable_count() + pattern_.slot_count(); }
  size_t node_register(SlotId slot) const { return pattern_.variable_count() + slot.value(); }
  size_t class_register(PartId part) const {
    VarId variable = pattern_.variable(part);
    return variable.valid() ? variable.value() : row_size() + pattern_.slot(part).value();
  }

  // How far below a root the deepest operator is, and the deepest part or captured child.
  size_t operator_depth() const { return operator_depth_; }
  size_t depth() const { return depth_; }
  // Whether a part occurs twice, so that a merge alone can make the pattern match.
  bool compares_classes() const { return compares_classes_; }

 private:
  friend class PlanBuilder;
  explicit Plan(Pattern pattern) : pattern_(std::move(pattern)) {}

  Pattern pattern_;
  std::vector<std::vector<Step>> steps_;  // by slot
  std::vector<SlotId> leaves_;
  size_t operator_depth_ = 0;
  size_t depth_ = 0;
  bool compares_classes_ = false;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_PLAN_H_
